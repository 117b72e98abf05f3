import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { rsaIdentifier } from '../algorithms/pss-key.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { contentBytes, cursor, encodedBytes, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readBitStringBytes, readIntegerBytes, readOid, readSmallInteger } from '../asn1/values.ts'
import { bitString, header, oid, sequence, smallInteger, unsignedInteger } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'

/** A private key as its file tells it. */
export type PrivateKeyParts =
  | {
      readonly kind: 'rsa'
      /** AlgorithmIdentifier of id-RSASSA-PSS with its parameters, null for rsaEncryption. */
      readonly mark: Uint8Array | null
      /** RSAPrivateKey (RFC 8017 A.1.2), DER: a view of the file's bytes. */
      readonly rsaPrivateKey: Uint8Array
      /** RSAPublicKey, DER. */
      readonly rsaPublicKey: Uint8Array
    }
  | {
      readonly kind: 'ec' | 'sm2'
      /** OID of the curve. */
      readonly curve: string
      /** As long as the field; a copy, to be overwritten after use. */
      readonly secret: Uint8Array
      /** The point as the file gives it, uncompressed; null where it does not, or compresses it. */
      readonly point: Uint8Array | null
    }

/** Octets of a field element, by curve. */
const curveFields: ReadonlyMap<string, number> = new Map([
  [oids.sm2, 32],
  [oids.p256, 32],
  [oids.p384, 48],
  [oids.p521, 66],
])

const MAX_KEY = 64 * 1024

/** RSAPrivateKey of two primes. */
const readRsaParts = (node: DerNode, mark: Uint8Array | null): PrivateKeyParts => {
  const reader = cursor(expectTag(node, tag.sequence))
  if (readSmallInteger(reader.next(tag.integer)) !== 0) throw new Asn1Error('rsa_version', node.start)
  const numbers = Array.from({ length: 8 }, () => readIntegerBytes(reader.next(tag.integer)))
  reader.finish()
  const [modulus, exponent] = numbers
  if (modulus === undefined || exponent === undefined) throw new Asn1Error('element_missing', node.end)
  return {
    kind: 'rsa',
    mark,
    rsaPrivateKey: encodedBytes(node),
    rsaPublicKey: sequence(unsignedInteger(modulus), unsignedInteger(exponent)),
  }
}

const readCurve = (node: DerNode): string => {
  // RFC 5480 §2.1.1: namedCurve alone. Curves written out are how forged keys came to be (CVE-2020-0601).
  if (node.tag !== tag.oid) throw new Asn1Error('curve_not_named', node.start)
  return readOid(node)
}

/** The number in as many octets as the field; files drop leading zeros or add one. */
const toField = (bytes: Uint8Array, length: number, offset: number): Uint8Array => {
  const first = bytes.findIndex((byte) => byte !== 0)
  const significant = bytes.subarray(first < 0 ? bytes.length : first)
  if (significant.length === 0 || significant.length > length) throw new Asn1Error('secret_length', offset)
  const padded = new Uint8Array(length)
  padded.set(significant, length - significant.length)
  return padded
}

const readPoint = (node: DerNode, length: number): Uint8Array | null => {
  const point = readBitStringBytes(node)
  // The key is computed from its number anyway.
  if (point.length === 1 + length && (point[0] === 2 || point[0] === 3)) return null
  if (point.length !== 1 + 2 * length || point[0] !== 4) throw new Asn1Error('point_form', node.start)
  return point
}

/** ECPrivateKey (RFC 5915 §3) on the curve of its surroundings or its own; or, as some SM2 tools write, the bare number. */
const readCurveParts = (node: DerNode, outerCurve: string | null): PrivateKeyParts => {
  const isBare = node.tag === tag.octetString || node.tag === tag.integer
  const reader = isBare ? null : cursor(expectTag(node, tag.sequence))
  if (reader !== null && readSmallInteger(reader.next(tag.integer)) !== 1) {
    throw new Asn1Error('ec_version', node.start)
  }
  const secretNode = reader === null ? node : reader.next(tag.octetString)
  const parameters = reader?.optional(context.constructed(0))
  const pointNode = reader?.optional(context.constructed(1))
  reader?.finish()
  const ownCurve = parameters === undefined ? null : readCurve(onlyChild(parameters))
  if (ownCurve !== null && outerCurve !== null && ownCurve !== outerCurve) {
    throw new Asn1Error('curves_differ', node.start)
  }
  const curve = outerCurve ?? ownCurve
  if (curve === null) throw new Asn1Error('curve_missing', node.start)
  const length = curveFields.get(curve)
  if (length === undefined) throw new AppError('key.unsupported', { reason: 'curve', curve, offset: node.start })
  return {
    kind: curve === oids.sm2 ? 'sm2' : 'ec',
    curve,
    secret: toField(contentBytes(secretNode), length, secretNode.start),
    point: pointNode === undefined ? null : readPoint(onlyChild(pointNode), length),
  }
}

const readInfo = (node: DerNode): PrivateKeyParts => {
  const reader = cursor(expectTag(node, tag.sequence))
  // RFC 5958 §2: 1 with a public key, 0 without; writers do not all keep to it.
  if (readSmallInteger(reader.next(tag.integer)) > 1) throw new Asn1Error('version', node.start)
  const algorithm = readAlgorithmIdentifier(reader.next())
  const inner = readDer(contentBytes(reader.next(tag.octetString)))
  reader.optional(context.constructed(0))
  reader.optional(context.primitive(1))
  reader.finish()
  if (algorithm.oid === oids.rsaEncryption) return readRsaParts(inner, null)
  if (algorithm.oid === oids.rsaPss) return readRsaParts(inner, algorithm.der)
  // Some SM2 tools name the curve where the algorithm belongs.
  if (algorithm.oid === oids.sm2) return readCurveParts(inner, oids.sm2)
  if (algorithm.oid === oids.ecPublicKey) {
    const { parameters } = algorithm
    return readCurveParts(inner, parameters === undefined || parameters.tag === tag.null ? null : readCurve(parameters))
  }
  throw new AppError('key.unsupported', { reason: 'algorithm', oid: algorithm.oid, offset: node.start })
}

/**
 * Any of the unencrypted forms, told apart by what they hold: PrivateKeyInfo or OneAsymmetricKey (RFC 5958), RSAPrivateKey
 * (RFC 8017), ECPrivateKey (RFC 5915). @throws key.malformed with reason and offset, key.unsupported
 */
export const readPrivateKeyParts = (der: Uint8Array): PrivateKeyParts =>
  orAppError('key.malformed', () => {
    if (der.length > MAX_KEY) throw new Asn1Error('too_long', MAX_KEY)
    const node = readDer(der)
    const reader = cursor(expectTag(node, tag.sequence))
    reader.next(tag.integer)
    const second = reader.peek()
    if (second === tag.sequence) return readInfo(node)
    if (second === tag.integer) return readRsaParts(node, null)
    return readCurveParts(node, null)
  })

/** An element as a list of parts, so that a secret among them is copied once, by the outermost `concat`. */
const element = (identifier: number, ...parts: readonly Uint8Array[]): Uint8Array[] => [
  header(
    identifier,
    parts.reduce((sum, { length }) => sum + length, 0),
  ),
  ...parts,
]

const curveIdentifier = (curve: string): Uint8Array => sequence(oid(oids.ecPublicKey), oid(curve))

/** SubjectPublicKeyInfo of a point on a named curve (RFC 5480 §2). */
export const curvePublicKey = (curve: string, point: Uint8Array): Uint8Array =>
  sequence(curveIdentifier(curve), bitString(point))

/** PrivateKeyInfo of an RSA key. Holds the secret: overwrite it after use. */
export const encodeRsaPrivateKey = (mark: Uint8Array | null, rsaPrivateKey: Uint8Array): Uint8Array =>
  concat(...element(tag.sequence, smallInteger(0), mark ?? rsaIdentifier, ...element(tag.octetString, rsaPrivateKey)))

/** PrivateKeyInfo of a key on a curve, with the public point (null: without). Holds the secret: overwrite it after use. */
export const encodeCurvePrivateKey = (curve: string, secret: Uint8Array, point: Uint8Array | null): Uint8Array => {
  const publicKey = point === null ? [] : element(context.constructed(1), bitString(point))
  const inner = element(tag.sequence, smallInteger(1), ...element(tag.octetString, secret), ...publicKey)
  return concat(
    ...element(tag.sequence, smallInteger(0), curveIdentifier(curve), ...element(tag.octetString, ...inner)),
  )
}
