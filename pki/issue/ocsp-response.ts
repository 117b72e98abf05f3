import { AppError } from '#contract/errors.ts'
import { digest } from '../algorithms/digest.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { context } from '../asn1/tags.ts'
import { encode, explicit, octetString, oid, sequence } from '../asn1/writer.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import type { RequestedStatus } from '../revocation/ocsp-request.ts'
import { crlReasons } from '../revocation/status.ts'
import type { CrlReason } from '../revocation/status.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids, keyPurposes } from '../x509/extension-oids.ts'
import { enumerated, generalizedTime } from './crl.ts'
import { encodeExtensions, keyIdentifierOf } from './extensions.ts'
import { prepareStructure } from './signed-structure.ts'
import type { PreparedStructure, SignerDescription } from './signed-structure.ts'

export type CertificateStatus =
  | { readonly kind: 'good' | 'unknown' }
  | { readonly kind: 'revoked'; readonly revokedAt: Date; readonly reason?: CrlReason }

export interface AnsweredStatus {
  readonly requested: RequestedStatus
  readonly status: CertificateStatus
  readonly thisUpdate: Date
  readonly nextUpdate?: Date
}

export interface OcspResponseInput {
  /** The authority itself, or one it has given a certificate for OCSPSigning, which then goes along. */
  readonly responder: Certificate
  readonly isDelegated: boolean
  readonly producedAt: Date
  readonly answers: readonly AnsweredStatus[]
  /** Of the request. */
  readonly nonce: Uint8Array | null
  readonly algorithm?: SignerDescription['algorithm']
}

/** Whether the request means a certificate of this issuer. */
export const isIssuedBy = ({ hash, issuerNameHash, issuerKeyHash }: RequestedStatus, issuer: Certificate): boolean =>
  hash !== null &&
  bytesEqual(digest(hash, issuer.subject.der), issuerNameHash) &&
  bytesEqual(digest(hash, publicPointOf(issuer.spki)), issuerKeyHash)

const encodeStatus = (status: CertificateStatus): Uint8Array => {
  if (status.kind !== 'revoked') return encode(context.primitive(status.kind === 'good' ? 0 : 2))
  const { revokedAt, reason } = status
  return encode(
    context.constructed(1),
    generalizedTime(revokedAt),
    ...(reason === undefined ? [] : [explicit(0, enumerated(crlReasons[reason]))]),
  )
}

const encodeAnswer = ({ requested, status, thisUpdate, nextUpdate }: AnsweredStatus): Uint8Array =>
  sequence(
    requested.der,
    encodeStatus(status),
    generalizedTime(thisUpdate),
    ...(nextUpdate === undefined ? [] : [explicit(0, generalizedTime(nextUpdate))]),
  )

/** id-pkix-ocsp-basic. */
const BASIC = '1.3.6.1.5.5.7.48.1.1'

/**
 * A successful OCSPResponse (RFC 6960 §4.2) in two steps; the responder is named by its key.
 * @throws request.invalid where its certificate is not valid at `producedAt`, or a delegate's not for OCSPSigning
 */
export const prepareOcspResponse = (input: OcspResponseInput): PreparedStructure => {
  const { responder, producedAt, answers, nonce, isDelegated, algorithm } = input
  if (producedAt < responder.notBefore || producedAt > responder.notAfter) {
    throw new AppError('request.invalid', { field: 'responder', reason: 'not_valid_then' })
  }
  if (isDelegated && responder.extendedKeyUsage?.includes(keyPurposes.ocspSigning) !== true) {
    throw new AppError('request.invalid', { field: 'responder', reason: 'extended_key_usage' })
  }
  const nonceExtension = {
    oid: extensionOids.ocspNonce,
    isCritical: false,
    value: octetString(nonce ?? new Uint8Array(0)),
  }
  const data = sequence(
    explicit(2, octetString(keyIdentifierOf(responder.spki))),
    generalizedTime(producedAt),
    sequence(...answers.map(encodeAnswer)),
    ...(nonce === null ? [] : [explicit(1, encodeExtensions([nonceExtension]))]),
  )
  const certificates = isDelegated ? [explicit(0, sequence(responder.der))] : []
  const signer = { spki: responder.spki, ...(algorithm === undefined ? {} : { algorithm }) }
  const basic = prepareStructure(signer, () => data, ...certificates)
  return {
    ...basic,
    finish: (signature) =>
      sequence(enumerated(0), explicit(0, sequence(oid(BASIC), octetString(basic.finish(signature))))),
  }
}

const failures = { malformedRequest: 1, internalError: 2, tryLater: 3, sigRequired: 5, unauthorized: 6 } as const

/** An unsigned answer that none can be given (RFC 6960 §4.2.1). */
export const ocspFailure = (status: keyof typeof failures): Uint8Array => sequence(enumerated(failures[status]))
