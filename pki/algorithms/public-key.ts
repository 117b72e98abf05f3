import { constants, createPublicKey, verify } from 'node:crypto'
import type { KeyObject, VerifyKeyObjectInput } from 'node:crypto'

import { cursor, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readBitStringBytes, readIntegerBytes, readOid } from '../asn1/values.ts'
import { readAlgorithmIdentifier } from './algorithm-identifier.ts'
import type { SignatureScheme } from './algorithm-identifier.ts'
import { oids } from './oids.ts'

export interface PublicKeyInfo {
  readonly type: 'rsa' | 'ec' | 'sm2' | 'other'
  /** Bits of the modulus or of the curve's field; 0 where unknown. */
  readonly bits: number
  readonly curve: 'P-256' | 'P-384' | 'P-521' | 'SM2' | null
  /** OID of the key's algorithm. */
  readonly oid: string
}

const curves: ReadonlyMap<string, Pick<PublicKeyInfo, 'type' | 'bits' | 'curve'>> = new Map([
  [oids.p256, { type: 'ec', bits: 256, curve: 'P-256' }],
  [oids.p384, { type: 'ec', bits: 384, curve: 'P-384' }],
  [oids.p521, { type: 'ec', bits: 521, curve: 'P-521' }],
  [oids.sm2, { type: 'sm2', bits: 256, curve: 'SM2' }],
] as const)

const modulusBits = (key: Uint8Array): number => {
  const bytes = readIntegerBytes(cursor(expectTag(readDer(key), tag.sequence)).next(tag.integer))
  const start = bytes[0] === 0 ? 1 : 0
  return (bytes.length - start) * 8 - Math.clz32(bytes[start] ?? 0) + 24
}

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7; RFC 3279 for RSA, RFC 5480 for elliptic curves). */
export const readPublicKeyInfo = (spki: DerNode): PublicKeyInfo => {
  const reader = cursor(expectTag(spki, tag.sequence))
  const { oid, parameters } = readAlgorithmIdentifier(reader.next())
  const key = readBitStringBytes(reader.next())
  reader.finish()
  if (oid === oids.rsaEncryption || oid === oids.rsaPss)
    return { type: 'rsa', bits: modulusBits(key), curve: null, oid }
  if (oid === oids.ecPublicKey && parameters?.tag === tag.oid) {
    const curve = curves.get(readOid(parameters))
    if (curve !== undefined) return { ...curve, oid }
  }
  return { type: 'other', bits: 0, curve: null, oid }
}

const keyType = { 'rsa-pkcs1': 'rsa', 'rsa-pss': 'rsa', ecdsa: 'ec' } as const

/** Shortest RSA modulus that is accepted in a signature (NIST SP 800-131A). */
export const MIN_RSA_BITS = 2048

const importKey = (spki: Uint8Array, scheme: SignatureScheme): KeyObject | undefined => {
  const info = readPublicKeyInfo(readDer(spki))
  if (info.type !== keyType[scheme.kind]) return undefined
  // RFC 4055 §1.2: a key marked for PSS is for PSS alone.
  if (info.oid === oids.rsaPss && scheme.kind !== 'rsa-pss') return undefined
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    // A point off its curve or a broken modulus: there is no such key.
    return undefined
  }
}

const verifyInput = (key: KeyObject, scheme: SignatureScheme): VerifyKeyObjectInput =>
  scheme.kind === 'rsa-pss'
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength }
    : scheme.kind === 'rsa-pkcs1'
      ? { key, padding: constants.RSA_PKCS1_PADDING }
      : { key, dsaEncoding: 'der' }

/** True only if the signature over `data` verifies. A key or signature that cannot be used verifies nothing. */
export const verifySignature = (
  spki: Uint8Array,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
): boolean => {
  const key = importKey(spki, scheme)
  if (key === undefined) return false
  try {
    return verify(scheme.digest, data, verifyInput(key, scheme), signature)
  } catch {
    // OpenSSL raises an error for a salt that cannot fit the key; the signature is as wrong as any other.
    return false
  }
}
