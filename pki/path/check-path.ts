import type { RevocationStatus } from '../revocation/status.ts'
import type { Certificate } from '../x509/certificate.ts'
import { namesMatch } from '../x509/name-comparison.ts'
import { keyRule } from './algorithm-policy.ts'
import { allowsPurpose, checkAlone, checkAuthority, checkSignature, checkTarget } from './check-certificate.ts'
import type { PathContext, PathIssuer, Report } from './check-certificate.ts'
import { createPathState } from './path-state.ts'
import { withInheritedParameters } from './signatures.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import type { PathFailure, PathReport } from './types.ts'

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

/** Of those that were asked about. */
const worst = (statuses: readonly RevocationStatus[]): RevocationStatus['state'] =>
  (['revoked', 'unknown', 'good'] as const).find((wanted) => statuses.some(({ state }) => state === wanted)) ??
  'not_checked'

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
  const state = createPathState(anchor, path.length, context)
  let policies = noPolicies
  for (let index = path.length - 1; index >= 0; index--) {
    const [certificate, issuer] = [path[index], issuers[index]]
    if (certificate === undefined || issuer === undefined) continue
    const at = reportAt(index)
    checkSignature(certificate, issuer, context, at)
    if (!namesMatch(certificate.issuer, issuer.certificate?.subject ?? anchor.name)) {
      at('name_chaining', { issuer: certificate.issuer.text })
    }
    state.basic(certificate, index === 0, at)
    if (index > 0) state.prepareNext(certificate, at)
    else policies = state.wrapUp(certificate, at)
  }
  const areSigned = !failures.some(({ rule }) => rule.startsWith('signature_'))
  return report(areSigned ? checkStatuses(path, issuers, context, reportAt) : [], policies)
}
