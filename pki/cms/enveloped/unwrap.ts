import { createHmac, randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import { ciphers } from '../../algorithms/cipher.ts'
import type { RsaPadding } from '../../platform/types.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { ContentCipher } from './content-encryption.ts'
import { peerKey, readAgreement, unwrapAgreed } from './key-agreement.ts'
import { readTransport } from './key-encryption.ts'
import type { RecipientInfo } from './recipient-info.ts'

/** The key of a recipient wherever it is, and the certificate that messages name it by. */
export interface RecipientKey {
  readonly certificate: Certificate
  readonly key: {
    /** RSA by its padding; SM2 in any layout. @throws key.decryption_failed when the ciphertext is wrong */
    decrypt(padding: RsaPadding | 'sm2', data: Uint8Array): Promise<Uint8Array>
    /** ECDH, the x coordinate. @throws key.decryption_failed when the point is wrong */
    agree(peerSpki: Uint8Array): Promise<Uint8Array>
  }
}

const unsupported = (oid: string): never => {
  throw new AppError('envelope.unsupported', { reason: 'key_encryption', oid })
}

const unwrap = async (info: RecipientInfo, { certificate, key }: RecipientKey): Promise<Uint8Array> => {
  if (info.kind === 'key-transport') {
    const padding = readTransport(info.algorithm) ?? unsupported(info.algorithm.oid)
    return key.decrypt(padding.kind === 'sm2' ? 'sm2' : padding, info.encryptedKey)
  }
  const scheme = readAgreement(info.algorithm) ?? unsupported(info.algorithm.oid)
  const secret = await key.agree(peerKey(certificate.spki, info.point))
  return unwrapAgreed(scheme, info.material, secret, info.encryptedKey)
}

const secret = randomBytes(32)

/** The same every time for one encrypted key: whoever asks again and again must not see it change. */
const standInFor = ({ encryptedKey }: RecipientInfo, length: number): Uint8Array =>
  createHmac('sha256', secret).update(encryptedKey).digest().slice(0, length)

/**
 * The content's key. Where it cannot be decrypted, or has the wrong length, it is one that nobody knows: the content then fails
 * like a forged one, and nobody learns which of the two it was (RFC 3218 §2.3.2). Other errors of the key, such as an unplugged
 * token, are thrown. @throws envelope.unsupported
 */
export const unwrapKey = async (
  info: RecipientInfo,
  recipient: RecipientKey,
  cipher: ContentCipher,
): Promise<Uint8Array> => {
  const standIn = standInFor(info, ciphers[cipher].keyLength)
  try {
    const key = await unwrap(info, recipient)
    if (key.length === standIn.length) return key
    key.fill(0)
    return standIn
  } catch (error) {
    if (error instanceof AppError && error.code === 'key.decryption_failed') return standIn
    throw error
  }
}
