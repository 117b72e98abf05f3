import type { DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import { Asn1Error } from '../asn1/error.ts'
import { cursor, encodedBytes, expectTag, onlyChild } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readOid, readSmallInteger } from '../asn1/values.ts'
import { explicit, nullValue, oid, sequence, smallInteger } from '../asn1/writer.ts'
import type { HashName } from './digest.ts'
import { oids } from './oids.ts'
import { algorithmOf } from './registry.ts'
import { isAccepted, saltLengths } from './signature-scheme.ts'
import type { AcceptedScheme, SignatureScheme } from './signature-scheme.ts'

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

/** The hash of an OID when it is one that is accepted: SHA-1 and SHA-224 are not. */
export const acceptedDigest = (identifier: string): DigestAlgorithm | undefined => {
  const hash = algorithmOf(identifier, 'hash')?.hash
  return hash === 'sha1' || hash === 'sha224' ? undefined : hash
}

/** RFC 5754 §2, GB/T 35275: the parameters are absent. */
export const digestIdentifier = (digest: HashName): Uint8Array => sequence(oid(oids[digest]))

const plainSignatures: Partial<Record<SignatureAlgorithm, { oid: string; hasNull: boolean }>> = {
  'rsa-pkcs1-sha256': { oid: oids.sha256WithRsa, hasNull: true },
  'rsa-pkcs1-sha384': { oid: oids.sha384WithRsa, hasNull: true },
  'rsa-pkcs1-sha512': { oid: oids.sha512WithRsa, hasNull: true },
  'rsa-pkcs1-sm3': { oid: oids.sm3WithRsa, hasNull: true },
  'ecdsa-sha256': { oid: oids.ecdsaWithSha256, hasNull: false },
  'ecdsa-sha384': { oid: oids.ecdsaWithSha384, hasNull: false },
  'ecdsa-sha512': { oid: oids.ecdsaWithSha512, hasNull: false },
  'sm2-sm3': { oid: oids.sm2WithSm3, hasNull: false },
}

/** RSASSA-PSS-params with MGF1 over the same digest and a salt of its length (RFC 4055 §3.1, RFC 8017 §9.1). */
const pssParameters = (digest: keyof typeof saltLengths): Uint8Array => {
  const hash = sequence(oid(oids[digest]), nullValue())
  return sequence(
    explicit(0, hash),
    explicit(1, sequence(oid(oids.mgf1), hash)),
    explicit(2, smallInteger(saltLengths[digest])),
  )
}

export const signatureIdentifier = (algorithm: SignatureAlgorithm, digest: DigestAlgorithm): Uint8Array => {
  const plain = plainSignatures[algorithm]
  if (plain !== undefined) return plain.hasNull ? sequence(oid(plain.oid), nullValue()) : sequence(oid(plain.oid))
  if (digest === 'sm3') throw new TypeError(`${algorithm} has no identifier`)
  return sequence(oid(oids.rsaPss), pssParameters(digest))
}

const readMaskDigest = (node: DerNode): HashName | undefined => {
  const { oid: generation, parameters } = readAlgorithmIdentifier(node)
  if (parameters === undefined) throw new Asn1Error('pss_mask_digest_missing', node.start)
  const digest = algorithmOf(readAlgorithmIdentifier(parameters).oid, 'hash')?.hash
  return generation === oids.mgf1 ? digest : undefined
}

const readPssScheme = (parameters: DerNode | undefined): SignatureScheme | undefined => {
  // RFC 4055 §3.1: they stand beside every signature, and empty they mean SHA-1.
  if (parameters === undefined) return undefined
  const reader = cursor(expectTag(parameters, tag.sequence))
  const hash = reader.optional(context.constructed(0))
  const mask = reader.optional(context.constructed(1))
  const salt = reader.optional(context.constructed(2))
  const trailer = reader.optional(context.constructed(3))
  reader.finish()
  if (trailer !== undefined && readSmallInteger(onlyChild(trailer)) !== 1) return undefined
  const digest = hash === undefined ? 'sha1' : algorithmOf(readAlgorithmIdentifier(onlyChild(hash)).oid, 'hash')?.hash
  const maskDigest = mask === undefined ? 'sha1' : readMaskDigest(onlyChild(mask))
  if (digest === undefined || digest === 'sm3' || maskDigest !== digest) return undefined
  return { kind: 'rsa-pss', digest, saltLength: salt === undefined ? 20 : readSmallInteger(onlyChild(salt)) }
}

/**
 * The scheme of a certificate's, CRL's or response's AlgorithmIdentifier, or undefined for one that is not known. Old schemes
 * are among them: whoever takes a signature for valid asks `isAccepted` or a policy.
 */
export const readAnyScheme = (identifier: AlgorithmIdentifier): SignatureScheme | undefined =>
  identifier.oid === oids.rsaPss
    ? readPssScheme(identifier.parameters)
    : algorithmOf(identifier.oid, 'signature')?.scheme

/** OIDs of SM2 that GB/T 35275 messages name as the signature's algorithm beside 1.2.156.10197.1.501. */
const sm2KeyOids: ReadonlySet<string> = new Set([oids.sm2, oids.sm2Sign])

/**
 * The scheme of a message's signature if it is accepted. CMS may name only the key (rsaEncryption, id-ecPublicKey, SM2) and
 * leave the digest to `digestAlgorithm` (RFC 5754 §3.2), given as `outerDigest`.
 */
export const readSignatureScheme = (
  identifier: AlgorithmIdentifier,
  outerDigest?: DigestAlgorithm,
): AcceptedScheme | undefined => {
  if (outerDigest === 'sm3') {
    if (sm2KeyOids.has(identifier.oid)) return { kind: 'sm2', digest: 'sm3', saltLength: 0 }
    if (identifier.oid === oids.rsaEncryption) return { kind: 'rsa-pkcs1', digest: 'sm3', saltLength: 0 }
  } else if (outerDigest !== undefined) {
    const saltLength = saltLengths[outerDigest]
    if (identifier.oid === oids.rsaEncryption) return { kind: 'rsa-pkcs1', digest: outerDigest, saltLength }
    if (identifier.oid === oids.ecPublicKey) return { kind: 'ecdsa', digest: outerDigest, saltLength }
  }
  const scheme = readAnyScheme(identifier)
  return scheme !== undefined && isAccepted(scheme) ? scheme : undefined
}
