import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { Asn1Error } from '../asn1/error.ts'
import { contentBytes, cursor, expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { octetString, sequence } from '../asn1/writer.ts'
import { fromUtf8 } from '../bytes/encodings.ts'
import { createWorkLimit } from './key-derivation.ts'
import type { WorkLimit } from './key-derivation.ts'
import { decryptWithPassword, encryptWithPassword, erasePassword, passwordBytes } from './password-encryption.ts'
import type { PasswordBytes, Protection } from './password-encryption.ts'
import { readDerFile, writePem } from './pem.ts'
import { openPrivateKey } from './private-key.ts'
import type { PrivateKey } from './private-key.ts'

/** Whether DER is EncryptedPrivateKeyInfo (RFC 5958 §3): an AlgorithmIdentifier where the others have their version. */
const isEncrypted = (der: Uint8Array): boolean => cursor(expectTag(readDer(der), tag.sequence)).peek() === tag.sequence

/**
 * EncryptedPrivateKeyInfo. What the wrong password makes of it is noise, so that everything but a form that is not supported
 * means the password. @throws key.password_wrong, key.unsupported, Asn1Error for a file that is broken outside
 */
export const openEncryptedPrivateKey = async (
  der: Uint8Array,
  password: PasswordBytes,
  limit: WorkLimit,
): Promise<PrivateKey> => {
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const algorithm = readAlgorithmIdentifier(reader.next())
  const ciphertext = contentBytes(reader.next(tag.octetString))
  reader.finish()
  let plaintext: Uint8Array | undefined
  try {
    plaintext = await decryptWithPassword(algorithm, ciphertext, password, limit)
    return openPrivateKey(plaintext)
  } catch (error) {
    const isNoise = error instanceof AppError && error.code !== 'key.unsupported'
    throw isNoise ? new AppError('key.password_wrong') : error
  } finally {
    plaintext?.fill(0)
  }
}

const keyFile = {
  code: 'key.malformed',
  label: /^(ENCRYPTED |EC |RSA |SM2 )?PRIVATE KEY$/,
  missing: 'no_private_key',
} as const

/**
 * Reads a key file, DER, PEM or base64: PKCS#8 as it is or encrypted, `EC PRIVATE KEY`, `RSA PRIVATE KEY`. A password that is not
 * needed is not looked at.
 * @throws key.malformed with reason and offset, key.unsupported, key.password_wrong (also when there is none), key.mismatch
 */
export const readPrivateKey = async (file: Uint8Array, password?: string): Promise<PrivateKey> => {
  const der = readDerFile(file, keyFile)
  try {
    if (!isEncrypted(der)) return openPrivateKey(der)
    if (password === undefined) throw new AppError('key.password_wrong')
    const bytes = passwordBytes(password)
    try {
      return await openEncryptedPrivateKey(der, bytes, createWorkLimit())
    } finally {
      erasePassword(bytes)
    }
  } catch (error) {
    if (!(error instanceof Asn1Error)) throw error
    throw new AppError('key.malformed', { reason: error.reason, offset: error.offset }, { cause: error })
  }
}

/** EncryptedPrivateKeyInfo with PBES2, DER. */
export const encryptPrivateKey = async (
  key: PrivateKey,
  password: PasswordBytes,
  protection: Protection,
  limit: WorkLimit,
): Promise<Uint8Array> => {
  const plaintext = key.pkcs8()
  const { algorithm, ciphertext } = await encryptWithPassword(plaintext, password, protection, limit)
  plaintext.fill(0)
  return sequence(algorithm, octetString(ciphertext))
}

/** PKCS#8 in PEM, ASCII; without a password in the clear. Secret bytes: overwrite them after use. */
export const writePrivateKey = async (
  key: PrivateKey,
  password?: string,
  protection: Protection = 'aes',
): Promise<Uint8Array> => {
  if (password === undefined) {
    const plaintext = key.pkcs8()
    const text = writePem('PRIVATE KEY', plaintext)
    plaintext.fill(0)
    return fromUtf8(text)
  }
  const bytes = passwordBytes(password)
  const encrypted = await encryptPrivateKey(key, bytes, protection, createWorkLimit())
  erasePassword(bytes)
  return fromUtf8(writePem('ENCRYPTED PRIVATE KEY', encrypted))
}
