import { children, contentBytes, cursor, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readOid } from '../asn1/values.ts'
import { bitString, nullValue, oid, sequence } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'

/** rsaEncryption: keys marked for PSS come without their mark. */
export const RSA = '1.2.840.113549.1.1.1'

/** The parts of a PrivateKeyInfo (RFC 5958 §2) that a runtime without a key type of its own needs. */
interface KeyParts {
  readonly algorithm: DerNode
  readonly privateKey: DerNode
}

const readParts = (pkcs8: Uint8Array): KeyParts => {
  const reader = cursor(expectTag(readDer(pkcs8), tag.sequence))
  reader.next(tag.integer)
  const algorithm = reader.next(tag.sequence)
  return { algorithm, privateKey: readDer(contentBytes(reader.next(tag.octetString))) }
}

const isRsa = ({ algorithm }: KeyParts): boolean => readOid(cursor(algorithm).next()) === RSA

/**
 * OID of the named curve of a SubjectPublicKeyInfo. RFC 5480 §2.1.1 allows no other form, but runtimes take explicit parameters,
 * with which a stranger's key brings its own curve. @throws Asn1Error
 */
export const namedCurveOf = (spki: Uint8Array): string => {
  const algorithm = cursor(cursor(expectTag(readDer(spki), tag.sequence)).next(tag.sequence))
  algorithm.next(tag.oid)
  return readOid(algorithm.next(tag.oid))
}

/** RSAPrivateKey (RFC 8017 A.1.2) of a PrivateKeyInfo. @throws TypeError for a key of another kind */
export const readRsaPrivateKey = (pkcs8: Uint8Array): DerNode => {
  const parts = readParts(pkcs8)
  if (!isRsa(parts)) throw new TypeError('no RSA key')
  return parts.privateKey
}

/** OID of the named curve, or null for RSA. */
export const curveOf = (pkcs8: Uint8Array): string | null => {
  const parts = readParts(pkcs8)
  if (isRsa(parts)) return null
  const reader = cursor(parts.algorithm)
  reader.next(tag.oid)
  return readOid(reader.next(tag.oid))
}

/** SubjectPublicKeyInfo of a PrivateKeyInfo; the point of an elliptic curve comes from `multiply` of the scalar. */
export const publicKeyFrom = (
  pkcs8: Uint8Array,
  multiply: (curve: string, scalar: Uint8Array) => Uint8Array,
): Uint8Array => {
  const parts = readParts(pkcs8)
  if (isRsa(parts)) {
    const [, modulus, exponent] = children(expectTag(parts.privateKey, tag.sequence))
    if (modulus === undefined || exponent === undefined) throw new TypeError('no RSA key')
    const key = sequence(encodedBytes(modulus), encodedBytes(exponent))
    return sequence(sequence(oid(RSA), nullValue()), bitString(key))
  }
  const reader = cursor(expectTag(parts.privateKey, tag.sequence))
  reader.next(tag.integer)
  const scalar = contentBytes(reader.next(tag.octetString))
  const point = multiply(curveOf(pkcs8) ?? '', scalar)
  return sequence(concat(encodedBytes(parts.algorithm)), bitString(point))
}
