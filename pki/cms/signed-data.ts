import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { berToDer, firstDefiniteElement } from '../asn1/ber.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { bytesEqual, readIntegerBytes, readOid, toHex } from '../asn1/values.ts'
import { retag } from '../asn1/writer.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { readSignedAttributes } from './attributes.ts'
import type { SignedAttributes } from './attributes.ts'

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
}

/** SignedData (RFC 5652 §5.1). */
export interface SignedData {
  readonly contentType: string
  /** null: detached. */
  readonly content: Uint8Array | null
  readonly certificates: readonly Certificate[]
  readonly signers: readonly SignerInfo[]
}

const MAX_SIGNERS = 64
const MAX_CERTIFICATES = 64

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

const readSigner = (node: DerNode): SignerInfo => {
  const reader = cursor(expectTag(node, tag.sequence))
  reader.next(tag.integer)
  const identifier = readIdentifier(reader.next())
  const digestAlgorithm = readAlgorithmIdentifier(reader.next())
  const attributesNode = reader.optional(context.constructed(0))
  const signatureAlgorithm = readAlgorithmIdentifier(reader.next())
  const signature = contentBytes(reader.next(tag.octetString))
  // Unsigned attributes say nothing that is relied on.
  reader.optional(context.constructed(1))
  reader.finish()
  return {
    identifier,
    digestAlgorithm,
    attributes: attributesNode === undefined ? null : readSignedAttributes(attributesNode),
    signedBytes: attributesNode === undefined ? null : retag(encodedBytes(attributesNode), tag.set),
    signatureAlgorithm,
    signature,
  }
}

/** CertificateSet (RFC 5652 §10.2.3); attribute certificates and other kinds are left aside. */
const readCertificates = (node: DerNode | undefined): Certificate[] => {
  if (node === undefined) return []
  const items = children(node).filter((item) => item.tag === tag.sequence)
  if (items.length > MAX_CERTIFICATES) throw new Asn1Error('too_many_certificates', node.start)
  return items.map((item) => parseCertificate(encodedBytes(item)))
}

const parse = (der: Uint8Array): SignedData => {
  const outer = cursor(expectTag(readDer(der), tag.sequence))
  const type = outer.next(tag.oid)
  if (readOid(type) !== oids.signedData) throw new Asn1Error('not_signed_data', type.start)
  const reader = cursor(onlyChild(outer.next(context.constructed(0)), tag.sequence))
  outer.finish()
  reader.next(tag.integer)
  reader.next(tag.set)
  const encapsulated = cursor(reader.next(tag.sequence))
  const contentType = readOid(encapsulated.next(tag.oid))
  const contentNode = encapsulated.optional(context.constructed(0))
  encapsulated.finish()
  const certificates = readCertificates(reader.optional(context.constructed(0)))
  reader.optional(context.constructed(1))
  const signerNodes = children(reader.next(tag.set))
  reader.finish()
  if (signerNodes.length > MAX_SIGNERS) throw new Asn1Error('too_many_signers', 0)
  return {
    contentType,
    content: contentNode === undefined ? null : contentBytes(onlyChild(contentNode, tag.octetString)),
    certificates,
    signers: signerNodes.map(readSigner),
  }
}

const needsBerReader: ReadonlySet<string> = new Set(['indefinite_length', 'length_not_minimal', 'unexpected_tag'])

/**
 * Reads a CMS SignedData. Streaming writers leave lengths indefinite: those are brought to DER first; signed
 * attributes and certificates are DER by definition and stay as they are. Bytes behind the first element are allowed
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

/** The certificate a SignerIdentifier names, out of those given. */
export const findSigner = (
  identifier: SignerIdentifier,
  certificates: readonly Certificate[],
): Certificate | undefined =>
  certificates.find((certificate) =>
    identifier.issuer !== null && identifier.serial !== null
      ? bytesEqual(certificate.issuer.der, identifier.issuer) && bytesEqual(certificate.serialBytes, identifier.serial)
      : identifier.subjectKeyIdentifier !== null &&
        certificate.subjectKeyIdentifier === identifier.subjectKeyIdentifier,
  )
