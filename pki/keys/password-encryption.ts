import { randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { ciphers, createDecryptor, createEncryptor } from '../algorithms/cipher.ts'
import type { CipherName } from '../algorithms/cipher.ts'
import type { HashName } from '../algorithms/digest.ts'
import { oids } from '../algorithms/oids.ts'
import { algorithmOf } from '../algorithms/registry.ts'
import { Asn1Error } from '../asn1/error.ts'
import { contentBytes, cursor, expectTag } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readSmallInteger } from '../asn1/values.ts'
import { nullValue, octetString, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { toLatin1, fromLatin1, fromUtf8 } from '../bytes/encodings.ts'
import { derivePkcs12, noteWeaknesses, pbkdf2 } from './key-derivation.ts'
import type { DerivationInput, WorkLimit } from './key-derivation.ts'
import { gmAliases, keyFileOids } from './oids.ts'

/** A password in the two encodings of key files: UTF-8 for PBKDF2, BMPString with a zero at its end for RFC 7292 B.1. */
export interface PasswordBytes {
  readonly utf8: Uint8Array
  readonly bmp: Uint8Array
}

/** UTF-16, big-endian, each code unit two bytes. */
export const toBmp = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(2 * text.length)
  const view = new DataView(bytes.buffer)
  for (let index = 0; index < text.length; index++) view.setUint16(2 * index, text.charCodeAt(index))
  return bytes
}

/** `undefined`: no password, which is not the same as an empty one. */
export const passwordBytes = (password: string | undefined): PasswordBytes => ({
  utf8: fromUtf8(password ?? ''),
  bmp: password === undefined ? new Uint8Array(0) : toBmp(`${password}\0`),
})

export const erasePassword = ({ utf8, bmp }: PasswordBytes): void => {
  utf8.fill(0)
  bmp.fill(0)
}

const unsupported = (reason: string, identifier: string): AppError =>
  new AppError('key.unsupported', { reason, oid: identifier })

const withoutAlias = (identifier: string): string => gmAliases.get(identifier) ?? identifier

const parametersOf = ({ parameters, oid: identifier }: AlgorithmIdentifier): DerNode => {
  if (parameters === undefined) throw unsupported('parameters_missing', identifier)
  return parameters
}

const MAX_SALT = 1024

const readSalt = (node: DerNode): Uint8Array => {
  const salt = contentBytes(expectTag(node, tag.octetString))
  if (salt.length > MAX_SALT) throw new Asn1Error('salt_too_long', node.start)
  return salt
}

const readIterations = (node: DerNode): number => {
  const iterations = readSmallInteger(node)
  if (iterations === 0) throw new Asn1Error('iterations_zero', node.start)
  return iterations
}

/** PBKDF2-params (RFC 8018 A.2), all but the password. `length` null: left to the cipher. */
export const readPbkdf2 = (
  algorithm: AlgorithmIdentifier,
): Omit<DerivationInput, 'password' | 'length'> & { readonly length: number | null } => {
  if (withoutAlias(algorithm.oid) !== keyFileOids.pbkdf2) throw unsupported('key_derivation', algorithm.oid)
  const reader = cursor(expectTag(parametersOf(algorithm), tag.sequence))
  const salt = readSalt(reader.next())
  const iterations = readIterations(reader.next(tag.integer))
  const lengthNode = reader.optional(tag.integer)
  const prfNode = reader.optional(tag.sequence)
  reader.finish()
  // RFC 8018 A.2: HMAC-SHA-1 where none is named. GM/T 0091 means HMAC-SM3 under its own identifier.
  const defaultPrf = algorithm.oid === keyFileOids.pbkdf2 ? oids.hmacSha1 : oids.hmacSm3
  const prf = prfNode === undefined ? defaultPrf : readAlgorithmIdentifier(prfNode).oid
  const hmac = algorithmOf(withoutAlias(prf), 'hmac')
  if (hmac === undefined) throw unsupported('prf', prf)
  return { hash: hmac.hash, salt, iterations, length: lengthNode === undefined ? null : readSmallInteger(lengthNode) }
}

const decryptBlocks = (cipher: CipherName, key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array => {
  const decryptor = createDecryptor(cipher, key, iv)
  const start = decryptor.update(ciphertext)
  const plaintext = concat(start, decryptor.finish())
  start.fill(0)
  return plaintext
}

const decryptPbes2 = async (
  algorithm: AlgorithmIdentifier,
  ciphertext: Uint8Array,
  password: PasswordBytes,
  limit: WorkLimit,
): Promise<Uint8Array> => {
  const reader = cursor(expectTag(parametersOf(algorithm), tag.sequence))
  const { length, ...derivation } = readPbkdf2(readAlgorithmIdentifier(reader.next()))
  const scheme = readAlgorithmIdentifier(reader.next())
  reader.finish()
  const cipher = algorithmOf(withoutAlias(scheme.oid), 'cipher')?.cipher
  if (!cipher?.endsWith('cbc')) throw unsupported('cipher', scheme.oid)
  const { keyLength, ivLength } = ciphers[cipher]
  const parameters = parametersOf(scheme)
  const iv = contentBytes(expectTag(parameters, tag.octetString))
  if (iv.length !== ivLength) throw new Asn1Error('iv_length', parameters.start)
  if (length !== null && length !== keyLength) throw new Asn1Error('key_length', parameters.start)
  noteWeaknesses(limit, 'encryption', derivation)
  if (cipher === 'des-ede3-cbc') limit.weaknesses.add('encryption_triple_des')
  const key = await pbkdf2({ ...derivation, password: password.utf8, length: keyLength }, limit)
  try {
    return decryptBlocks(cipher, key, iv, ciphertext)
  } finally {
    key.fill(0)
  }
}

const rc2 = async (key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array> => {
  const { default: forge } = await import('node-forge')
  const decipher = forge.rc2.createDecryptionCipher(toLatin1(key), key.length * 8)
  decipher.start(toLatin1(iv))
  decipher.update(forge.util.createBuffer(toLatin1(ciphertext)))
  if (ciphertext.length === 0 || ciphertext.length % 8 !== 0 || !decipher.finish()) {
    throw new AppError('key.decryption_failed')
  }
  return fromLatin1(decipher.output.getBytes())
}

/** Ciphers of RFC 7292 appendix C with the length of their key. For reading old files; none is written. */
const oldSchemes: ReadonlyMap<string, { readonly cipher: 'des' | 'rc2'; readonly keyLength: number }> = new Map([
  [keyFileOids.pbeWithSha1And3KeyTripleDes, { cipher: 'des', keyLength: 24 }],
  [keyFileOids.pbeWithSha1And2KeyTripleDes, { cipher: 'des', keyLength: 16 }],
  [keyFileOids.pbeWithSha1And128BitRc2, { cipher: 'rc2', keyLength: 16 }],
  [keyFileOids.pbeWithSha1And40BitRc2, { cipher: 'rc2', keyLength: 5 }],
])

/** pkcs-12PbeParams (RFC 7292 appendix C). */
const decryptPkcs12Scheme = async (
  algorithm: AlgorithmIdentifier,
  ciphertext: Uint8Array,
  { bmp }: PasswordBytes,
  limit: WorkLimit,
): Promise<Uint8Array> => {
  const scheme = oldSchemes.get(algorithm.oid)
  if (scheme === undefined) throw unsupported('encryption', algorithm.oid)
  const reader = cursor(expectTag(parametersOf(algorithm), tag.sequence))
  const salt = readSalt(reader.next())
  const iterations = readIterations(reader.next(tag.integer))
  reader.finish()
  const input = { hash: 'sha1', password: bmp, salt, iterations } as const
  noteWeaknesses(limit, 'encryption', input)
  limit.weaknesses.add(scheme.cipher === 'rc2' ? 'encryption_rc2' : 'encryption_triple_des')
  const key = await derivePkcs12('key', { ...input, length: scheme.keyLength }, limit)
  const iv = await derivePkcs12('iv', { ...input, length: 8 }, limit)
  // Two keys: the first one serves again as the third.
  const tripleKey = key.length === 16 ? concat(key, key.subarray(0, 8)) : key
  try {
    return await (scheme.cipher === 'rc2'
      ? rc2(key, iv, ciphertext)
      : decryptBlocks('des-ede3-cbc', tripleKey, iv, ciphertext))
  } finally {
    key.fill(0)
    tripleKey.fill(0)
  }
}

/**
 * Decrypts what a password protects: PBES2 (RFC 8018) with PBKDF2 and AES, SM4 or Triple DES in CBC, or a scheme of RFC 7292
 * appendix C. @throws key.unsupported, key.decryption_failed, Asn1Error
 */
export const decryptWithPassword = (
  algorithm: AlgorithmIdentifier,
  ciphertext: Uint8Array,
  password: PasswordBytes,
  limit: WorkLimit,
): Promise<Uint8Array> =>
  withoutAlias(algorithm.oid) === keyFileOids.pbes2
    ? decryptPbes2(algorithm, ciphertext, password, limit)
    : decryptPkcs12Scheme(algorithm, ciphertext, password, limit)

/** How new files are protected: what OpenSSL, Java and browsers open, or SM4 with SM3. */
export const protections = {
  aes: {
    cipher: 'aes-256-cbc',
    cipherOid: oids.aes256Cbc,
    hash: 'sha256',
    hmacOid: oids.hmacSha256,
    iterations: 200_000,
  },
  sm4: { cipher: 'sm4-cbc', cipherOid: oids.sm4Cbc, hash: 'sm3', hmacOid: oids.hmacSm3, iterations: 10_000 },
} as const satisfies Record<
  string,
  { cipher: CipherName; cipherOid: string; hash: HashName; hmacOid: string; iterations: number }
>
export type Protection = keyof typeof protections

export const SALT_LENGTH = 16

/** PBES2: the AlgorithmIdentifier, DER, and the ciphertext. */
export const encryptWithPassword = async (
  plaintext: Uint8Array,
  password: PasswordBytes,
  protection: Protection,
  limit: WorkLimit,
): Promise<{ algorithm: Uint8Array; ciphertext: Uint8Array }> => {
  const { cipher, cipherOid, hash, hmacOid, iterations } = protections[protection]
  const { keyLength, ivLength } = ciphers[cipher]
  const salt = randomBytes(SALT_LENGTH)
  const iv = randomBytes(ivLength)
  const key = await pbkdf2({ hash, password: password.utf8, salt, iterations, length: keyLength }, limit)
  const encryptor = createEncryptor(cipher, key, iv)
  const ciphertext = concat(encryptor.update(plaintext), encryptor.finish())
  key.fill(0)
  const prf = sequence(oid(hmacOid), nullValue())
  const derivation = sequence(octetString(salt), smallInteger(iterations), smallInteger(keyLength), prf)
  const parameters = sequence(sequence(oid(keyFileOids.pbkdf2), derivation), sequence(oid(cipherOid), octetString(iv)))
  return { algorithm: sequence(oid(keyFileOids.pbes2), parameters), ciphertext }
}
