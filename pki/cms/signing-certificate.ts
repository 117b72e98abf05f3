import type { DigestAlgorithm } from '#contract/keys.ts'
import { acceptedDigest, digestIdentifier, readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { digest } from '../algorithms/digest.ts'
import type { HashName } from '../algorithms/digest.ts'
import { oids } from '../algorithms/oids.ts'
import { children, contentBytes, cursor, encodedBytes, onlyChild } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readIntegerBytes } from '../asn1/values.ts'
import { encode, explicit, octetString, sequence } from '../asn1/writer.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import type { Certificate } from '../x509/certificate.ts'
import { encodeAttribute } from './attributes.ts'
import type { SignedAttributes } from './attributes.ts'

/** IssuerSerial (RFC 5035 §5): the issuer as a directoryName, and the serial number. */
const issuerSerial = (certificate: Certificate): Uint8Array =>
  sequence(sequence(explicit(4, certificate.issuer.der)), encode(tag.integer, certificate.serialBytes))

/** The attribute signing-certificate-v2 (RFC 5035 §3). The hash algorithm is left out where it is the default, SHA-256. */
export const signingCertificateV2 = (certificate: Certificate, algorithm: DigestAlgorithm): Uint8Array => {
  const hash = octetString(digest(algorithm, certificate.der))
  const identifier = algorithm === 'sha256' ? [] : [digestIdentifier(algorithm)]
  return encodeAttribute(
    oids.signingCertificateV2,
    sequence(sequence(sequence(...identifier, hash, issuerSerial(certificate)))),
  )
}

/** What the certificate reference of ESS says about a certificate. */
export type SigningCertificateMatch = 'match' | 'mismatch' | 'absent'

const matchesIssuerSerial = (node: DerNode, certificate: Certificate): boolean => {
  const reader = cursor(node)
  const names = children(reader.next(tag.sequence))
  const serial = readIntegerBytes(reader.next(tag.integer))
  return (
    bytesEqual(serial, certificate.serialBytes) &&
    names.some(
      (name) =>
        name.tag === context.constructed(4) && bytesEqual(encodedBytes(onlyChild(name)), certificate.issuer.der),
    )
  )
}

/** The first ESSCertID or ESSCertIDv2 of a list, and what stands behind its hash algorithm. */
const matchFirst = (list: DerNode, certificate: Certificate, isVersion2: boolean): boolean => {
  const reader = cursor(cursor(cursor(list).next(tag.sequence)).next(tag.sequence))
  const identifier = isVersion2 ? reader.optional(tag.sequence) : undefined
  let hash: HashName | undefined = isVersion2 ? 'sha256' : 'sha1'
  if (identifier !== undefined) hash = acceptedDigest(readAlgorithmIdentifier(identifier).oid)
  const value = contentBytes(reader.next(tag.octetString))
  if (hash === undefined || !bytesEqual(value, digest(hash, certificate.der))) return false
  const named = reader.optional(tag.sequence)
  return named === undefined || matchesIssuerSerial(named, certificate)
}

/**
 * RFC 5035 §5.4: the first identifier names the signer's certificate by hash and, if given, issuer and serial number.
 * Where both versions are there both must do so. SHA-1 of version 1 only names what the signature proves anyway.
 */
export const matchSigningCertificate = (
  { signingCertificate, signingCertificateV2: version2 }: SignedAttributes,
  certificate: Certificate,
): SigningCertificateMatch => {
  if (signingCertificate === null && version2 === null) return 'absent'
  const isMatch =
    (version2 === null || matchFirst(version2, certificate, true)) &&
    (signingCertificate === null || matchFirst(signingCertificate, certificate, false))
  return isMatch ? 'match' : 'mismatch'
}
