import { digest } from '../algorithms/digest.ts'
import type { HashName } from '../algorithms/digest.ts'
import { oids } from '../algorithms/oids.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { tag } from '../asn1/tags.ts'
import { encode, explicit, nullValue, octetString, oid, sequence } from '../asn1/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'

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
