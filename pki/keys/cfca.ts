import { AppError } from '#contract/errors.ts'
import { oids } from '../algorithms/oids.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { orAppError } from '../asn1/error.ts'
import { contentBytes, cursor, expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readOid, readSmallInteger } from '../asn1/values.ts'
import { concat } from '../bytes/concat.ts'
import { fromBase64, fromUtf8 } from '../bytes/encodings.ts'
import { deriveKey } from '../gm/sm2-encryption.ts'
import { createSm4CbcDecryptor } from '../gm/sm4.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { openSm2Pair } from './enveloped-key.ts'
import { readDerFile } from './pem.ts'
import type { KeyPort, PrivateKey } from './private-key.ts'

/** Forms of CFCA's SADK, as emmansun/gmsm (MIT) describes them; its examples are the tests here. */

const malformed = (reason: string, offset: number): AppError => new AppError('key.malformed', { reason, offset })

const MAX_FILE = 256 * 1024

const cfcaFile = { code: 'key.malformed', label: /^CFCA KEY$/, missing: 'no_key_file' } as const

/** `SEQUENCE { contentType OID, …, content OCTET STRING }` under the content type of data. */
const readKeyFile = (der: Uint8Array) => {
  if (der.length > MAX_FILE) throw malformed('too_long', MAX_FILE)
  const node = readDer(der)
  const reader = cursor(expectTag(node, tag.sequence))
  if (readSmallInteger(reader.next(tag.integer)) !== 1) throw malformed('version', node.start)
  const key = cursor(reader.next(tag.sequence))
  const certificate = cursor(reader.next(tag.sequence))
  reader.finish()
  const contentTypes = [readOid(key.next(tag.oid)), readOid(certificate.next(tag.oid))]
  const cipher = readOid(key.next(tag.oid))
  const [ciphertext, certificateDer] = [key, certificate].map((part) => {
    const content = contentBytes(part.next(tag.octetString))
    part.finish()
    return content
  })
  if (contentTypes.some((type) => type !== oids.gmData)) throw malformed('content_type', node.start)
  if (cipher !== oids.sm4 && cipher !== oids.sm4Cbc)
    throw new AppError('key.unsupported', { reason: 'cipher', oid: cipher })
  return { ciphertext: ciphertext ?? der, certificateDer: certificateDer ?? der }
}

const decryptNumber = (ciphertext: Uint8Array, password: string): Uint8Array => {
  const secret = fromUtf8(password)
  const derived = deriveKey(32, secret)
  secret.fill(0)
  const cipher = createSm4CbcDecryptor(derived.subarray(16), derived.subarray(0, 16))
  derived.fill(0)
  const start = cipher.update(ciphertext)
  const number = concat(start, cipher.finish())
  start.fill(0)
  if (number.length > 32) throw new AppError('key.decryption_failed')
  return concat(new Uint8Array(32 - number.length), number)
}

/**
 * CFCA's key file for SM2 (`.sm2`): the number under SM4-CBC, whose IV and key are SM3's KDF of the password alone, without salt
 * or iterations: read, never written.
 * @throws key.malformed, key.unsupported, key.password_wrong, certificate.malformed
 */
export const readCfcaKeyFile = (file: Uint8Array, password: string): { key: PrivateKey; certificate: Certificate } => {
  const { ciphertext, certificateDer } = orAppError('key.malformed', () => readKeyFile(readDerFile(file, cfcaFile)))
  const certificate = parseCertificate(Uint8Array.from(certificateDer))
  if (certificate.key.type !== 'sm2') throw new AppError('key.mismatch', { part: 'certificate' })
  try {
    return { key: openSm2Pair(decryptNumber(ciphertext, password), publicPointOf(certificate.spki)), certificate }
  } catch (error) {
    // The certificate is the only witness: whatever does not fit it was decrypted with the wrong password.
    throw error instanceof AppError ? new AppError('key.password_wrong') : error
  }
}

/** Version, type and zeros, 64 characters, then the length of the rest in 16 digits. */
const escrowPrefix = /^0{15}10{15}10{32}(\d{16})/
const MAX_ESCROW = 4096
const POINT = 64

const escrowBase64 = (reply: string): string => {
  if (reply.length > MAX_ESCROW) throw malformed('too_long', MAX_ESCROW)
  const text = reply.trim()
  const prefix = escrowPrefix.exec(text)
  if (prefix === null) return text
  const rest = text.slice(prefix[0].length)
  if (Number(prefix[1]) !== rest.length) throw malformed('escrow_length', 64)
  return rest
}

const readEscrow = (reply: string): Uint8Array => {
  const base64 = escrowBase64(reply).replaceAll(',', '')
  let der: Uint8Array
  try {
    der = fromBase64(base64)
  } catch {
    // Said with a code instead.
    throw malformed('escrow_base64', 0)
  }
  return orAppError('key.malformed', () => {
    const reader = cursor(expectTag(readDer(der), tag.sequence))
    readSmallInteger(reader.next(tag.integer))
    const ciphertext = contentBytes(reader.next(tag.octetString))
    reader.finish()
    return ciphertext
  })
}

/**
 * CFCA's answer with the encryption key of a dual certificate: SM2 ciphertext without 04 to the temporary key of the request,
 * over x‖y‖d. @param temporary the key whose public half the request carried
 * @throws key.malformed, key.decryption_failed, key.mismatch when d is not the key of x‖y
 */
export const openEscrowedKey = async (reply: string, temporary: Pick<KeyPort, 'decrypt'>): Promise<PrivateKey> => {
  const plaintext = await temporary.decrypt('sm2', readEscrow(reply))
  if (plaintext.length !== POINT + 32) {
    plaintext.fill(0)
    throw new AppError('key.decryption_failed')
  }
  const point = concat(Uint8Array.of(4), plaintext.subarray(0, POINT))
  return openSm2Pair(plaintext.subarray(POINT), point)
}
