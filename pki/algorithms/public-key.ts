import { verifyDigestInfo, verifyWithKey } from '#platform'

import { digestOf } from '#contract/keys.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import { Asn1Error } from '../asn1/error.ts'
import { cursor, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readBitStringBytes, readIntegerBytes, readOid } from '../asn1/values.ts'
import { createMessageDigest, decodeSm2Signature, verifySm2Digest } from '../gm/sm2-signature.ts'
import { readAlgorithmIdentifier } from './algorithm-identifier.ts'
import { digest } from './digest.ts'
import { digestInfo } from './digest-info.ts'
import { oids } from './oids.ts'
import { allowsScheme, plainRsaKey } from './pss-key.ts'
import { algorithmOf } from './registry.ts'
import type { SignatureScheme } from './signature-scheme.ts'

export interface PublicKeyInfo {
  readonly type: 'rsa' | 'ec' | 'sm2' | 'dsa' | 'other'
  /** Bits of the modulus or of the curve's field; 0 where unknown, or where a DSA key inherits its parameters. */
  readonly bits: number
  readonly curve: 'P-256' | 'P-384' | 'P-521' | 'SM2' | null
  /** OID of the key's algorithm. */
  readonly oid: string
}

const integerBits = (node: DerNode): number => {
  const bytes = readIntegerBytes(node)
  const start = bytes[0] === 0 ? 1 : 0
  return (bytes.length - start) * 8 - Math.clz32(bytes[start] ?? 0) + 24
}

const firstInteger = (node: DerNode): DerNode => cursor(expectTag(node, tag.sequence)).next(tag.integer)

/**
 * Bits of the modulus of an RSAPublicKey. Not every runtime refuses numbers with which anybody can sign (the exponent 1) or
 * which are no key's (RFC 8017 §3.1: the modulus is odd, and the exponent as well).
 */
const rsaBits = (node: DerNode): number => {
  const reader = cursor(expectTag(node, tag.sequence))
  const modulus = reader.next(tag.integer)
  const numbers = [modulus, reader.next(tag.integer)].map(readIntegerBytes)
  reader.finish()
  const areOdd = numbers.every((bytes) => (bytes[0] ?? 0) < 0x80 && ((bytes.at(-1) ?? 0) & 1) === 1)
  if (!areOdd || numbers.some((bytes) => bytes.length === 1 && bytes[0] === 1)) {
    throw new Asn1Error('rsa_key_unusable', node.start)
  }
  return integerBits(modulus)
}

const curveOf = (parameters: DerNode | undefined): PublicKeyInfo['curve'] => {
  if (parameters?.tag !== tag.oid) return null
  const curve = readOid(parameters)
  return curve === oids.sm2 ? 'SM2' : (algorithmOf(curve, 'curve')?.curve ?? null)
}

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7; RFC 3279 for RSA and DSA, RFC 5480 for elliptic curves, GB/T 20518 for SM2). */
export const readPublicKeyInfo = (spki: DerNode): PublicKeyInfo => {
  const reader = cursor(expectTag(spki, tag.sequence))
  const { oid, parameters } = readAlgorithmIdentifier(reader.next())
  const key = readBitStringBytes(reader.next())
  reader.finish()
  if (oid === oids.rsaEncryption || oid === oids.rsaPss) {
    return { type: 'rsa', bits: rsaBits(readDer(key)), curve: null, oid }
  }
  if (oid === oids.dsa) {
    const bits = parameters?.tag === tag.sequence ? integerBits(firstInteger(parameters)) : 0
    return { type: 'dsa', bits, curve: null, oid }
  }
  const curve = oid === oids.ecPublicKey ? curveOf(parameters) : null
  if (curve === null) return { type: 'other', bits: 0, curve: null, oid }
  return { type: curve === 'SM2' ? 'sm2' : 'ec', bits: Number(curve === 'SM2' ? 256 : curve.slice(2)), curve, oid }
}

/** The point of an elliptic curve's key as it stands in a SubjectPublicKeyInfo: 04‖x‖y, unless it is compressed. */
export const publicPointOf = (spki: Uint8Array): Uint8Array => {
  const reader = cursor(expectTag(readDer(spki), tag.sequence))
  reader.next(tag.sequence)
  return readBitStringBytes(reader.next())
}

/** Type of the key behind each kind of signature. */
export const keyTypes = { 'rsa-pkcs1': 'rsa', 'rsa-pss': 'rsa', ecdsa: 'ec', dsa: 'dsa', sm2: 'sm2' } as const

/**
 * What a key that signs digests is given for `data`: its hash; for SM2 the e of GB/T 32918.2 §6.1, which takes in the public key
 * and the default ID.
 */
export const digestToSign = (spki: Uint8Array, algorithm: SignatureAlgorithm, data: Uint8Array): Uint8Array =>
  algorithm === 'sm2-sm3'
    ? createMessageDigest(publicPointOf(spki)).update(data).digest()
    : digest(digestOf(algorithm), data)

/** Shortest RSA modulus that is accepted in a signature (NIST SP 800-131A). */
export const MIN_RSA_BITS = 2048

const verifySm2 = (spki: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean => {
  try {
    const point = publicPointOf(spki)
    return verifySm2Digest(point, createMessageDigest(point).update(data).digest(), decodeSm2Signature(signature))
  } catch (error) {
    // No point of the curve, no signature: as wrong as any other.
    if (error instanceof TypeError || error instanceof Asn1Error) return false
    throw error
  }
}

const verifyPss = (spki: Uint8Array, scheme: SignatureScheme, data: Uint8Array, signature: Uint8Array): boolean => {
  try {
    if (scheme.kind !== 'rsa-pss' || !allowsScheme(spki, scheme)) return false
    return verifyWithKey(plainRsaKey(spki), scheme, data, signature)
  } catch (error) {
    if (error instanceof Asn1Error) return false
    throw error
  }
}

const readUsableKey = (spki: Uint8Array): PublicKeyInfo | null => {
  try {
    return readPublicKeyInfo(readDer(spki))
  } catch (error) {
    if (error instanceof Asn1Error) return null
    throw error
  }
}

/**
 * True only if the signature over `data` verifies. A key or signature that cannot be used verifies nothing. SM2 signs with the
 * default ID; its signatures are taken as DER and as r‖s, the others as DER.
 */
export const verifySignature = (
  spki: Uint8Array,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
): boolean => {
  const key = readUsableKey(spki)
  if (key?.type !== keyTypes[scheme.kind]) return false
  if (scheme.kind === 'sm2') return verifySm2(spki, data, signature)
  if (key.oid === oids.rsaPss) return verifyPss(spki, scheme, data, signature)
  return scheme.digest === 'sm3'
    ? verifyDigestInfo(spki, digestInfo('sm3', data), signature)
    : verifyWithKey(spki, scheme, data, signature)
}
