import type { DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import { Asn1Error } from '../asn1/error.ts'
import { cursor, encodedBytes, expectTag, onlyChild } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readOid, readSmallInteger } from '../asn1/values.ts'
import { explicit, nullValue, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { oids } from './oids.ts'

/** AlgorithmIdentifier (RFC 5280 §4.1.1.2): the OID and the parameters as they stand. */
export interface AlgorithmIdentifier {
  readonly oid: string
  readonly parameters: DerNode | undefined
  readonly der: Uint8Array
}

export const readAlgorithmIdentifier = (node: DerNode): AlgorithmIdentifier => {
  const reader = cursor(expectTag(node, tag.sequence))
  const identifier = readOid(reader.next(tag.oid))
  const parameters = reader.isAtEnd() ? undefined : reader.next()
  reader.finish()
  return { oid: identifier, parameters, der: encodedBytes(node) }
}

const digestOids: Record<DigestAlgorithm, string> = { sha256: oids.sha256, sha384: oids.sha384, sha512: oids.sha512 }

/** Digests that are accepted. SHA-1 is none of them. */
export const digestByOid: ReadonlyMap<string, DigestAlgorithm> = new Map([
  [oids.sha256, 'sha256'],
  [oids.sha384, 'sha384'],
  [oids.sha512, 'sha512'],
])

/** RFC 5754 §2: parameters of SHA-2 are absent. */
export const digestIdentifier = (digest: DigestAlgorithm): Uint8Array => sequence(oid(digestOids[digest]))

const plainSignatures: Partial<Record<SignatureAlgorithm, { oid: string; hasNull: boolean }>> = {
  'rsa-pkcs1-sha256': { oid: oids.sha256WithRsa, hasNull: true },
  'rsa-pkcs1-sha384': { oid: oids.sha384WithRsa, hasNull: true },
  'rsa-pkcs1-sha512': { oid: oids.sha512WithRsa, hasNull: true },
  'ecdsa-sha256': { oid: oids.ecdsaWithSha256, hasNull: false },
  'ecdsa-sha384': { oid: oids.ecdsaWithSha384, hasNull: false },
  'ecdsa-sha512': { oid: oids.ecdsaWithSha512, hasNull: false },
}

const saltLengths: Record<DigestAlgorithm, number> = { sha256: 32, sha384: 48, sha512: 64 }

/** RSASSA-PSS-params with MGF1 over the same digest and a salt of its length (RFC 4055 §3.1, RFC 8017 §9.1). */
const pssParameters = (digest: DigestAlgorithm): Uint8Array => {
  const hash = sequence(oid(digestOids[digest]), nullValue())
  return sequence(
    explicit(0, hash),
    explicit(1, sequence(oid(oids.mgf1), hash)),
    explicit(2, smallInteger(saltLengths[digest])),
  )
}

export const signatureIdentifier = (algorithm: SignatureAlgorithm, digest: DigestAlgorithm): Uint8Array => {
  const plain = plainSignatures[algorithm]
  if (plain === undefined) return sequence(oid(oids.rsaPss), pssParameters(digest))
  return plain.hasNull ? sequence(oid(plain.oid), nullValue()) : sequence(oid(plain.oid))
}

/** How a signature is to be checked: the scheme, its digest and, for PSS, the length of the salt. */
export interface SignatureScheme {
  readonly kind: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa'
  readonly digest: DigestAlgorithm
  readonly saltLength: number
}

const scheme = (kind: SignatureScheme['kind'], digest: DigestAlgorithm): SignatureScheme => ({
  kind,
  digest,
  saltLength: saltLengths[digest],
})

const readPssScheme = (parameters: DerNode | undefined): SignatureScheme | undefined => {
  // RFC 8017 A.2.3: the defaults are SHA-1, which is not accepted.
  if (parameters === undefined) return undefined
  const reader = cursor(expectTag(parameters, tag.sequence))
  const hash = reader.optional(context.constructed(0))
  const mask = reader.optional(context.constructed(1))
  const salt = reader.optional(context.constructed(2))
  const trailer = reader.optional(context.constructed(3))
  reader.finish()
  if (hash === undefined || mask === undefined) return undefined
  const digest = digestByOid.get(readAlgorithmIdentifier(onlyChild(hash)).oid)
  const maskGeneration = readAlgorithmIdentifier(onlyChild(mask))
  if (maskGeneration.parameters === undefined) throw new Asn1Error('pss_mask_digest_missing', mask.start)
  const maskDigest = digestByOid.get(readAlgorithmIdentifier(maskGeneration.parameters).oid)
  if (trailer !== undefined && readSmallInteger(onlyChild(trailer)) !== 1) return undefined
  if (digest === undefined || maskGeneration.oid !== oids.mgf1 || maskDigest !== digest) return undefined
  return { kind: 'rsa-pss', digest, saltLength: salt === undefined ? 20 : readSmallInteger(onlyChild(salt)) }
}

const schemesByOid: ReadonlyMap<string, SignatureScheme> = new Map([
  [oids.sha256WithRsa, scheme('rsa-pkcs1', 'sha256')],
  [oids.sha384WithRsa, scheme('rsa-pkcs1', 'sha384')],
  [oids.sha512WithRsa, scheme('rsa-pkcs1', 'sha512')],
  [oids.ecdsaWithSha256, scheme('ecdsa', 'sha256')],
  [oids.ecdsaWithSha384, scheme('ecdsa', 'sha384')],
  [oids.ecdsaWithSha512, scheme('ecdsa', 'sha512')],
])

/**
 * The scheme of an AlgorithmIdentifier, or undefined for one that is not supported. CMS may name only the key
 * (rsaEncryption, id-ecPublicKey) and leave the digest to `digestAlgorithm` (RFC 5754 §3.2), given as `outerDigest`.
 */
export const readSignatureScheme = (
  identifier: AlgorithmIdentifier,
  outerDigest?: DigestAlgorithm,
): SignatureScheme | undefined => {
  if (identifier.oid === oids.rsaPss) return readPssScheme(identifier.parameters)
  if (outerDigest !== undefined && identifier.oid === oids.rsaEncryption) return scheme('rsa-pkcs1', outerDigest)
  if (outerDigest !== undefined && identifier.oid === oids.ecPublicKey) return scheme('ecdsa', outerDigest)
  return schemesByOid.get(identifier.oid)
}

export const signatureAlgorithmOf = (found: SignatureScheme): SignatureAlgorithm => `${found.kind}-${found.digest}`

const schemeName = /^(rsa-pkcs1|rsa-pss|ecdsa)-(sha256|sha384|sha512)$/

/** The scheme behind a name such as `rsa-pss-sha256`, or undefined for any other text. */
export const parseSchemeName = (name: string): SignatureScheme | undefined => {
  const [, kind, digest] = schemeName.exec(name) ?? []
  return kind === undefined || digest === undefined
    ? undefined
    : scheme(kind as SignatureScheme['kind'], digest as DigestAlgorithm)
}

export const schemeOf = (algorithm: SignatureAlgorithm): SignatureScheme => {
  const found = parseSchemeName(algorithm)
  if (found === undefined) throw new TypeError(`no scheme for ${algorithm}`)
  return found
}
