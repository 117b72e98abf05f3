import { AppError } from '#contract/errors.ts'
import { orAppError } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { encode, explicit, retag, sequence } from '../asn1/writer.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { openEnvelopedKey, wrapEnvelopedKey } from '../keys/enveloped-key.ts'
import type { KeyPort, PrivateKey } from '../keys/private-key.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'

/** CSRResponse (GM/T 0092-2020 §8): the dual certificate and its escrowed key. The holder's certificate is the first of each list. */
export interface CsrResponse {
  readonly signing: readonly Certificate[]
  readonly encryption: readonly Certificate[]
  readonly encryptionKey: PrivateKey | null
}

const MAX_RESPONSE = 256 * 1024
const MAX_CERTIFICATES = 20

const malformed = (reason: string, offset: number): AppError =>
  new AppError('certificate.malformed', { reason, offset })

const readCertificates = (node: DerNode): Certificate[] => {
  const members = children(node)
  if (members.length === 0 || members.length > MAX_CERTIFICATES) throw malformed('certificate_count', node.start)
  return members.map((member) => parseCertificate(encodedBytes(member)))
}

/** The key under [0], IMPLICIT or EXPLICIT: writers read the standard both ways. */
const envelopedKey = (node: DerNode): Uint8Array => {
  const [first, second] = children(node)
  return first?.tag === tag.sequence && second === undefined
    ? contentBytes(node)
    : retag(encodedBytes(node), tag.sequence)
}

const parse = (der: Uint8Array) => {
  if (der.length > MAX_RESPONSE) throw malformed('too_long', MAX_RESPONSE)
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const signing = readCertificates(reader.next(tag.set))
  const key = reader.optional(context.constructed(0))
  const encryption = reader.optional(context.constructed(1))
  reader.finish()
  return {
    signing,
    enveloped: key === undefined ? null : envelopedKey(key),
    encryption: encryption === undefined ? [] : readCertificates(encryption),
  }
}

/**
 * Reads the answer to a request and opens the key in it. The first signing certificate must be for the key that asked, the
 * first encryption certificate for the key that came; whether the chains hold is for path validation to say.
 * @throws certificate.malformed with reason and offset, key.malformed, key.decryption_failed, key.mismatch
 */
export const readCsrResponse = async (
  der: Uint8Array,
  key: Pick<KeyPort, 'spki' | 'decrypt'>,
): Promise<CsrResponse> => {
  const { signing, enveloped, encryption } = orAppError('certificate.malformed', () => parse(der))
  const mismatch = (part: string): AppError => new AppError('key.mismatch', { part })
  const isFor = (certificates: readonly Certificate[], spki: Uint8Array): boolean =>
    certificates[0] !== undefined && bytesEqual(certificates[0].spki, spki)
  if (!isFor(signing, key.spki)) throw mismatch('signing_certificate')
  if (enveloped === null) return { signing, encryption, encryptionKey: null }
  const encryptionKey = await openEnvelopedKey(enveloped, key)
  if (isFor(encryption, encryptionKey.spki)) return { signing, encryption, encryptionKey }
  encryptionKey.erase()
  throw mismatch('encryption_certificate')
}

export interface CsrResponseInput {
  readonly signing: readonly [Certificate, ...Certificate[]]
  readonly encryption?: { readonly key: PrivateKey; readonly certificates: readonly [Certificate, ...Certificate[]] }
}

/** SET OF in the order given and not in that of DER: readers take the first certificate for the holder's. */
const certificateSet = (certificates: readonly Certificate[]): Uint8Array =>
  encode(tag.set, ...certificates.map(({ der }) => der))

/** Wraps the encryption key to the first signing certificate. @throws key.mismatch, key.mechanism_unsupported */
export const writeCsrResponse = ({ signing, encryption }: CsrResponseInput): Uint8Array => {
  if (encryption === undefined) return sequence(certificateSet(signing))
  const { key, certificates } = encryption
  if (!bytesEqual(key.spki, certificates[0].spki))
    throw new AppError('key.mismatch', { part: 'encryption_certificate' })
  return sequence(
    certificateSet(signing),
    // The standard leaves the tagging open; gmsm reads an EXPLICIT key and IMPLICIT certificates.
    explicit(0, wrapEnvelopedKey(key, signing[0].spki)),
    retag(certificateSet(certificates), context.constructed(1)),
  )
}
