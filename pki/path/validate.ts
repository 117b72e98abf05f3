import { AppError } from '#contract/errors.ts'
import { createRevocationChecker } from '../revocation/check.ts'
import type { CertificateList } from '../revocation/crl.ts'
import type { OcspResponse } from '../revocation/ocsp.ts'
import type { Certificate } from '../x509/certificate.ts'
import { defaultAlgorithms } from './algorithm-policy.ts'
import { LimitReached, createBudget, defaultLimits } from './budget.ts'
import { findPath, givenUp } from './build.ts'
import type { PathContext } from './check-certificate.ts'
import { createSignatureChecker } from './signatures.ts'
import { indexByName, toAnchor } from './trust-anchor.ts'
import type { BareAnchor, TrustAnchor } from './trust-anchor.ts'
import type { PathOptions, PathReport } from './types.ts'

export interface PathInput extends PathOptions {
  /** The certificate in question. */
  readonly certificate: Certificate
  /** Other certificates, in any order; none of them is trusted. */
  readonly intermediates?: readonly Certificate[]
  readonly anchors: readonly (Certificate | BareAnchor)[]
  readonly crls?: readonly CertificateList[]
  readonly ocspResponses?: readonly OcspResponse[]
}

/**
 * Builds and validates a path from `certificate` to one of the anchors (RFC 5280 §6, RFC 9618 for policies), with
 * revocation after §6.3 and RFC 6960 from the CRLs and responses given; nothing is fetched. Never throws for what
 * certificates hold: the report tells the rule that failed at which certificate. Hostile input ends with
 * `limit_exceeded`. Synchronous.
 *
 * @throws request.invalid for an `at` that is no date
 */
export const validatePath = (input: PathInput): PathReport => {
  const { certificate, intermediates = [], anchors, crls = [], ocspResponses = [], ...options } = input
  // Nothing is earlier or later than an invalid date: all would be current.
  if (Number.isNaN(options.at?.getTime())) throw new AppError('request.invalid', { field: 'at' })
  // Certificates know whole seconds: notAfter lasts to the end of its own.
  const at = new Date(Math.floor((options.at ?? new Date()).getTime() / 1000) * 1000)
  const budget = createBudget({ ...defaultLimits, ...options.limits })
  const hasStatusData = input.crls !== undefined || input.ocspResponses !== undefined
  const mode = options.revocation?.mode ?? (hasStatusData ? 'hard' : 'off')
  const trusted = anchors.map((anchor) => toAnchor(anchor, options.areAnchorsConstrained !== false))
  const pool = [...new Map([certificate, ...intermediates].map((item) => [item.fingerprint, item])).values()]
  const byName = indexByName(pool, ({ subject }) => subject)
  const verify = createSignatureChecker(budget)
  const algorithms = options.algorithms ?? defaultAlgorithms
  const base = { options: { ...options, revocation: { ...options.revocation, mode } }, at, algorithms, budget, verify }
  const context: PathContext = {
    ...base,
    statusOf:
      mode === 'off'
        ? () => ({ state: 'not_checked' })
        : createRevocationChecker({ ...base, crls, ocspResponses, pool: byName, findSignerPath }),
  }

  /** The path of who signed status data: to the same anchor, for any policy (RFC 5280 §6.3.3 (f)). */
  function findSignerPath(signer: Certificate, anchor: TrustAnchor): boolean {
    const { revocation, limits, profile, areAnchorsConstrained } = base.options
    const own = { revocation: { ...revocation, scope: 'all' as const }, limits, profile, areAnchorsConstrained }
    const defined = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
    const candidates = { anchors: indexByName([anchor], ({ name }) => name), intermediates: byName }
    return findPath(signer, candidates, { ...context, options: defined }).isValid
  }

  try {
    return findPath(certificate, { anchors: indexByName(trusted, ({ name }) => name), intermediates: byName }, context)
  } catch (error) {
    if (error instanceof LimitReached) return givenUp(certificate, at, error)
    throw error
  }
}
