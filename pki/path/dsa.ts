import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { digest } from '../algorithms/digest.ts'
import type { HashName } from '../algorithms/digest.ts'
import { Asn1Error } from '../asn1/error.ts'
import { cursor, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readBitStringBytes, readIntegerBytes } from '../asn1/values.ts'
import { toHex } from '../bytes/encodings.ts'

const toBigInt = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`))
const bitLength = (value: bigint): number => value.toString(2).length

const readIntegers = (node: DerNode, count: number): bigint[] => {
  const reader = cursor(expectTag(node, tag.sequence))
  const integers = Array.from({ length: count }, () => {
    const bytes = readIntegerBytes(reader.next())
    if ((bytes[0] ?? 0) >= 0x80) throw new Asn1Error('integer_negative', node.start)
    return toBigInt(bytes)
  })
  reader.finish()
  return integers
}

const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}

const MAX_BITS = 3072

const verify = (spki: Uint8Array, hash: HashName, data: Uint8Array, signature: Uint8Array): boolean => {
  const key = cursor(expectTag(readDer(spki), tag.sequence))
  const { parameters } = readAlgorithmIdentifier(key.next())
  if (parameters === undefined) return false
  const [p = 0n, q = 0n, g = 0n] = readIntegers(parameters, 3)
  const y = toBigInt(readIntegerBytes(expectTag(readDer(readBitStringBytes(key.next())), tag.integer)))
  const [r = 0n, s = 0n] = readIntegers(readDer(signature), 2)
  const qBits = bitLength(q)
  if (bitLength(p) > MAX_BITS || ![160, 224, 256].includes(qBits)) return false
  if ([g, y].some((value) => value <= 1n || value >= p) || [r, s].some((value) => value <= 0n || value >= q))
    return false
  const z = toBigInt(digest(hash, data).subarray(0, qBits / 8))
  // q is prime, so s^(q-2) is the inverse of s.
  const w = power(s, q - 2n, q)
  return ((power(g, (z * w) % q, p) * power(y, (r * w) % q, p)) % p) % q === r
}

/**
 * DSA verification (FIPS 186-4 §4.7) for old chains: the runtimes of Electron and of browsers have none. Of public data
 * only, so its time need not be constant. Keys and signatures of a wrong shape verify nothing.
 */
export const verifyDsa = (spki: Uint8Array, hash: HashName, data: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return verify(spki, hash, data, signature)
  } catch (error) {
    if (error instanceof Asn1Error) return false
    throw error
  }
}
