import { AppError } from '#contract/errors.ts'
import { digestLength, digestOf } from '#contract/keys.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import { Asn1Error } from '../asn1/error.ts'
import { prepareSignedData } from '../cms/prepare.ts'
import type { PreparedSignature } from '../cms/signer.ts'
import { signingCertificateV2 } from '../cms/signing-certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { timeOids } from './oids.ts'
import { readTimestampRequest } from './request.ts'
import type { TimestampRequest } from './request.ts'
import { encodeGranted, rejectTimestamp } from './response.ts'
import type { TimestampFailure } from './response.ts'
import { isForTimestamping } from './token.ts'
import { encodeTstInfo } from './tst-info.ts'
import type { Accuracy } from './tst-info.ts'

export interface TimestampAuthority {
  /** Extended key usage: time-stamping, critical and alone. */
  readonly certificate: Certificate
  /** Sent along where the client asks for certificates. */
  readonly chain: readonly Certificate[]
  readonly algorithm: SignatureAlgorithm
  /** `gm`: tokens are SignedData of GB/T 35275. */
  readonly profile: 'cms' | 'gm'
  /** Signs `toBeSigned`, or its `digest`. */
  readonly sign: (prepared: Omit<PreparedSignature, 'finish'>) => Promise<Uint8Array>
  /** null: the clock cannot be relied on now. */
  readonly now: () => Date | null
  /** Never the same twice, even after a restart (RFC 3161 §2.4.2): positive, big-endian, at most 20 bytes. */
  readonly nextSerial: () => Promise<Uint8Array>
  /** OID of the policy it stamps under, and of others it accepts in requests. */
  readonly policy: string
  readonly otherPolicies?: readonly string[]
  readonly accuracy?: Accuracy
  /** Its genTimes can be compared with each other, whatever the accuracy. */
  readonly isOrdered?: boolean
}

/** A request this long asks for something else. */
const MAX_REQUEST = 16 * 1024

type Refusal = readonly [TimestampFailure, string]

const refusalOf = (request: TimestampRequest, authority: TimestampAuthority): Refusal | null => {
  const { algorithm, digest } = request.imprint
  if (request.version !== 1) return ['badRequest', 'version 1 is spoken here']
  if (algorithm === null) return ['badAlg', 'SHA-256, SHA-384, SHA-512 or SM3 are stamped']
  if (digest.length !== digestLength[algorithm])
    return ['badDataFormat', 'the digest is not as long as its algorithm says']
  if (request.hasExtensions) return ['unacceptedExtension', 'no extensions are known']
  const policies = [authority.policy, ...(authority.otherPolicies ?? [])]
  return request.policy === null || policies.includes(request.policy)
    ? null
    : ['unacceptedPolicy', `policies: ${policies.join(', ')}`]
}

const readRequest = (der: Uint8Array): TimestampRequest | Refusal => {
  if (der.length > MAX_REQUEST) return ['badDataFormat', 'the request is too long']
  try {
    return readTimestampRequest(der)
  } catch (error) {
    if (error instanceof Asn1Error) return ['badDataFormat', error.message]
    throw error
  }
}

const stamp = async (request: TimestampRequest, genTime: Date, authority: TimestampAuthority): Promise<Uint8Array> => {
  const { certificate, algorithm, profile } = authority
  const { algorithm: imprintAlgorithm, digest } = request.imprint
  const info = encodeTstInfo({
    policy: request.policy ?? authority.policy,
    algorithm: imprintAlgorithm ?? digestOf(algorithm),
    digest,
    serial: await authority.nextSerial(),
    genTime,
    accuracy: authority.accuracy ?? null,
    isOrdered: authority.isOrdered === true,
    nonce: request.nonce,
    tsa: certificate.subject.der,
  })
  const prepared = prepareSignedData({
    certificate,
    chain: authority.chain,
    algorithm,
    profile,
    content: { bytes: info, isDetached: false },
    contentType: timeOids.tstInfo,
    signingTime: genTime,
    // RFC 5816 asks for the reference, which is no attribute of GB/T 35275's own.
    attributes: profile === 'gm' ? [signingCertificateV2(certificate, digestOf(algorithm))] : [],
    carriesCertificates: request.wantsCertificates,
  })
  return prepared.finish(await authority.sign(prepared))
}

/**
 * Answers a TimeStampReq (RFC 3161). Requests that cannot be granted get a rejection with the reason. Errors of the key and of
 * the serial numbers are thrown, to be logged and answered with `rejectTimestamp('systemFailure')`. Throws
 * `certificate.usage_refused` for a certificate that is not for time-stamping.
 */
export const answerTimestampRequest = async (der: Uint8Array, authority: TimestampAuthority): Promise<Uint8Array> => {
  if (!isForTimestamping(authority.certificate)) throw new AppError('certificate.usage_refused')
  const request = readRequest(der)
  if (!('imprint' in request)) return rejectTimestamp(...request)
  const refusal = refusalOf(request, authority)
  if (refusal !== null) return rejectTimestamp(...refusal)
  const genTime = authority.now()
  if (genTime === null) return rejectTimestamp('timeNotAvailable', 'the clock is not synchronized')
  return encodeGranted(await stamp(request, genTime, authority))
}
