import { readAlgorithmIdentifier, readAnyScheme } from '../algorithms/algorithm-identifier.ts'
import { algorithmOf } from '../algorithms/registry.ts'
import type { HashName } from '../algorithms/digest.ts'
import type { SignatureScheme } from '../algorithms/signature-scheme.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readIntegerBytes, readOid, readSmallInteger, readTime } from '../asn1/values.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { readExtensions } from '../x509/extensions.ts'
import type { Extension } from '../x509/extensions.ts'
import { readName } from '../x509/name.ts'
import type { DistinguishedName } from '../x509/name.ts'
import { readSignatureBits } from '../x509/signature-bits.ts'

/** CertID (RFC 6960 §4.1.1). */
export interface CertificateId {
  /** null: a hash that is not known here, so it cannot match. */
  readonly hash: HashName | null
  readonly issuerNameHash: Uint8Array
  readonly issuerKeyHash: Uint8Array
  readonly serial: Uint8Array
}

export interface SingleResponse {
  readonly id: CertificateId
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly revokedAt: Date | null
  /** CRLReason. */
  readonly reason: number | null
  readonly thisUpdate: Date
  readonly nextUpdate: Date | null
  /** The responder keeps certificates that expired at this time or later (RFC 6960 §4.4.4); null: it does not say so. */
  readonly keepsExpiredSince: Date | null
  readonly hasUnknownCritical: boolean
}

export type ResponderId =
  | { readonly kind: 'name'; readonly name: DistinguishedName }
  /** SHA-1 of the responder's public key, without the BIT STRING's tag, length and unused bits. */
  | { readonly kind: 'key'; readonly hash: Uint8Array }

/** OCSPResponse with a BasicOCSPResponse inside (RFC 6960 §4.2.1). */
export interface OcspResponse {
  readonly der: Uint8Array
  /** `successful`, or the name of the error, in which case nothing else is there. */
  readonly responseStatus: string
  readonly basic: BasicOcspResponse | null
}

export interface BasicOcspResponse {
  /** tbsResponseData. */
  readonly tbs: Uint8Array
  readonly signatureScheme: SignatureScheme | null
  readonly signature: Uint8Array
  readonly responder: ResponderId
  readonly producedAt: Date
  readonly responses: readonly SingleResponse[]
  readonly nonce: Uint8Array | null
  readonly hasUnknownCritical: boolean
  /** DER of the certificates that came with it. */
  readonly certificates: readonly Uint8Array[]
}

const responseStatuses = new Map([
  [0, 'successful'],
  [1, 'malformedRequest'],
  [2, 'internalError'],
  [3, 'tryLater'],
  [5, 'sigRequired'],
  [6, 'unauthorized'],
])

export const readCertificateId = (node: DerNode): CertificateId => {
  const reader = cursor(expectTag(node, tag.sequence))
  const hash = algorithmOf(readAlgorithmIdentifier(reader.next()).oid, 'hash')?.hash ?? null
  const issuerNameHash = contentBytes(reader.next(tag.octetString))
  const issuerKeyHash = contentBytes(reader.next(tag.octetString))
  const serial = readIntegerBytes(reader.next())
  reader.finish()
  return { hash, issuerNameHash, issuerKeyHash, serial }
}

const optionalExtensions = (node: DerNode | undefined): Extension[] =>
  node === undefined ? [] : readExtensions(onlyChild(node))

const readStatus = (node: DerNode): Pick<SingleResponse, 'status' | 'revokedAt' | 'reason'> => {
  if (node.tag === context.primitive(0)) return { status: 'good', revokedAt: null, reason: null }
  if (node.tag === context.primitive(2)) return { status: 'unknown', revokedAt: null, reason: null }
  const reader = cursor(expectTag(node, context.constructed(1)))
  const revokedAt = readTime(reader.next())
  const reason = reader.optional(context.constructed(0))
  reader.finish()
  if (reason === undefined) return { status: 'revoked', revokedAt, reason: null }
  const code = readSmallInteger({ ...onlyChild(reason, tag.enumerated), tag: tag.integer })
  return { status: 'revoked', revokedAt, reason: code }
}

const readSingleResponse = (node: DerNode): SingleResponse => {
  const reader = cursor(expectTag(node, tag.sequence))
  const id = readCertificateId(reader.next())
  const status = readStatus(reader.next())
  const thisUpdate = readTime(reader.next())
  const nextUpdate = reader.optional(context.constructed(0))
  const extensions = optionalExtensions(reader.optional(context.constructed(1)))
  reader.finish()
  const cutoff = extensions.find(({ oid }) => oid === extensionOids.archiveCutoff)
  return {
    id,
    ...status,
    thisUpdate,
    nextUpdate: nextUpdate === undefined ? null : readTime(onlyChild(nextUpdate)),
    keepsExpiredSince: cutoff === undefined ? null : readTime(readDer(cutoff.value)),
    hasUnknownCritical: extensions.some(({ oid, isCritical }) => isCritical && oid !== extensionOids.archiveCutoff),
  }
}

const readResponder = (node: DerNode): ResponderId => {
  if (node.tag === context.constructed(1)) return { kind: 'name', name: readName(onlyChild(node)) }
  expectTag(node, context.constructed(2))
  return { kind: 'key', hash: contentBytes(onlyChild(node, tag.octetString)) }
}

/** The nonce is an OCTET STRING inside the extension (RFC 8954 §2.1); old responders leave that out. */
const readNonce = (value: Uint8Array): Uint8Array => {
  try {
    return contentBytes(expectTag(readDer(value), tag.octetString))
  } catch (error) {
    if (error instanceof Asn1Error) return value
    throw error
  }
}

/** id-pkix-ocsp-basic (RFC 6960 §4.2.1). */
const OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1'
const MAX_CERTIFICATES = 32

const readBasic = (der: Uint8Array): BasicOcspResponse => {
  const outer = cursor(expectTag(readDer(der), tag.sequence))
  const tbs = outer.next(tag.sequence)
  const algorithm = readAlgorithmIdentifier(outer.next())
  const signature = readSignatureBits(outer.next())
  const certificates = outer.optional(context.constructed(0))
  outer.finish()
  const reader = cursor(tbs)
  const version = reader.optional(context.constructed(0))
  if (version !== undefined && readSmallInteger(onlyChild(version)) !== 0) {
    throw new Asn1Error('version_unsupported', tbs.content)
  }
  const responder = readResponder(reader.next())
  const producedAt = readTime(reader.next())
  const responses = children(reader.next(tag.sequence)).map(readSingleResponse)
  const extensions = optionalExtensions(reader.optional(context.constructed(1)))
  reader.finish()
  const nonce = extensions.find(({ oid }) => oid === extensionOids.ocspNonce)
  return {
    tbs: encodedBytes(tbs),
    signatureScheme: readAnyScheme(algorithm) ?? null,
    signature,
    responder,
    producedAt,
    responses,
    nonce: nonce === undefined ? null : readNonce(nonce.value),
    hasUnknownCritical: extensions.some(({ oid, isCritical }) => isCritical && oid !== extensionOids.ocspNonce),
    certificates:
      certificates === undefined
        ? []
        : children(onlyChild(certificates, tag.sequence)).slice(0, MAX_CERTIFICATES).map(encodedBytes),
  }
}

const parse = (der: Uint8Array): OcspResponse => {
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const statusNode = expectTag(reader.next(), tag.enumerated)
  const responseStatus = responseStatuses.get(readSmallInteger({ ...statusNode, tag: tag.integer }))
  const bytes = reader.optional(context.constructed(0))
  reader.finish()
  if (responseStatus === undefined) throw new Asn1Error('response_status_unknown', statusNode.start)
  if (responseStatus !== 'successful') return { der, responseStatus, basic: null }
  if (bytes === undefined) throw new Asn1Error('response_missing', statusNode.end)
  const inner = cursor(onlyChild(bytes, tag.sequence))
  const type = readOid(inner.next())
  const content = contentBytes(inner.next(tag.octetString))
  inner.finish()
  if (type !== OCSP_BASIC) throw new Asn1Error('response_type_unknown', bytes.start)
  return { der, responseStatus, basic: readBasic(content) }
}

/** Reads a DER OCSP response. Throws `certificate.malformed` with reason and offset. */
export const parseOcspResponse = (der: Uint8Array): OcspResponse =>
  orAppError('certificate.malformed', () => parse(der), { object: 'ocsp' })
