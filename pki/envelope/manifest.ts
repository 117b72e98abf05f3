import * as z from 'zod'

import { AppError } from '#contract/errors.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const size = z.number().int().min(0)
const time = z.iso.datetime()

/** What is known of one recipient's certificate, so that the right key can be found years later. */
const recipientSchema = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  /** Lower-case hex. */
  serial: z.string(),
  /** SHA-256 of the certificate, hex. */
  fingerprint: hash,
  /** SHA-256 of the SubjectPublicKeyInfo, hex: stays the same when a certificate is renewed with its key. */
  spkiSha256: hash,
  notAfter: time,
  keyEncryption: z.enum(['rsa-pkcs1', 'rsa-oaep-sha1', 'rsa-oaep-sha256', 'sm2', 'ecdh']),
  /** As it stands in the message, base64. */
  encryptedKey: z.base64(),
})

const digestsSchema = z.strictObject({ size, sm3: hash, sha256: hash })

/** What a platform may know before the opening: nothing of it tells anything about the plaintext but its size. */
export const publicManifestSchema = z.strictObject({
  version: z.literal(1),
  profile: z.enum(['cms', 'gm']),
  cipher: z.enum(['aes-256-gcm', 'sm4-gcm']),
  createdAt: time,
  ciphertext: digestsSchema,
  /** SHA-256 of each `size` bytes of the ciphertext, the last piece may be shorter: what an upload resumes by. */
  segments: z.strictObject({ size: z.number().int().min(1), sha256: z.array(hash).max(1_000_000) }),
  recipients: z.array(recipientSchema).min(1).max(1000),
  /** HMAC under the content's key of the plaintext's digest (`commitment.ts`), hex. */
  commitment: hash,
  /** Whether the trial decryption went through a recipient's private key, or only the content's key was at hand. */
  trial: z.enum(['recipient-key', 'content-key']),
})
export type PublicManifest = z.infer<typeof publicManifestSchema>

/** The bidder's own record. The plaintext's digests would let others test guesses at a short bid: they stay here. */
export const manifestSchema = publicManifestSchema.extend({ plaintext: digestsSchema })
export type Manifest = z.infer<typeof manifestSchema>

export const toPublicManifest = ({ plaintext: _plaintext, ...manifest }: Manifest): PublicManifest => manifest

/** Either kind from JSON. @throws envelope.malformed */
export const parseManifest = (json: string): Manifest | PublicManifest => {
  try {
    return z.union([manifestSchema, publicManifestSchema]).parse(JSON.parse(json))
  } catch (error) {
    throw new AppError('envelope.malformed', { reason: 'manifest' }, { cause: error })
  }
}
