import type { DigestAlgorithm } from '#contract/keys.ts'
import { digest as digestOfBytes } from '../algorithms/digest.ts'
import { acceptedDigest, digestIdentifier, readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { Asn1Error } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, onlyChild } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { bytesEqual, readIntegerBytes, readOid, readTime, toHex } from '../asn1/values.ts'
import { octetString, oid, sequence, setOf, explicit, time, unsignedInteger } from '../asn1/writer.ts'
import type { Certificate } from '../x509/certificate.ts'

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), setOf(value))

/** IssuerSerial (RFC 5035 §5): the issuer as a directoryName, and the serial number. */
const issuerSerial = (certificate: Certificate): Uint8Array =>
  sequence(sequence(explicit(4, certificate.issuer.der)), unsignedInteger(certificate.serialBytes))

/** SigningCertificateV2 (RFC 5035 §3). The hash algorithm is left out where it is the default, SHA-256. */
const signingCertificateV2 = (certificate: Certificate, digest: DigestAlgorithm): Uint8Array => {
  const hash = octetString(digestOfBytes(digest, certificate.der))
  const algorithm = digest === 'sha256' ? [] : [digestIdentifier(digest)]
  return sequence(sequence(sequence(...algorithm, hash, issuerSerial(certificate))))
}

export interface SignedAttributesInput {
  readonly certificate: Certificate
  readonly contentType: string
  readonly digestAlgorithm: DigestAlgorithm
  readonly contentDigest: Uint8Array
  /** Left out for PAdES, whose claimed time stands in /M (ETSI EN 319 142-1 §6.3). */
  readonly signingTime: Date | undefined
}

/** SignedAttributes as the SET OF that is signed (RFC 5652 §5.4). */
export const encodeSignedAttributes = (input: SignedAttributesInput): Uint8Array =>
  setOf(
    attribute(oids.contentType, oid(input.contentType)),
    ...(input.signingTime === undefined ? [] : [attribute(oids.signingTime, time(input.signingTime))]),
    attribute(oids.messageDigest, octetString(input.contentDigest)),
    attribute(oids.signingCertificateV2, signingCertificateV2(input.certificate, input.digestAlgorithm)),
  )

/** What the certificate reference of ESS says about a certificate. */
export type SigningCertificateMatch = 'match' | 'mismatch' | 'absent'

export interface SignedAttributes {
  readonly contentType: string | null
  readonly messageDigest: Uint8Array | null
  readonly signingTime: Date | null
  /** ESSCertIDv2 of the signer, or null without that attribute. */
  readonly signingCertificate: DerNode | null
}

/** Attributes by type; RFC 5652 §11: the ones read here occur once and hold one value. */
export const readSignedAttributes = (node: DerNode): SignedAttributes => {
  const values = new Map<string, DerNode>()
  for (const item of children(node)) {
    const reader = cursor(expectTag(item, tag.sequence))
    const type = readOid(reader.next(tag.oid))
    const set = reader.next(tag.set)
    reader.finish()
    if (values.has(type)) throw new Asn1Error('attribute_repeated', item.start)
    values.set(type, set)
  }
  const single = (type: string, expected?: number): DerNode | null => {
    const set = values.get(type)
    return set === undefined ? null : onlyChild(set, expected)
  }
  const contentType = single(oids.contentType, tag.oid)
  const messageDigest = single(oids.messageDigest, tag.octetString)
  const signingTime = single(oids.signingTime)
  return {
    contentType: contentType === null ? null : readOid(contentType),
    messageDigest: messageDigest === null ? null : contentBytes(messageDigest),
    signingTime: signingTime === null ? null : readTime(signingTime),
    signingCertificate: single(oids.signingCertificateV2, tag.sequence),
  }
}

/** RFC 5035 §5.4: the first ESSCertIDv2 names the signer's certificate by hash and, if given, issuer and serial. */
export const matchSigningCertificate = (
  attributes: SignedAttributes,
  certificate: Certificate,
): SigningCertificateMatch => {
  if (attributes.signingCertificate === null) return 'absent'
  const identifiers = cursor(attributes.signingCertificate).next(tag.sequence)
  const reader = cursor(cursor(identifiers).next(tag.sequence))
  const algorithmNode = reader.optional(tag.sequence)
  const digest = algorithmNode === undefined ? 'sha256' : acceptedDigest(readAlgorithmIdentifier(algorithmNode).oid)
  if (digest === undefined) return 'mismatch'
  const hash = contentBytes(reader.next(tag.octetString))
  if (!bytesEqual(hash, digestOfBytes(digest, certificate.der))) return 'mismatch'
  const named = reader.optional(tag.sequence)
  return named === undefined || matchesIssuerSerial(named, certificate) ? 'match' : 'mismatch'
}

const matchesIssuerSerial = (node: DerNode, certificate: Certificate): boolean => {
  const reader = cursor(node)
  const names = children(reader.next(tag.sequence))
  const serial = readIntegerBytes(reader.next(tag.integer))
  return (
    toHex(serial) === toHex(certificate.serialBytes) &&
    names.some(
      (name) =>
        name.tag === context.constructed(4) && bytesEqual(encodedBytes(onlyChild(name)), certificate.issuer.der),
    )
  )
}
