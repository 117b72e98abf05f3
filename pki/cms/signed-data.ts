import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { berToDer, firstDefiniteElement } from '../asn1/ber.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readIntegerBytes, readOid, readSmallInteger } from '../asn1/values.ts'
import { retag } from '../asn1/writer.ts'
import { bytesEqual, toHex } from '../bytes/encodings.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { readAttributes, readSignedAttributes } from './attributes.ts'
import type { Attribute, SignedAttributes } from './attributes.ts'
import { cmsOids } from './oids.ts'
import type { Dialect } from './oids.ts'

export interface SignerIdentifier {
  readonly issuer: Uint8Array | null
  /** Content octets of the serial number. */
  readonly serial: Uint8Array | null
  readonly subjectKeyIdentifier: string | null
}

/** SignerInfo (RFC 5652 §5.3). */
export interface SignerInfo {
  readonly identifier: SignerIdentifier
  readonly digestAlgorithm: AlgorithmIdentifier
  readonly attributes: SignedAttributes | null
  /** What was signed when there are attributes: their SET OF encoding. */
  readonly signedBytes: Uint8Array | null
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  /** Under no signature: anybody may have added or changed them. */
  readonly unsignedAttributes: readonly Attribute[]
  readonly der: Uint8Array
}

/** SignedData (RFC 5652 §5.1, GB/T 35275 §8). */
export interface SignedData {
  readonly dialect: Dialect
  readonly contentType: string
  /** null: detached. */
  readonly content: Uint8Array | null
  /** EncapsulatedContentInfo as it stands. */
  readonly encapsulated: Uint8Array
  /** OIDs. */
  readonly digestAlgorithms: readonly AlgorithmIdentifier[]
  readonly certificates: readonly Certificate[]
  /** All of CertificateChoices as they stand, attribute certificates and other formats too. */
  readonly certificateChoices: readonly Uint8Array[]
  /** CertificateLists (RFC 5280 §5.1). */
  readonly crls: readonly Uint8Array[]
  /** OCSPResponses (RFC 5940). */
  readonly ocspResponses: readonly Uint8Array[]
  /** All of RevocationInfoChoices as they stand. */
  readonly revocationChoices: readonly Uint8Array[]
  readonly signers: readonly SignerInfo[]
}

const MAX_SIGNERS = 64
const MAX_CERTIFICATES = 64
const MAX_REVOCATION = 256
const MAX_DIGEST_ALGORITHMS = 16
/** Each costs the check of a signature. */
const MAX_NAMESAKES = 4

const signedDataDialects: ReadonlyMap<string, Dialect> = new Map([
  [oids.signedData, 'rfc5652'],
  [oids.gmSignedData, 'gb35275'],
])

const limited = (node: DerNode, limit: number, reason: string): DerNode[] => {
  const items = children(node)
  if (items.length > limit) throw new Asn1Error(reason, node.start)
  return items
}

const readIdentifier = (node: DerNode): SignerIdentifier => {
  if (node.tag === context.primitive(0)) {
    return { issuer: null, serial: null, subjectKeyIdentifier: toHex(contentBytes(node)) }
  }
  const reader = cursor(expectTag(node, tag.sequence))
  const issuer = encodedBytes(reader.next(tag.sequence))
  const serial = readIntegerBytes(reader.next(tag.integer))
  reader.finish()
  return { issuer, serial, subjectKeyIdentifier: null }
}

/** Also the value of a counter-signature. */
export const readSignerInfo = (node: DerNode): SignerInfo => {
  const reader = cursor(expectTag(node, tag.sequence))
  reader.next(tag.integer)
  const identifier = readIdentifier(reader.next())
  const digestAlgorithm = readAlgorithmIdentifier(reader.next())
  const attributesNode = reader.optional(context.constructed(0))
  const signatureAlgorithm = readAlgorithmIdentifier(reader.next())
  const signature = contentBytes(reader.next(tag.octetString))
  const unsignedNode = reader.optional(context.constructed(1))
  reader.finish()
  return {
    identifier,
    digestAlgorithm,
    attributes: attributesNode === undefined ? null : readSignedAttributes(attributesNode),
    signedBytes: attributesNode === undefined ? null : retag(encodedBytes(attributesNode), tag.set),
    signatureAlgorithm,
    signature,
    unsignedAttributes: unsignedNode === undefined ? [] : readAttributes(unsignedNode),
    der: encodedBytes(node),
  }
}

/** OtherRevocationInfoFormat with an OCSPResponse (RFC 5940 §2.1), or nothing for another format. */
const readOcspResponse = (node: DerNode): Uint8Array[] => {
  if (node.tag !== context.constructed(1)) return []
  const reader = cursor(node)
  const format = readOid(reader.next(tag.oid))
  const value = reader.next()
  reader.finish()
  return format === cmsOids.ocspResponse ? [encodedBytes(value)] : []
}

/** RFC 5652 §5.2.1: PKCS #7 has any type here, of which the content octets are digested. */
const readContent = (node: DerNode | undefined, contentType: string): Uint8Array | null => {
  if (node === undefined) return null
  const isData = contentType === oids.data || contentType === oids.gmData
  return contentBytes(onlyChild(node, isData ? tag.octetString : undefined))
}

const parse = (der: Uint8Array): SignedData => {
  const outer = cursor(expectTag(readDer(der), tag.sequence))
  const type = outer.next(tag.oid)
  const dialect = signedDataDialects.get(readOid(type))
  if (dialect === undefined) throw new Asn1Error('not_signed_data', type.start)
  const reader = cursor(onlyChild(outer.next(context.constructed(0)), tag.sequence))
  outer.finish()
  readSmallInteger(reader.next(tag.integer))
  const digestNodes = limited(reader.next(tag.set), MAX_DIGEST_ALGORITHMS, 'too_many_digest_algorithms')
  const encapsulatedNode = reader.next(tag.sequence)
  const encapsulated = cursor(encapsulatedNode)
  const contentType = readOid(encapsulated.next(tag.oid))
  const contentNode = encapsulated.optional(context.constructed(0))
  encapsulated.finish()
  const certificatesNode = reader.optional(context.constructed(0))
  const crlsNode = reader.optional(context.constructed(1))
  const signerNodes = limited(reader.next(tag.set), MAX_SIGNERS, 'too_many_signers')
  reader.finish()
  const certificateNodes =
    certificatesNode === undefined ? [] : limited(certificatesNode, MAX_CERTIFICATES, 'too_many_certificates')
  const revocationNodes = crlsNode === undefined ? [] : limited(crlsNode, MAX_REVOCATION, 'too_many_revocation_infos')
  const isPlain = (node: DerNode): boolean => node.tag === tag.sequence
  return {
    dialect,
    contentType,
    content: readContent(contentNode, contentType),
    encapsulated: encodedBytes(encapsulatedNode),
    digestAlgorithms: digestNodes.map(readAlgorithmIdentifier),
    // RFC 5652 §10.2.2: attribute certificates and other formats are passed over.
    certificates: certificateNodes.filter(isPlain).map((node) => parseCertificate(encodedBytes(node))),
    certificateChoices: certificateNodes.map(encodedBytes),
    crls: revocationNodes.filter(isPlain).map(encodedBytes),
    ocspResponses: revocationNodes.flatMap(readOcspResponse),
    revocationChoices: revocationNodes.map(encodedBytes),
    signers: signerNodes.map(readSignerInfo),
  }
}

const needsBerReader: ReadonlySet<string> = new Set(['indefinite_length', 'length_not_minimal', 'unexpected_tag'])

/**
 * Reads a SignedData of RFC 5652 or GB/T 35275. Streaming writers leave lengths indefinite: those are brought to DER first;
 * signed attributes and certificates are DER by definition and stay as they are. Bytes behind the first element are allowed
 * where `allowPadding` is set (PDF pads /Contents with zeros). Throws `signature.malformed`.
 */
export const parseSignedData = (input: Uint8Array, options: { allowPadding?: boolean } = {}): SignedData =>
  orAppError('signature.malformed', () => {
    const element = options.allowPadding === true ? (firstDefiniteElement(input) ?? input) : input
    try {
      return parse(element)
    } catch (error) {
      if (!(error instanceof Asn1Error) || !needsBerReader.has(error.reason)) throw error
      return parse(berToDer(element))
    }
  })

/** The certificates a SignerIdentifier names, out of those given; a few at most. */
export const findSigners = (identifier: SignerIdentifier, certificates: readonly Certificate[]): Certificate[] =>
  certificates
    .filter((certificate) =>
      identifier.issuer !== null && identifier.serial !== null
        ? bytesEqual(certificate.issuer.der, identifier.issuer) &&
          bytesEqual(certificate.serialBytes, identifier.serial)
        : identifier.subjectKeyIdentifier !== null &&
          certificate.subjectKeyIdentifier === identifier.subjectKeyIdentifier,
    )
    .slice(0, MAX_NAMESAKES)
