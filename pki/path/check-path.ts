import type { RevocationStatus } from '../revocation/status.ts'
import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { extensionOids, keyPurposes } from '../x509/extension-oids.ts'
import { namesMatch } from '../x509/name-comparison.ts'
import { anyPolicy, knownQualifiers } from '../x509/policy-extensions.ts'
import { keyRule, schemeRule } from './algorithm-policy.ts'
import type { AlgorithmPolicy } from './algorithm-policy.ts'
import type { Budget } from './budget.ts'
import { profileBreaches } from './certificate-profile.ts'
import { namesPeer } from './peer-name.ts'
import { createPolicyGraph } from './policy-graph.ts'
import type { PathRule } from './rules.ts'
import { withInheritedParameters } from './signatures.ts'
import type { SignatureChecker, VerifyingKey } from './signatures.ts'
import { createSubtrees } from './subtrees.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import type { PathFailure, PathOptions, PathReport } from './types.ts'

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

type Report = (rule: PathRule, details?: PathFailure['details']) => void

/** What can be said of a certificate without the others: time, algorithms, extensions. Also for anchors. */
const checkAlone = (certificate: Certificate, context: PathContext, report: Report): void => {
  const { at, algorithms, options } = context
  if (certificate.notBefore > at) report('not_yet_valid', { notBefore: certificate.notBefore.toISOString() })
  if (certificate.notAfter < at) report('expired', { notAfter: certificate.notAfter.toISOString() })
  const rule = keyRule(certificate.key, algorithms)
  if (rule !== null) report(rule, { key: certificate.key.curve ?? certificate.key.type, bits: certificate.key.bits })
  const hasUnknownQualifier = factsOf(certificate).policies?.some(({ qualifiers }) =>
    qualifiers.some(({ oid }) => !knownQualifiers.has(oid)),
  )
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

const checkSignature = (certificate: Certificate, issuer: VerifyingKey, context: PathContext, report: Report): void => {
  const rule = schemeRule(certificate.signatureScheme, context.algorithms)
  if (rule !== null) report(rule, { algorithm: certificate.signatureAlgorithm.oid })
  if (certificate.signatureScheme !== null && !context.verify(certificate, issuer)) report('signature_invalid')
}

/** RFC 5280 §6.1.4 (k) and (n): whether it may issue at all. */
const checkAuthority = (certificate: Certificate, report: Report): void => {
  if (certificate.basicConstraints?.isCa !== true) report('not_a_ca')
  if (certificate.keyUsage?.includes('keyCertSign') === false) {
    report('key_usage', { keyUsage: certificate.keyUsage.join(' ') })
  }
}

const allowsPurpose = (certificate: Certificate, purpose: string): boolean =>
  certificate.extendedKeyUsage === null ||
  certificate.extendedKeyUsage.includes(purpose) ||
  certificate.extendedKeyUsage.includes(keyPurposes.any)

const checkTarget = (target: Certificate, options: PathOptions, report: Report): void => {
  const { keyUsage, peerName } = options
  if (keyUsage !== undefined && target.keyUsage?.some((usage) => keyUsage.includes(usage)) === false) {
    report('key_usage_required', { wanted: keyUsage.join(' '), keyUsage: target.keyUsage.join(' ') })
  }
  if (peerName !== undefined && !namesPeer(target, peerName)) report('peer_name', { wanted: peerName })
}

/** A counter of RFC 5280 §6.1.2 that a constraint may lower but never raise. */
const lower = (counter: number, limit: number | null | undefined): number =>
  limit === null || limit === undefined ? counter : Math.min(counter, limit)

/** State of RFC 5280 §6.1.2 and its steps over one certificate each, from the anchor down. */
const createProcess = (anchor: TrustAnchor, length: number, context: PathContext) => {
  const { options, budget } = context
  const { constraints } = anchor
  const graph = createPolicyGraph()
  const subtrees = createSubtrees()
  if (options.nameConstraints !== undefined) subtrees.add(options.nameConstraints)
  if (constraints.nameConstraints) subtrees.add(constraints.nameConstraints)
  const initial = (isSet: boolean | undefined): number => (isSet === true ? 0 : length + 1)
  // RFC 5937 §3.2: the anchor's own constraints count like those of a certificate above the first.
  let explicitPolicy = lower(
    initial(options.requireExplicitPolicy),
    constraints.policyConstraints?.requireExplicitPolicy,
  )
  let policyMapping = lower(initial(options.inhibitPolicyMapping), constraints.policyConstraints?.inhibitPolicyMapping)
  let inhibitAny = lower(initial(options.inhibitAnyPolicy), constraints.inhibitAnyPolicy)
  let maxPathLength = lower(options.maxPathLength ?? Number.POSITIVE_INFINITY, constraints.pathLength)

  const wanted = new Set(options.policies ?? [anyPolicy])
  const allowed = constraints.policies
  const initialPolicies =
    !allowed || allowed.includes(anyPolicy)
      ? wanted
      : new Set(wanted.has(anyPolicy) ? allowed : allowed.filter((policy) => wanted.has(policy)))

  let isPolicyMissing = false
  /** Where no policy is left, none comes back below: said once. */
  const requirePolicy = (report: Report, details: PathFailure['details'] = {}): void => {
    if (!isPolicyMissing) report('policy_required', details)
    isPolicyMissing = true
  }

  /** §6.1.3 (b) to (f). */
  const basic = (certificate: Certificate, isTarget: boolean, report: Report): void => {
    const facts = factsOf(certificate)
    if (isTarget || !facts.isSelfIssued) {
      for (const { rule, name } of subtrees.check(certificate, budget)) report(rule, { name })
    }
    budget.spend('work', (facts.policies?.length ?? 0) + (facts.policyMappings?.length ?? 0))
    graph.descend(facts.policies, inhibitAny > 0 || (!isTarget && facts.isSelfIssued))
    if (explicitPolicy === 0 && graph.isEmpty()) requirePolicy(report)
  }

  /** §6.1.4, for certificates that issue the next. */
  const prepareNext = (certificate: Certificate, report: Report): void => {
    const { policyMappings, policyConstraints, inhibitAnyPolicy, nameConstraints, isSelfIssued } = factsOf(certificate)
    if (policyMappings !== null) {
      const isAny = policyMappings.some((mapping) => Object.values(mapping).includes(anyPolicy))
      if (isAny) report('policy_mapping_any')
      else graph.map(policyMappings, policyMapping > 0)
    }
    if (nameConstraints !== null) subtrees.add(nameConstraints)
    if (!isSelfIssued) {
      explicitPolicy = Math.max(0, explicitPolicy - 1)
      policyMapping = Math.max(0, policyMapping - 1)
      inhibitAny = Math.max(0, inhibitAny - 1)
      if (maxPathLength <= 0) report('path_length')
      maxPathLength--
    }
    explicitPolicy = lower(explicitPolicy, policyConstraints?.requireExplicitPolicy)
    policyMapping = lower(policyMapping, policyConstraints?.inhibitPolicyMapping)
    inhibitAny = lower(inhibitAny, inhibitAnyPolicy)
    maxPathLength = lower(maxPathLength, certificate.basicConstraints?.pathLength)
    checkAuthority(certificate, report)
  }

  /** §6.1.5. */
  const wrapUp = (target: Certificate, report: Report): PathReport['policies'] => {
    const { policyConstraints } = factsOf(target)
    explicitPolicy = Math.max(0, explicitPolicy - 1)
    if (policyConstraints?.requireExplicitPolicy === 0) explicitPolicy = 0
    const policies = graph.outcome(initialPolicies)
    if (explicitPolicy === 0 && policies.userConstrained.length === 0) {
      requirePolicy(report, { wanted: [...initialPolicies].join(' ') })
    }
    return policies
  }

  return { basic, prepareNext, wrapUp }
}

const noPolicies: PathReport['policies'] = { authorityConstrained: [], userConstrained: [], qualifiers: [] }

/** RFC 5280 §6.1.3 (a)(3), once the signatures up to the anchor hold: status data hangs on the same keys. */
const checkStatuses = (
  path: readonly Certificate[],
  issuers: readonly PathIssuer[],
  context: PathContext,
  reportAt: (index: number) => Report,
): RevocationStatus[] =>
  path.map((certificate, index) => {
    const issuer = issuers[index]
    const isAsked = index === 0 || context.options.revocation?.scope !== 'target'
    if (issuer === undefined || !isAsked) return { state: 'not_checked' }
    const status = context.statusOf(certificate, issuer)
    if (status.state === 'revoked') {
      reportAt(index)('revoked', {
        source: status.source,
        reason: status.reason,
        revokedAt: status.revokedAt.toISOString(),
      })
    }
    if (status.state === 'unknown' && context.options.revocation?.mode === 'hard') {
      reportAt(index)('revocation_unknown', { causes: status.causes.join(' ') })
    }
    return status
  })

const worst = (statuses: readonly RevocationStatus[]): RevocationStatus['state'] =>
  (['revoked', 'unknown', 'not_checked', 'good'] as const).find((wanted) =>
    statuses.some(({ state }) => state === wanted),
  ) ?? 'not_checked'

/** Who signed each certificate, target first. */
const issuersOf = (path: readonly Certificate[], anchor: TrustAnchor): PathIssuer[] => {
  let above: PathIssuer = { spki: anchor.spki, key: anchor.key, certificate: anchor.certificate, anchor }
  const issuers: PathIssuer[] = []
  for (const certificate of path.toReversed()) {
    issuers.unshift(above)
    above = { ...withInheritedParameters(certificate, above), certificate, anchor }
  }
  return issuers
}

/**
 * Basic path validation (RFC 5280 §6.1) of `path`, target first, without the anchor. With `anchor` null only what does
 * not need one is checked, and the last certificate's issuer is reported as missing. A target that is the anchor itself
 * is a path of one.
 */
export const checkPath = (
  path: readonly Certificate[],
  anchor: TrustAnchor | null,
  context: PathContext,
): PathReport => {
  context.budget.spend('paths', 1)
  const failures: PathFailure[] = []
  const anchorCertificate = anchor?.certificate ?? null
  const [target] = path
  const isAnchorItself = target !== undefined && target === anchorCertificate
  const shown = anchorCertificate === null || isAnchorItself ? path : [...path, anchorCertificate]
  const reportAt =
    (index: number): Report =>
    (rule, details = {}) => {
      failures.push({ rule, index, subject: shown[index]?.subject.text ?? anchor?.name.text ?? '', details })
    }
  const isAnchorChecked = context.options.areAnchorsConstrained !== false
  const report = (statuses: readonly RevocationStatus[], policies: PathReport['policies']): PathReport => ({
    isValid: failures.length === 0,
    path: shown,
    anchor,
    failures: failures.toSorted((a, b) => a.index - b.index),
    revocation: worst(statuses),
    statuses,
    policies,
    at: context.at,
  })

  if (target !== undefined) checkTarget(target, context.options, reportAt(0))
  path.forEach((certificate, index) => {
    if (!isAnchorItself || isAnchorChecked) checkAlone(certificate, context, reportAt(index))
    const purpose = context.options.extendedKeyUsage
    if (purpose !== undefined && !allowsPurpose(certificate, purpose)) {
      reportAt(index)('extended_key_usage', { wanted: purpose, allowed: certificate.extendedKeyUsage?.join(' ') ?? '' })
    }
  })
  if (anchor === null) {
    path.forEach((certificate, index) => {
      const issuer = path[index + 1]
      if (issuer === undefined) reportAt(index)('issuer_not_found', { issuer: certificate.issuer.text })
      else {
        checkSignature(certificate, issuer, context, reportAt(index))
        checkAuthority(issuer, reportAt(index + 1))
      }
    })
    return report([], noPolicies)
  }
  if (isAnchorItself) return report([], noPolicies)
  if (isAnchorChecked && anchorCertificate !== null) {
    checkAlone(anchorCertificate, context, reportAt(path.length))
    if (anchorCertificate.version === 3) checkAuthority(anchorCertificate, reportAt(path.length))
  } else {
    const rule = keyRule(anchor.key, context.algorithms)
    if (rule !== null) reportAt(path.length)(rule, { bits: anchor.key.bits })
  }

  const issuers = issuersOf(path, anchor)
  const process = createProcess(anchor, path.length, context)
  let policies = noPolicies
  for (let index = path.length - 1; index >= 0; index--) {
    const [certificate, issuer] = [path[index], issuers[index]]
    if (certificate === undefined || issuer === undefined) continue
    const at = reportAt(index)
    checkSignature(certificate, issuer, context, at)
    if (!namesMatch(certificate.issuer, issuer.certificate?.subject ?? anchor.name)) {
      at('name_chaining', { issuer: certificate.issuer.text })
    }
    process.basic(certificate, index === 0, at)
    if (index > 0) process.prepareNext(certificate, at)
    else policies = process.wrapUp(certificate, at)
  }
  const areSigned = !failures.some(({ rule }) => rule.startsWith('signature_'))
  return report(areSigned ? checkStatuses(path, issuers, context, reportAt) : [], policies)
}
