import { cursor, expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readBitStringBytes, readIntegerBytes, readOid } from '../asn1/values.ts'
import { concat } from '../bytes/concat.ts'
import { bytesEqual, fromHex, toHex } from '../bytes/encodings.ts'
import { pkcs1Block } from './pkcs1-padding.ts'
import { RSA } from './pkcs8.ts'
import type { Hash, PlatformHash, PlatformScheme, RsaPadding } from './types.ts'

/** RSA with public keys (RFC 8017) for runtimes that do it asynchronously only. Nothing here is secret but what is encrypted. */

type HashOf = (name: PlatformHash) => Hash
type RandomOf = (length: number) => Uint8Array

interface RsaPublicKey {
  readonly modulus: bigint
  readonly exponent: bigint
  /** Octets of the modulus. */
  readonly length: number
  readonly bits: number
}

export const toNumber = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`))
export const toBytes = (value: bigint, length: number): Uint8Array =>
  fromHex(value.toString(16).padStart(2 * length, '0'))

/** A verifier's work grows with the exponent and the modulus: hostile keys end here. */
const MAX_BITS = 16_384
const MAX_EXPONENT_BITS = 64

const readKey = (spki: Uint8Array): RsaPublicKey => {
  const outer = cursor(expectTag(readDer(spki), tag.sequence))
  if (readOid(cursor(outer.next(tag.sequence)).next()) !== RSA) throw new TypeError('no RSA key that can be used')
  const key = cursor(expectTag(readDer(readBitStringBytes(outer.next())), tag.sequence))
  const modulus = toNumber(readIntegerBytes(key.next(tag.integer)))
  const exponent = toNumber(readIntegerBytes(key.next(tag.integer)))
  const bits = modulus.toString(2).length
  const isUsable = (modulus & 1n) === 1n && exponent > 1n && (exponent & 1n) === 1n
  if (!isUsable || bits > MAX_BITS || exponent.toString(2).length > MAX_EXPONENT_BITS) {
    throw new TypeError('no RSA key that can be used')
  }
  return { modulus, exponent, length: Math.ceil(bits / 8), bits }
}

export const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let [result, square] = [1n, base % modulus]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

const digestOf = (hashOf: HashOf, name: PlatformHash, ...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = hashOf(name)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** MGF1 (RFC 8017 §B.2.1). */
const maskOf = (hashOf: HashOf, name: PlatformHash, seed: Uint8Array, length: number): Uint8Array => {
  const parts: Uint8Array[] = []
  const counter = new Uint8Array(4)
  for (let made = 0, index = 0; made < length; index++) {
    new DataView(counter.buffer).setUint32(0, index)
    const part = digestOf(hashOf, name, seed, counter)
    parts.push(part)
    made += part.length
  }
  return concat(...parts).subarray(0, length)
}

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, index) => byte ^ (b[index] ?? 0))

/** DigestInfo up to the digest (RFC 8017 §9.2 note 1). */
const digestInfos: Readonly<Record<PlatformHash, string>> = {
  sha1: '3021300906052b0e03021a05000414',
  sha224: '302d300d06096086480165030402040500041c',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
}

/** EMSA-PSS-VERIFY (§9.1.2). */
const isPssEncoding = (
  encoded: Uint8Array,
  bits: number,
  scheme: PlatformScheme,
  digest: Uint8Array,
  hashOf: HashOf,
) => {
  const { saltLength, digest: name } = scheme
  const size = digest.length
  if (encoded.length < size + saltLength + 2 || encoded.at(-1) !== 0xbc) return false
  const masked = encoded.subarray(0, encoded.length - size - 1)
  const check = encoded.subarray(encoded.length - size - 1, -1)
  const unused = 8 * encoded.length - bits
  if (((masked[0] ?? 0) & ~(0xff >> unused) & 0xff) !== 0) return false
  const block = xor(masked, maskOf(hashOf, name, check, masked.length))
  block[0] = (block[0] ?? 0) & (0xff >> unused)
  const salt = block.subarray(block.length - saltLength)
  const zeros = block.subarray(0, block.length - saltLength - 1)
  if (!zeros.every((byte) => byte === 0) || block[zeros.length] !== 1) return false
  return bytesEqual(digestOf(hashOf, name, new Uint8Array(8), digest, salt), check)
}

/** What the signature opens to, or null for one that is out of range. @throws TypeError, Asn1Error */
const open = (key: RsaPublicKey, signature: Uint8Array): bigint | null => {
  const value = toNumber(signature)
  return signature.length !== key.length || value >= key.modulus ? null : power(value, key.exponent, key.modulus)
}

/** RSASSA-PKCS1-v1_5 (§8.2.2): the encoding is made anew and compared, never taken apart. @throws TypeError, Asn1Error */
export const verifyRsaDigestInfo = (spki: Uint8Array, digestInfo: Uint8Array, signature: Uint8Array): boolean => {
  const key = readKey(spki)
  const encoded = open(key, signature)
  return encoded !== null && bytesEqual(toBytes(encoded, key.length), pkcs1Block(digestInfo, key.length))
}

/** RSASSA-PKCS1-v1_5 and RSASSA-PSS verification (§8). @throws TypeError, Asn1Error for a key that cannot be used */
export const verifyRsa = (
  spki: Uint8Array,
  scheme: PlatformScheme,
  data: Uint8Array,
  signature: Uint8Array,
  hashOf: HashOf,
): boolean => {
  const digest = digestOf(hashOf, scheme.digest, data)
  if (scheme.kind === 'rsa-pkcs1') {
    return verifyRsaDigestInfo(spki, concat(fromHex(digestInfos[scheme.digest]), digest), signature)
  }
  const key = readKey(spki)
  const encoded = open(key, signature)
  if (encoded === null) return false
  const length = Math.ceil((key.bits - 1) / 8)
  // One octet less than the modulus where its highest bit stands alone.
  if (encoded >= 1n << BigInt(8 * length)) return false
  return isPssEncoding(toBytes(encoded, length), key.bits - 1, scheme, digest, hashOf)
}

const nonZero = (length: number, randomOf: RandomOf): Uint8Array => {
  const found: number[] = []
  while (found.length < length) found.push(...randomOf(length).filter((byte) => byte !== 0))
  return Uint8Array.from(found.slice(0, length))
}

/** RSAES-OAEP and RSAES-PKCS1-v1_5 encryption (§7). @throws TypeError when the data does not fit */
export const encryptRsa = (
  spki: Uint8Array,
  padding: RsaPadding,
  data: Uint8Array,
  hashOf: HashOf,
  randomOf: RandomOf,
): Uint8Array => {
  const key = readKey(spki)
  const seal = (encoded: Uint8Array): Uint8Array =>
    toBytes(power(toNumber(encoded), key.exponent, key.modulus), key.length)
  if (padding.kind === 'pkcs1') {
    if (data.length > key.length - 11) throw new TypeError('too long for the key')
    return seal(concat(Uint8Array.of(0, 2), nonZero(key.length - data.length - 3, randomOf), Uint8Array.of(0), data))
  }
  const label = digestOf(hashOf, padding.hash, padding.label ?? new Uint8Array(0))
  if (data.length > key.length - 2 * label.length - 2) throw new TypeError('too long for the key')
  const zeros = new Uint8Array(key.length - data.length - 2 * label.length - 2)
  const seed = randomOf(label.length)
  const block = concat(label, zeros, Uint8Array.of(1), data)
  const maskedBlock = xor(block, maskOf(hashOf, padding.hash, seed, block.length))
  const maskedSeed = xor(seed, maskOf(hashOf, padding.hash, maskedBlock, seed.length))
  return seal(concat(Uint8Array.of(0), maskedSeed, maskedBlock))
}
