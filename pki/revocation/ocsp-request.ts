import { digest } from '../algorithms/digest.ts'
import type { HashName } from '../algorithms/digest.ts'
import { oids } from '../algorithms/oids.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { encode, explicit, nullValue, octetString, oid, sequence } from '../asn1/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { readExtensions } from '../x509/extensions.ts'
import { readCertificateId } from './ocsp.ts'
import type { CertificateId } from './ocsp.ts'

/** CertID (RFC 6960 §4.1.1) of a certificate under its issuer's key. */
export const encodeCertificateId = (
  certificate: Certificate,
  issuer: Pick<Certificate, 'spki'>,
  hash: HashName,
): Uint8Array =>
  sequence(
    sequence(oid(oids[hash]), nullValue()),
    octetString(digest(hash, certificate.issuer.der)),
    octetString(digest(hash, publicPointOf(issuer.spki))),
    encode(tag.integer, certificate.serialBytes),
  )

export interface OcspRequestOptions {
  /** Default: SHA-1, which every responder knows; nothing is signed with it. SM3 for responders of GM/T. */
  readonly hash?: HashName
  /** 1 to 32 random octets (RFC 8954 §2.1), to be given to the check as well. */
  readonly nonce?: Uint8Array
}

/** An unsigned OCSPRequest about one certificate (RFC 6960 §4.1.1). */
export const createOcspRequest = (
  certificate: Certificate,
  issuer: Pick<Certificate, 'spki'>,
  { hash = 'sha1', nonce }: OcspRequestOptions = {},
): Uint8Array => {
  const requests = sequence(sequence(encodeCertificateId(certificate, issuer, hash)))
  const extensions =
    nonce === undefined
      ? []
      : [explicit(2, sequence(sequence(oid(extensionOids.ocspNonce), octetString(octetString(nonce)))))]
  return sequence(sequence(requests, ...extensions))
}

/** One certificate that is asked for (RFC 6960 §4.1.1). */
export interface RequestedStatus extends CertificateId {
  /** CertID as it was sent, to be sent back. */
  readonly der: Uint8Array
}

export interface OcspRequest {
  readonly certificates: readonly RequestedStatus[]
  readonly nonce: Uint8Array | null
}

const MAX_REQUEST = 64 * 1024
const MAX_CERTIFICATES = 100

const readRequested = (node: DerNode): RequestedStatus => {
  const request = cursor(expectTag(node, tag.sequence))
  const id = request.next(tag.sequence)
  request.optional(context.constructed(0))
  request.finish()
  return { der: encodedBytes(id), ...readCertificateId(id) }
}

const readNonce = (value: Uint8Array): Uint8Array => {
  const node = expectTag(readDer(value), tag.octetString)
  const nonce = contentBytes(node)
  // RFC 9654 §2.1.
  if (nonce.length < 1 || nonce.length > 128) throw new Asn1Error('nonce_length', node.start)
  return nonce
}

const parse = (der: Uint8Array): OcspRequest => {
  if (der.length > MAX_REQUEST) throw new Asn1Error('too_long', MAX_REQUEST)
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const toBeSigned = cursor(reader.next(tag.sequence))
  // RFC 6960 §4.1.2: signatures are optional, and nothing here depends on who asks.
  reader.optional(context.constructed(0))
  reader.finish()
  toBeSigned.optional(context.constructed(0))
  toBeSigned.optional(context.constructed(1))
  const list = toBeSigned.next(tag.sequence)
  const extensionsNode = toBeSigned.optional(context.constructed(2))
  toBeSigned.finish()
  const certificates = children(list).map(readRequested)
  if (certificates.length === 0 || certificates.length > MAX_CERTIFICATES) {
    throw new Asn1Error('request_count', list.start)
  }
  const extensions = extensionsNode === undefined ? [] : readExtensions(onlyChild(extensionsNode))
  const nonce = extensions.find(({ oid }) => oid === extensionOids.ocspNonce)
  return { certificates, nonce: nonce === undefined ? null : readNonce(nonce.value) }
}

/** OCSPRequest (RFC 6960 §4.1), for a responder. @throws request.invalid with reason and offset */
export const readOcspRequest = (der: Uint8Array): OcspRequest => orAppError('request.invalid', () => parse(der))
