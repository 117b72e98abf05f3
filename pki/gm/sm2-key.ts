import {
  curveParameters,
  isPoint,
  isScalar,
  isBelow,
  multiplyBase,
  NUMBER,
  order,
  POINT,
  randomScalar,
} from './sm2-curve.ts'
import { sm3 } from './sm3.ts'

/** 32 bytes, 1 … n − 2 (GB/T 32918.1 §6.1: with n − 1 no signature could be made). */
export type Sm2PrivateKey = Uint8Array
/** x ‖ y, 64 bytes, a point of the curve. */
export type Sm2PublicKey = Uint8Array

export interface Sm2KeyPair {
  readonly privateKey: Sm2PrivateKey
  readonly publicKey: Sm2PublicKey
}

const largest = order.map((byte, index) => (index === NUMBER - 1 ? byte - 1 : byte))

/** @throws TypeError when it is none */
export const checkPrivateKey = (key: Uint8Array): Sm2PrivateKey => {
  if (!isScalar(key) || !isBelow(key, largest)) throw new TypeError('not an SM2 private key')
  return key
}

/** x‖y or the uncompressed form 04‖x‖y (GB/T 32918.1 §4.2.9). @throws TypeError when it is no point of the curve */
export const checkPublicKey = (key: Uint8Array): Sm2PublicKey => {
  const point = key.length === POINT + 1 && key[0] === 4 ? key.subarray(1) : key
  if (!isPoint(point)) throw new TypeError('not an SM2 public key')
  return point
}

export const publicKeyOf = (privateKey: Sm2PrivateKey): Sm2PublicKey => multiplyBase(checkPrivateKey(privateKey))

export const generateSm2KeyPair = (): Sm2KeyPair => {
  const privateKey = randomScalar(largest)
  return { privateKey, publicKey: multiplyBase(privateKey) }
}

/** What X.509, PKCS#10, seals and CMS use unless a protocol says otherwise (GB/T 35276-2017 §10). */
export const DEFAULT_ID: Uint8Array = new TextEncoder().encode('1234567812345678')

/** Z of GB/T 32918.2 §5.5: the digest of the user's ID, the curve and the public key, 32 bytes. */
export const identityDigest = (publicKey: Sm2PublicKey, id: Uint8Array = DEFAULT_ID): Uint8Array => {
  const bits = id.length * 8
  if (bits > 0xffff) throw new TypeError('the ID is too long for its length field')
  return sm3(Uint8Array.of(bits >> 8, bits & 0xff), id, curveParameters, publicKey)
}
