import { randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { cursor, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readBitStringBytes } from '../asn1/values.ts'
import { bitString, oid, sequence, nullValue } from '../asn1/writer.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { encryptSm2 } from '../gm/sm2-encryption.ts'
import { decryptSm4Ecb, encryptSm4Ecb } from '../gm/sm4.ts'
import { sm2PrivateKey } from './private-key.ts'
import type { KeyPort, PrivateKey } from './private-key.ts'
import { readPrivateKeyParts } from './private-key-info.ts'

/** Bytes of an SM2 private key and of what it is encrypted to: bare, or padded as PKCS#7 does. */
const SECRET = 32
const PADDED = 48
const SM4_KEY = 16

interface Parts {
  /** SM2Cipher of the SM4 key. */
  readonly wrappedKey: Uint8Array
  /** 04‖x‖y. */
  readonly point: Uint8Array
  readonly ciphertext: Uint8Array
}

const readParts = (der: Uint8Array): Parts => {
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const algorithmNode = reader.next(tag.sequence)
  const algorithm = readAlgorithmIdentifier(algorithmNode)
  const wrappedKey = encodedBytes(reader.next(tag.sequence))
  const pointNode = reader.next(tag.bitString)
  const secretNode = reader.next(tag.bitString)
  reader.finish()
  // GB/T 35276-2017 §7.4: ECB for block ciphers; some write the cipher without its mode.
  if (algorithm.oid !== oids.sm4Ecb && algorithm.oid !== oids.sm4) {
    throw new AppError('key.unsupported', { reason: 'cipher', oid: algorithm.oid, offset: algorithmNode.start })
  }
  const point = readBitStringBytes(pointNode)
  if (point.length !== 65 || point[0] !== 4) throw new Asn1Error('point_form', pointNode.start)
  const ciphertext = readBitStringBytes(secretNode)
  if (ciphertext.length !== SECRET && ciphertext.length !== PADDED) {
    throw new Asn1Error('secret_length', secretNode.start)
  }
  return { wrappedKey, point, ciphertext }
}

/**
 * SM2EnvelopedKey (GB/T 35276-2017 §7.4): the encryption key of a dual certificate, made by the key centre and wrapped to the
 * signing key. Its public key must be the one beside it; a padding is cut off unread, as that check says more.
 * @param recipient the signing key, wherever it is
 * @throws key.malformed with reason and offset, key.unsupported, key.decryption_failed, key.mismatch
 */
export const openEnvelopedKey = async (der: Uint8Array, recipient: Pick<KeyPort, 'decrypt'>): Promise<PrivateKey> => {
  const { wrappedKey, point, ciphertext } = orAppError('key.malformed', () => readParts(der))
  const symmetricKey = await recipient.decrypt('sm2', wrappedKey)
  try {
    if (symmetricKey.length !== SM4_KEY) throw new AppError('key.decryption_failed')
    const secret = decryptSm4Ecb(symmetricKey, ciphertext)
    return openSm2Pair(secret, point)
  } finally {
    symmetricKey.fill(0)
  }
}

/** The key of this number, whose public key must be that point (04‖x‖y). Overwrites the number. @throws key.mismatch */
export const openSm2Pair = (number: Uint8Array, point: Uint8Array): PrivateKey => {
  const secret = Uint8Array.from(number.subarray(0, SECRET))
  number.fill(0)
  let key: PrivateKey
  try {
    key = sm2PrivateKey(secret)
  } catch (error) {
    // No number of a key: as little this point's as any other.
    secret.fill(0)
    throw new AppError('key.mismatch', { part: 'public_key' }, { cause: error })
  }
  if (bytesEqual(publicPointOf(key.spki), point)) return key
  key.erase()
  throw new AppError('key.mismatch', { part: 'public_key' })
}

/** Wraps an SM2 key to another one's public key. The SM4 key is made for it and forgotten. */
export const wrapEnvelopedKey = (key: PrivateKey, recipientSpki: Uint8Array): Uint8Array => {
  const pkcs8 = key.pkcs8()
  const parts = readPrivateKeyParts(pkcs8)
  if (parts.kind !== 'sm2') throw new AppError('key.mechanism_unsupported', { kind: key.kind, operation: 'envelope' })
  const symmetricKey = randomBytes(SM4_KEY)
  const ciphertext = encryptSm4Ecb(symmetricKey, parts.secret)
  const wrapped = encryptSm2(publicPointOf(recipientSpki), symmetricKey)
  for (const secret of [symmetricKey, parts.secret, pkcs8]) secret.fill(0)
  return sequence(
    sequence(oid(oids.sm4Ecb), nullValue()),
    wrapped,
    bitString(publicPointOf(key.spki)),
    bitString(ciphertext),
  )
}
