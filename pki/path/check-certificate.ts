import type { RevocationStatus } from '../revocation/status.ts'
import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { extensionOids, keyPurposes } from '../x509/extension-oids.ts'
import { knownQualifiers } from '../x509/policy-extensions.ts'
import { keyRule, schemeRule } from './algorithm-policy.ts'
import type { AlgorithmPolicy } from './algorithm-policy.ts'
import type { Budget } from './budget.ts'
import { profileBreaches } from './certificate-profile.ts'
import { namesPeer } from './peer-name.ts'
import type { PathRule } from './rules.ts'
import type { SignatureChecker, VerifyingKey } from './signatures.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import type { PathFailure, PathOptions } from './types.ts'

/** Who issued a certificate of the path: the name and key that check what it signed, and its certificate if it has one. */
export interface PathIssuer extends VerifyingKey {
  readonly certificate: Certificate | null
  readonly anchor: TrustAnchor
}

export interface PathContext {
  readonly options: PathOptions
  readonly at: Date
  readonly algorithms: AlgorithmPolicy
  readonly budget: Budget
  readonly verify: SignatureChecker
  readonly statusOf: (certificate: Certificate, issuer: PathIssuer) => RevocationStatus
}

/** Critical extensions that are understood here (RFC 5280 §4.2). */
const understood: ReadonlySet<string> = new Set<string>([
  extensionOids.subjectKeyIdentifier,
  extensionOids.keyUsage,
  extensionOids.subjectAltName,
  extensionOids.issuerAltName,
  extensionOids.basicConstraints,
  extensionOids.certificatePolicies,
  extensionOids.authorityKeyIdentifier,
  extensionOids.extendedKeyUsage,
  extensionOids.nameConstraints,
  extensionOids.crlDistributionPoints,
  extensionOids.policyMappings,
  extensionOids.policyConstraints,
  extensionOids.freshestCrl,
  extensionOids.inhibitAnyPolicy,
  extensionOids.authorityInfoAccess,
  extensionOids.subjectInfoAccess,
  extensionOids.ocspNoCheck,
])

export type Report = (rule: PathRule, details?: PathFailure['details']) => void

/** What can be said of a certificate without the others: time, algorithms, extensions. Also for anchors. */
export const checkAlone = (certificate: Certificate, context: PathContext, report: Report): void => {
  const { at, algorithms, options } = context
  if (certificate.notBefore > at) report('not_yet_valid', { notBefore: certificate.notBefore.toISOString() })
  if (certificate.notAfter < at) report('expired', { notAfter: certificate.notAfter.toISOString() })
  const rule = keyRule(certificate.key, algorithms)
  if (rule !== null) report(rule, { key: certificate.key.curve ?? certificate.key.type, bits: certificate.key.bits })
  const hasUnknownQualifier = factsOf(certificate).policies?.some(({ qualifiers }) =>
    qualifiers.some(({ oid }) => !knownQualifiers.has(oid)),
  )
  if (certificate.version < 3 && certificate.extensions.length > 0) {
    report('extensions_in_old_version', { version: certificate.version })
  }
  for (const { oid, isCritical } of certificate.extensions) {
    if (isCritical && (!understood.has(oid) || (oid === extensionOids.certificatePolicies && hasUnknownQualifier))) {
      report('critical_extension', { oid })
    }
  }
  for (const { oid, reason } of factsOf(certificate).malformed) report('extension_malformed', { oid, reason })
  if (options.profile === 'rfc5280') {
    for (const breach of profileBreaches(certificate)) report('certificate_profile', { ...breach })
  }
}

export const checkSignature = (
  certificate: Certificate,
  issuer: VerifyingKey,
  context: PathContext,
  report: Report,
): void => {
  const rule = schemeRule(certificate.signatureScheme, context.algorithms)
  if (rule !== null) report(rule, { algorithm: certificate.signatureAlgorithm.oid })
  if (certificate.signatureScheme !== null && !context.verify(certificate, issuer)) report('signature_invalid')
}

/** RFC 5280 §6.1.4 (k) and (n): whether it may issue at all. */
export const checkAuthority = (certificate: Certificate, report: Report): void => {
  if (certificate.basicConstraints?.isCa !== true) report('not_a_ca')
  if (certificate.keyUsage?.includes('keyCertSign') === false) {
    report('key_usage', { keyUsage: certificate.keyUsage.join(' ') })
  }
}

export const allowsPurpose = (certificate: Certificate, purpose: string): boolean =>
  certificate.extendedKeyUsage === null ||
  certificate.extendedKeyUsage.includes(purpose) ||
  certificate.extendedKeyUsage.includes(keyPurposes.any)

export const checkTarget = (target: Certificate, options: PathOptions, report: Report): void => {
  const { keyUsage, peerName } = options
  if (keyUsage !== undefined && target.keyUsage?.some((usage) => keyUsage.includes(usage)) === false) {
    report('key_usage_required', { wanted: keyUsage.join(' '), keyUsage: target.keyUsage.join(' ') })
  }
  if (peerName !== undefined && !namesPeer(target, peerName)) report('peer_name', { wanted: peerName })
}
