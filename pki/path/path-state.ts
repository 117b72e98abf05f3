import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { anyPolicy } from '../x509/policy-extensions.ts'
import { checkAuthority } from './check-certificate.ts'
import type { PathContext, Report } from './check-certificate.ts'
import { createPolicyGraph } from './policy-graph.ts'
import { createSubtrees } from './subtrees.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import type { PathFailure, PathReport } from './types.ts'

/** A counter of RFC 5280 §6.1.2 that a constraint may lower but never raise. */
const lower = (counter: number, limit: number | null | undefined): number =>
  limit === null || limit === undefined ? counter : Math.min(counter, limit)

/** State of RFC 5280 §6.1.2 and its steps over one certificate each, from the anchor down. */
export const createPathState = (anchor: TrustAnchor, length: number, context: PathContext) => {
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
