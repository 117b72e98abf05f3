import { Asn1Error } from '../asn1/error.ts'
import { readDer, cursor, expectTag } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readIntegerBytes } from '../asn1/values.ts'
import { sequence, unsignedInteger } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import {
  addModuloOrder,
  combinePublic,
  isScalar,
  isZero,
  multiplyBase,
  NUMBER,
  randomScalar,
  signatureS,
} from './sm2-curve.ts'
import { checkPrivateKey, checkPublicKey, identityDigest } from './sm2-key.ts'
import type { Sm2PrivateKey, Sm2PublicKey } from './sm2-key.ts'
import { createSm3 } from './sm3.ts'
import type { Sm3 } from './sm3.ts'

/** r ‖ s, 64 bytes. DER by `encodeSm2Signature`. */
export type Sm2Signature = Uint8Array

/** SM3 that begins with Z: fed with the message it gives the e that is signed (GB/T 32918.2 §6.1). */
export const createMessageDigest = (publicKey: Sm2PublicKey, id?: Uint8Array): Sm3 =>
  createSm3().update(identityDigest(checkPublicKey(publicKey), id))

/** e mod n as a number below n: e may be anything of 32 bytes. */
const reduce = (number: Uint8Array): Uint8Array => addModuloOrder(number, new Uint8Array(NUMBER))

/** For published examples; a nonce used twice gives the key away. Null when this nonce gives no signature. */
export const signDigestWithNonce = (
  privateKey: Sm2PrivateKey,
  digest: Uint8Array,
  nonce: Uint8Array,
): Sm2Signature | null => {
  const x = multiplyBase(nonce).subarray(0, NUMBER)
  const r = addModuloOrder(reduce(digest), reduce(x))
  if (isZero(r) || isZero(addModuloOrder(r, nonce))) return null
  const s = signatureS(privateKey, nonce, r)
  if (isZero(s)) return null
  const signature = new Uint8Array(2 * NUMBER)
  signature.set(r)
  signature.set(s, NUMBER)
  return signature
}

/** Signs e, the 32 bytes of `createMessageDigest`. @throws TypeError for another length or an impossible key */
export const signSm2Digest = (privateKey: Sm2PrivateKey, digest: Uint8Array): Sm2Signature => {
  checkPrivateKey(privateKey)
  if (digest.length !== NUMBER) throw new TypeError('SM2 signs a digest of 32 bytes')
  for (;;) {
    const nonce = randomScalar()
    const signature = signDigestWithNonce(privateKey, digest, nonce)
    nonce.fill(0)
    if (signature !== null) return signature
  }
}

/** GB/T 32918.2 §7.1. False for everything that is not a signature of e by this key. */
export const verifySm2Digest = (publicKey: Sm2PublicKey, digest: Uint8Array, signature: Sm2Signature): boolean => {
  if (signature.length !== 2 * NUMBER || digest.length !== NUMBER) return false
  const [r, s] = [signature.subarray(0, NUMBER), signature.subarray(NUMBER)]
  if (!isScalar(r) || !isScalar(s)) return false
  const t = addModuloOrder(r, s)
  if (isZero(t)) return false
  const point = combinePublic(s, t, checkPublicKey(publicKey))
  if (isZero(point)) return false
  const expected = addModuloOrder(reduce(digest), reduce(point.subarray(0, NUMBER)))
  return expected.every((byte, index) => byte === r[index])
}

/** DER `SEQUENCE { r INTEGER, s INTEGER }` (GB/T 35276-2017 §7.3). */
export const encodeSm2Signature = (signature: Sm2Signature): Uint8Array =>
  sequence(unsignedInteger(signature.subarray(0, NUMBER)), unsignedInteger(signature.subarray(NUMBER)))

const readNumber = (node: DerNode): Uint8Array => {
  const bytes = readIntegerBytes(node)
  const number = new Uint8Array(NUMBER)
  const significant = bytes[0] === 0 ? bytes.subarray(1) : bytes
  if ((bytes[0] ?? 0) >= 0x80 || significant.length > NUMBER) throw new Asn1Error('signature_range', node.start)
  number.set(significant, NUMBER - significant.length)
  return number
}

/**
 * DER or r‖s, as both are met in certificates' and seals' fields. 64 bytes are r‖s: DER of that length would need r and s
 * with four zero bytes in front. @throws Asn1Error, TypeError for numbers that are not 1 … n − 1 (GB/T 32918.2 §7.1)
 */
export const decodeSm2Signature = (encoded: Uint8Array): Sm2Signature => {
  let signature = encoded
  if (encoded.length !== 2 * NUMBER) {
    const reader = cursor(expectTag(readDer(encoded), tag.sequence))
    signature = concat(readNumber(reader.next(tag.integer)), readNumber(reader.next(tag.integer)))
    reader.finish()
  }
  if (![signature.subarray(0, NUMBER), signature.subarray(NUMBER)].every(isScalar)) {
    throw new TypeError('a number of the signature is out of range')
  }
  return signature
}
