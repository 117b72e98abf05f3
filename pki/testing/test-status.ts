import type { SignatureAlgorithm } from '#contract/keys.ts'
import { signatureIdentifier } from '../algorithms/algorithm-identifier.ts'
import { digest } from '../algorithms/digest.ts'
import type { HashName } from '../algorithms/digest.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { tag } from '../asn1/tags.ts'
import { bitString, booleanValue, encode, explicit, octetString, oid, sequence, time } from '../asn1/writer.ts'
import { encodeSignatureValue } from '../cms/signature-value.ts'
import { parseCrl } from '../revocation/crl.ts'
import type { CertificateList } from '../revocation/crl.ts'
import { parseOcspResponse } from '../revocation/ocsp.ts'
import { encodeCertificateId } from '../revocation/ocsp-request.ts'
import type { OcspResponse } from '../revocation/ocsp.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import type { Issued } from './test-ca.ts'

const algorithmNames = { rsa: 'rsa-pkcs1-sha256', ec: 'ecdsa-sha256', sm2: 'sm2-sm3', dsa: null, other: null } as const

/** `tbs` signed with the key behind a test certificate: algorithm and BIT STRING to put behind it. */
const signWith = ({ certificate, key }: Issued, wanted?: SignatureAlgorithm) => {
  const algorithm = wanted ?? algorithmNames[certificate.key.type] ?? 'ecdsa-sha256'
  const identifier = signatureIdentifier(algorithm, schemeOf(algorithm).digest)
  return {
    identifier,
    sign: (tbs: Uint8Array): Uint8Array =>
      bitString(encodeSignatureValue(algorithm, { key: certificate.key }, key.sign(algorithm, tbs))),
  }
}

export const testExtension = (type: string, value: Uint8Array, isCritical = false): Uint8Array =>
  sequence(oid(type), ...(isCritical ? [booleanValue(true)] : []), octetString(value))

export const generalizedTime = (date: Date): Uint8Array =>
  encode(0x18, Buffer.from(date.toISOString().replaceAll(/[-:T]|\.\d+/g, ''), 'latin1'))

const integer = (value: number): Uint8Array => encode(tag.integer, Uint8Array.of(value))
const enumerated = (value: number): Uint8Array => encode(tag.enumerated, Uint8Array.of(value))

export interface TestCrlEntry {
  readonly certificate: Certificate
  readonly reason?: number
  readonly revokedAt?: Date
  /** Names the certificate's issuer in the entry, as an indirect CRL does. */
  readonly isIndirect?: boolean
}

export interface TestCrlOptions {
  readonly entries?: readonly TestCrlEntry[]
  readonly number?: number
  /** BaseCRLNumber: makes it a delta CRL. */
  readonly base?: number
  readonly thisUpdate?: Date
  /** null leaves it out. */
  readonly nextUpdate?: Date | null
  /** Encoded, of `testExtension`. */
  readonly extensions?: readonly Uint8Array[]
  readonly algorithm?: SignatureAlgorithm
}

/** A CRL for tests, current from 2024 to 2026 unless told otherwise. */
export const createTestCrl = (issuer: Issued, options: TestCrlOptions = {}): CertificateList => {
  const { entries = [], number = 1, base, thisUpdate = new Date('2024-01-01Z'), extensions = [] } = options
  const nextUpdate = options.nextUpdate === undefined ? new Date('2026-01-01Z') : options.nextUpdate
  const { identifier, sign } = signWith(issuer, options.algorithm)
  const revoked = entries.map(({ certificate, reason, revokedAt = new Date('2023-06-01Z'), isIndirect = false }) => {
    const issuerName = sequence(encode(0xa4, certificate.issuer.der))
    const extensions = [
      ...(reason === undefined ? [] : [testExtension(extensionOids.reasonCode, enumerated(reason))]),
      ...(isIndirect ? [testExtension(extensionOids.certificateIssuer, issuerName, true)] : []),
    ]
    return sequence(
      encode(tag.integer, certificate.serialBytes),
      time(revokedAt),
      ...(extensions.length === 0 ? [] : [sequence(...extensions)]),
    )
  })
  const tbs = sequence(
    integer(1),
    identifier,
    issuer.certificate.subject.der,
    time(thisUpdate),
    ...(nextUpdate === null ? [] : [time(nextUpdate)]),
    ...(revoked.length === 0 ? [] : [encode(tag.sequence, Buffer.concat(revoked))]),
    explicit(
      0,
      sequence(
        testExtension(extensionOids.crlNumber, integer(number)),
        ...(base === undefined ? [] : [testExtension(extensionOids.deltaCrlIndicator, integer(base), true)]),
        ...extensions,
      ),
    ),
  )
  return parseCrl(sequence(tbs, identifier, sign(tbs)))
}

export interface TestOcspOptions {
  readonly hash?: HashName
  readonly status?: 'good' | 'revoked' | 'unknown'
  readonly reason?: number
  readonly revokedAt?: Date
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date | null
  /** Named by its key's hash instead of its name. */
  readonly isByKey?: boolean
  /** Of `isByKey`. Default: SHA-1. */
  readonly keyHash?: HashName
  readonly nonce?: Uint8Array
  /** Certificates to send along. */
  readonly certificates?: readonly Certificate[]
  /** Encoded singleExtensions. */
  readonly singleExtensions?: readonly Uint8Array[]
  /** Encoded responseExtensions. */
  readonly extensions?: readonly Uint8Array[]
}

/** An OCSP response of `responder` about one certificate, from 2024-06-01 to 2024-06-08 unless told otherwise. */
export const createTestOcspResponse = (
  responder: Issued,
  certificate: Certificate,
  issuer: Certificate,
  options: TestOcspOptions = {},
): OcspResponse => {
  const { hash = 'sha1', status = 'good', reason, revokedAt = new Date('2024-05-01Z'), extensions = [] } = options
  const { thisUpdate = new Date('2024-06-01Z'), certificates = [], nonce } = options
  const { singleExtensions = [] } = options
  const nextUpdate = options.nextUpdate === undefined ? new Date('2024-06-08Z') : options.nextUpdate
  const { identifier, sign } = signWith(responder)
  const id = encodeCertificateId(certificate, issuer, hash)
  const revoked = encode(
    0xa1,
    generalizedTime(revokedAt),
    ...(reason === undefined ? [] : [explicit(0, enumerated(reason))]),
  )
  const statusOf = { good: Uint8Array.of(0x80, 0), revoked, unknown: Uint8Array.of(0x82, 0) }
  const keyHash = digest(options.keyHash ?? 'sha1', publicPointOf(responder.certificate.spki))
  const all = [
    ...(nonce === undefined ? [] : [testExtension(extensionOids.ocspNonce, octetString(nonce))]),
    ...extensions,
  ]
  const tbs = sequence(
    options.isByKey === true ? explicit(2, octetString(keyHash)) : explicit(1, responder.certificate.subject.der),
    generalizedTime(thisUpdate),
    sequence(
      sequence(
        id,
        statusOf[status],
        generalizedTime(thisUpdate),
        ...(nextUpdate === null ? [] : [explicit(0, generalizedTime(nextUpdate))]),
        ...(singleExtensions.length === 0 ? [] : [explicit(1, sequence(...singleExtensions))]),
      ),
    ),
    ...(all.length === 0 ? [] : [explicit(1, sequence(...all))]),
  )
  const basic = sequence(
    tbs,
    identifier,
    sign(tbs),
    ...(certificates.length === 0 ? [] : [explicit(0, sequence(...certificates.map(({ der }) => der)))]),
  )
  const bytes = sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic))
  return parseOcspResponse(sequence(enumerated(0), explicit(0, bytes)))
}
