import { digest } from '../algorithms/digest.ts'
import type { HashName } from '../algorithms/digest.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { AppError } from '#contract/errors.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { keyRule, schemeRule } from '../path/algorithm-policy.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids, keyPurposes } from '../x509/extension-oids.ts'
import { namesMatch } from '../x509/name-comparison.ts'
import type { DistinguishedName } from '../x509/name.ts'
import { isAfterExpiry, nameOf } from './context.ts'
import type { StatusContext, StatusIssuer } from './context.ts'
import { checkCrls } from './crl-check.ts'
import type { BasicOcspResponse, CertificateId, SingleResponse } from './ocsp.ts'
import type { SignerTrust } from './signers.ts'
import { reasonName } from './status.ts'
import type { RevocationCause, RevocationStatus } from './status.ts'

const isAbout = (id: CertificateId, certificate: Certificate, issuer: StatusIssuer): boolean =>
  bytesEqual(id.serial, certificate.serialBytes) &&
  id.hash !== null &&
  bytesEqual(id.issuerKeyHash, digest(id.hash, publicPointOf(issuer.spki))) &&
  bytesEqual(id.issuerNameHash, digest(id.hash, certificate.issuer.der))

/** RFC 6960 §4.2.1 says SHA-1; responders of the GM world take SM3. By the length in octets. */
const keyHashes: ReadonlyMap<number, readonly HashName[]> = new Map([
  [20, ['sha1']],
  [32, ['sm3', 'sha256']],
])

const isResponder = (
  { responder }: BasicOcspResponse,
  candidate: { readonly name: DistinguishedName; readonly spki: Uint8Array },
): boolean =>
  responder.kind === 'name'
    ? namesMatch(responder.name, candidate.name)
    : (keyHashes.get(responder.hash.length) ?? []).some((hash) =>
        bytesEqual(responder.hash, digest(hash, publicPointOf(candidate.spki))),
      )

const parsed = new WeakMap<BasicOcspResponse, Certificate[]>()

/** Certificates that came with the response; one that cannot be read is no responder's. */
const certificatesIn = (response: BasicOcspResponse): Certificate[] => {
  const known = parsed.get(response)
  if (known !== undefined) return known
  const certificates = response.certificates.flatMap((der) => {
    try {
      return [parseCertificate(der)]
    } catch (error) {
      if (error instanceof AppError) return []
      throw error
    }
  })
  parsed.set(response, certificates)
  return certificates
}

/**
 * RFC 6960 §4.2.2.2: a delegated responder has its certificate from the very CA whose certificates it answers for, with
 * the purpose OCSPSigning. Its own revocation is asked of CRLs, unless the CA says that nobody need (§4.2.2.2.1).
 */
const delegationCause = (
  responder: Certificate,
  { producedAt }: BasicOcspResponse,
  issuer: StatusIssuer,
  context: StatusContext,
  trust: SignerTrust,
): RevocationCause | null => {
  const isIssued = namesMatch(responder.issuer, nameOf(issuer)) && context.verify(responder, issuer)
  if (!isIssued || responder.extendedKeyUsage?.includes(keyPurposes.ocspSigning) !== true) {
    return 'ocsp_responder_untrusted'
  }
  const { notBefore, notAfter } = responder
  const isCurrent = notBefore <= context.at && notAfter >= context.at && notAfter >= producedAt
  const isUsable =
    (responder.keyUsage?.includes('digitalSignature') ?? true) &&
    keyRule(responder.key, context.algorithms) === null &&
    schemeRule(responder.signatureScheme, context.algorithms) === null &&
    !responder.extensions.some(({ oid, isCritical }) => isCritical && !responderExtensions.has(oid))
  if (!isCurrent || !isUsable) return 'ocsp_responder_untrusted'
  if (responder.extensions.some(({ oid }) => oid === extensionOids.ocspNoCheck)) return null
  const { state } = checkCrls(responder, issuer, context, trust)
  const passes = state === 'good' || (state === 'unknown' && context.options.revocation?.mode !== 'hard')
  return passes ? null : 'ocsp_responder_untrusted'
}

const responderExtensions: ReadonlySet<string> = new Set<string>([
  extensionOids.keyUsage,
  extensionOids.extendedKeyUsage,
  extensionOids.basicConstraints,
  extensionOids.subjectAltName,
  extensionOids.certificatePolicies,
  extensionOids.crlDistributionPoints,
  extensionOids.ocspNoCheck,
])

/** null: signed by who may answer for this issuer. */
const signerCause = (
  response: BasicOcspResponse,
  issuer: StatusIssuer,
  context: StatusContext,
  trust: SignerTrust,
): RevocationCause | null => {
  if (schemeRule(response.signatureScheme, context.algorithms) !== null) return 'ocsp_algorithm_refused'
  const isIssuer = isResponder(response, { name: nameOf(issuer), spki: issuer.spki })
  if (isIssuer && context.verify(response, issuer)) return null
  const local = context.options.revocation?.responders ?? []
  const byName = [...local, ...certificatesIn(response), ...[...context.pool.values()].flat()]
  let cause: RevocationCause = isIssuer ? 'ocsp_signature' : 'ocsp_responder_not_found'
  for (const responder of byName) {
    context.budget.spend('work', 1)
    if (!isResponder(response, { name: responder.subject, spki: responder.spki })) continue
    if (!context.verify(response, responder)) cause = cause === 'ocsp_responder_not_found' ? 'ocsp_signature' : cause
    else if (local.includes(responder)) {
      if (responder.notBefore <= response.producedAt && responder.notAfter >= response.producedAt) return null
      cause = 'ocsp_responder_untrusted'
    } else {
      const refused = delegationCause(responder, response, issuer, context, trust)
      if (refused === null) return null
      cause = refused
    }
  }
  return cause
}

const timeCause = (single: SingleResponse, { at, options }: StatusContext): RevocationCause | null => {
  const { clockSkewSeconds = 300, maxAgeSeconds = 86_400, acceptsLater = false } = options.revocation ?? {}
  const time = at.getTime()
  if (single.thisUpdate.getTime() > time + clockSkewSeconds * 1000) return acceptsLater ? null : 'ocsp_not_yet_valid'
  const end = single.nextUpdate?.getTime() ?? single.thisUpdate.getTime() + maxAgeSeconds * 1000
  return end + clockSkewSeconds * 1000 < time ? 'ocsp_expired' : null
}

const statusOf = (single: SingleResponse, certificate: Certificate, at: Date): RevocationStatus => {
  const { thisUpdate, revokedAt } = single
  if (single.status === 'unknown') return { state: 'unknown', causes: ['ocsp_unknown'] }
  // Known only later, and it was not yet so at the time in question.
  if (revokedAt === null || (thisUpdate > at && revokedAt > at)) {
    if (isAfterExpiry(single, certificate)) return { state: 'unknown', causes: ['ocsp_after_expiry'] }
    return { state: 'good', source: 'ocsp', thisUpdate }
  }
  return { state: 'revoked', source: 'ocsp', thisUpdate, revokedAt, reason: reasonName(single.reason) }
}

/** Looks through the responses for one about this certificate that may be relied on (RFC 6960 §3.2). */
export const checkOcsp = (
  certificate: Certificate,
  issuer: StatusIssuer,
  context: StatusContext,
  trust: SignerTrust,
): RevocationStatus => {
  const causes = new Set<RevocationCause>()
  const wantedNonce = context.options.revocation?.nonce
  let good: RevocationStatus | null = null
  for (const { basic } of context.ocspResponses) {
    context.budget.spend('work', 1 + (basic?.responses.length ?? 0))
    if (basic === null) {
      causes.add('ocsp_not_successful')
      continue
    }
    const singles = basic.responses.filter(({ id }) => isAbout(id, certificate, issuer))
    if (singles.length === 0) continue
    const nonceDiffers = wantedNonce !== undefined && (basic.nonce === null || !bytesEqual(basic.nonce, wantedNonce))
    const refused = nonceDiffers
      ? 'ocsp_nonce'
      : basic.hasUnknownCritical
        ? 'ocsp_critical_extension'
        : signerCause(basic, issuer, context, trust)
    if (refused !== null) {
      causes.add(refused)
      continue
    }
    for (const single of singles) {
      const cause = single.hasUnknownCritical ? 'ocsp_critical_extension' : timeCause(single, context)
      const status: RevocationStatus =
        cause === null ? statusOf(single, certificate, context.at) : { state: 'unknown', causes: [cause] }
      if (status.state === 'revoked') return status
      if (status.state === 'good') good = status
      if (status.state === 'unknown') for (const item of status.causes) causes.add(item)
    }
  }
  if (causes.size === 0) causes.add('no_status_data')
  return good ?? { state: 'unknown', causes: [...causes] }
}
