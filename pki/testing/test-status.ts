import { createHash } from 'node:crypto'

import { signatureIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { digestOf } from '#contract/keys.ts'
import { tag } from '../asn1/tags.ts'
import { bitString, encode, explicit, octetString, oid, sequence, smallInteger, time } from '../asn1/writer.ts'
import { encodeSignatureValue } from '../cms/signature-value.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Issued } from './test-ca.ts'

const algorithms = { rsa: 'rsa-pkcs1-sha256', ec: 'ecdsa-sha256', sm2: 'sm2-sm3' } as const

const signed = (tbs: Uint8Array, { certificate, key }: Issued): readonly [Uint8Array, Uint8Array, Uint8Array] => {
  const algorithm = algorithms[certificate.key.type as keyof typeof algorithms]
  const value = encodeSignatureValue(algorithm, certificate, key.sign(algorithm, tbs))
  return [tbs, signatureIdentifier(algorithm, digestOf(algorithm)), bitString(value)]
}

export interface StatusOptions {
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date
  readonly revoked?: readonly { readonly certificate: Certificate; readonly at: Date }[]
}

const HOUR = 3_600_000
const defaults = ({
  thisUpdate = new Date(Date.now() - HOUR),
  nextUpdate = new Date(Date.now() + HOUR),
}: StatusOptions) => ({
  thisUpdate,
  nextUpdate,
})

/** A complete CRL (RFC 5280 §5) by `issuer`. */
export const issueCrl = (issuer: Issued, options: StatusOptions = {}): Uint8Array => {
  const { thisUpdate, nextUpdate } = defaults(options)
  const algorithm = algorithms[issuer.certificate.key.type as keyof typeof algorithms]
  const entries = (options.revoked ?? []).map(({ certificate, at }) =>
    sequence(encode(tag.integer, certificate.serialBytes), time(at)),
  )
  const number = sequence(oid('2.5.29.20'), octetString(smallInteger(1)))
  const tbs = sequence(
    smallInteger(1),
    signatureIdentifier(algorithm, digestOf(algorithm)),
    issuer.certificate.subject.der,
    time(thisUpdate),
    time(nextUpdate),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    explicit(0, sequence(number)),
  )
  return sequence(...signed(tbs, issuer))
}

const generalized = (date: Date): Uint8Array =>
  encode(tag.generalizedTime, Buffer.from(date.toISOString().replaceAll(/[-:T]|\.\d+/g, ''), 'latin1'))
const sha1 = (bytes: Uint8Array): Uint8Array => octetString(createHash('sha1').update(bytes).digest())

/** BasicOCSPResponse (RFC 6960 §4.2.1) of `issuer` itself for one certificate. */
export const issueBasicOcsp = (
  issuer: Issued,
  { serialBytes }: Certificate,
  options: StatusOptions = {},
): Uint8Array => {
  const { thisUpdate, nextUpdate } = defaults(options)
  const { subject, spki } = issuer.certificate
  // The subjectPublicKey BIT STRING without its unused-bits octet: the last 65 octets for P-256 and SM2.
  const identifier = sequence(
    sequence(oid(oids.sha1)),
    sha1(subject.der),
    sha1(spki.subarray(spki.length - 65)),
    encode(tag.integer, serialBytes),
  )
  const [revoked] = options.revoked ?? []
  const status = revoked === undefined ? encode(0x80) : encode(0xa1, generalized(revoked.at))
  const single = sequence(identifier, status, generalized(thisUpdate), explicit(0, generalized(nextUpdate)))
  const tbs = sequence(explicit(1, subject.der), generalized(thisUpdate), sequence(single))
  return sequence(...signed(tbs, issuer))
}

/** The OCSPResponse around it. */
export const issueOcsp = (issuer: Issued, certificate: Certificate, options: StatusOptions = {}): Uint8Array => {
  const basic = issueBasicOcsp(issuer, certificate, options)
  const bytes = sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic))
  return sequence(encode(tag.enumerated, Uint8Array.of(0)), explicit(0, bytes))
}
