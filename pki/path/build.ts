import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { nameKey } from '../x509/name-comparison.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { keyRule, schemeRule } from './algorithm-policy.ts'
import { LimitReached } from './budget.ts'
import { checkPath } from './check-path.ts'
import type { PathContext } from './check-certificate.ts'
import { withInheritedParameters } from './signatures.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import type { PathFailure, PathReport } from './types.ts'

/** Where the issuers of a search come from; both by `nameKey` of their subject. */
export interface Candidates {
  readonly anchors: ReadonlyMap<string, readonly TrustAnchor[]>
  readonly intermediates: ReadonlyMap<string, readonly Certificate[]>
}

/** A partial path: its last certificate and what is below. */
interface Partial {
  readonly certificate: Certificate
  readonly below: Partial | null
  readonly length: number
  /** Certificates that are neither self-issued nor the target. */
  readonly counted: number
}

const certificatesOf = (partial: Partial): Certificate[] => {
  const certificates: Certificate[] = []
  for (let at: Partial | null = partial; at !== null; at = at.below) certificates.unshift(at.certificate)
  return certificates
}

/** RFC 4158 §5.2: one name with one key stands in a path once. */
const holds = (partial: Partial, candidate: Certificate): boolean => {
  for (let at: Partial | null = partial; at !== null; at = at.below) {
    const { certificate } = at
    if (certificate === candidate) return true
    if (bytesEqual(certificate.spki, candidate.spki) && nameKey(certificate.subject) === nameKey(candidate.subject)) {
      return true
    }
  }
  return false
}

type Identified = Pick<Certificate, 'subjectKeyIdentifier'>

/** 0: the key identifiers agree. 1: one is missing. 2: they differ, which is a hint and no rule (RFC 4158 §3.5.12). */
const keyIdentifierRank = (subject: Certificate, issuer: Identified | null): 0 | 1 | 2 => {
  const wanted = subject.authorityKeyIdentifier
  const offered = issuer?.subjectKeyIdentifier ?? null
  if (wanted === null || offered === null) return 1
  return wanted === offered ? 0 : 2
}

/** Whether a candidate can stand in a valid path above `partial` at all; what is cheap comes first. */
const isSound = (partial: Partial, candidate: Certificate, { at, algorithms, verify }: PathContext): boolean => {
  const { basicConstraints, keyUsage, notBefore, notAfter } = candidate
  if (basicConstraints?.isCa !== true || keyUsage?.includes('keyCertSign') === false) return false
  if (notBefore > at || notAfter < at || keyRule(candidate.key, algorithms) !== null) return false
  if (schemeRule(candidate.signatureScheme, algorithms) !== null) return false
  if (basicConstraints.pathLength !== null && partial.counted > basicConstraints.pathLength) return false
  // A DSA key that inherits its parameters can only be tried once its issuer is known.
  if (candidate.key.type === 'dsa' && candidate.key.bits === 0) return true
  return verify(partial.certificate, candidate)
}

const isAnchorSound = (partial: Partial, anchor: TrustAnchor, context: PathContext): boolean => {
  const { key } = partial.certificate
  if (key.type === 'dsa' && key.bits === 0 && partial.below !== null) {
    return context.verify(partial.below.certificate, withInheritedParameters(partial.certificate, anchor))
  }
  return context.verify(partial.certificate, anchor)
}

const fewestFailures = (reports: readonly PathReport[]): PathReport | undefined =>
  reports.toSorted((a, b) => a.failures.length - b.failures.length)[0]

/** Paths to report on where none is valid: what does not fit is let through, so that the report can name it. */
const MAX_SHOWN = 16
const MAX_SHOWN_STEPS = 200

/**
 * Searches from the target towards the anchors, shortest paths first, and checks each path that reaches one. Returns the
 * first valid report; else that of the path with the fewest failures; else one that ends where no issuer is found.
 */
export const findPath = (target: Certificate, candidates: Candidates, context: PathContext): PathReport => {
  const { limits } = context.budget
  const reports: PathReport[] = []
  const first: Partial = { certificate: target, below: null, length: 1, counted: 0 }
  const anchorsAbove = ({ certificate }: Partial) =>
    (candidates.anchors.get(nameKey(certificate.issuer)) ?? []).filter(
      (anchor) => anchor.certificate === null || !bytesEqual(anchor.certificate.der, certificate.der),
    )

  /** Certificates that may stand above `partial`, the likely ones first; signatures are checked one by one. */
  function* above(partial: Partial, isStrict: boolean): Generator<Partial, undefined> {
    if (partial.length >= limits.depth) return undefined
    const { certificate } = partial
    const ranked = (candidates.intermediates.get(nameKey(certificate.issuer)) ?? [])
      .map((candidate) => ({ candidate, rank: keyIdentifierRank(certificate, candidate) }))
      .toSorted((a, b) => a.rank - b.rank)
    for (const { candidate, rank } of ranked) {
      context.budget.spend('work', 1)
      if (holds(partial, candidate) || (isStrict ? !isSound(partial, candidate, context) : rank === 2)) continue
      yield {
        certificate: candidate,
        below: partial,
        length: partial.length + 1,
        counted: partial.counted + (factsOf(candidate).isSelfIssued ? 0 : 1),
      }
    }
    return undefined
  }

  /** Checks the paths that reach an anchor from here. */
  const visit = (partial: Partial, isStrict: boolean): PathReport | undefined => {
    for (const anchor of anchorsAbove(partial)) {
      const rank = keyIdentifierRank(partial.certificate, anchor.certificate)
      if (isStrict ? !isAnchorSound(partial, anchor, context) : rank === 2) continue
      const report = checkPath(certificatesOf(partial), anchor, context)
      if (report.isValid) return report
      reports.push(report)
    }
    return undefined
  }

  /** Level by level. `isStrict`: only what can be valid. */
  const search = (isStrict: boolean): PathReport | undefined => {
    let level = [first]
    let found = visit(first, isStrict)
    let shown = 0
    while (found === undefined && level.length > 0) {
      const next: Partial[] = []
      for (const partial of level) {
        for (const candidate of above(partial, isStrict)) {
          if (isStrict) context.budget.spend('steps', 1)
          else if (++shown > MAX_SHOWN_STEPS || reports.length >= MAX_SHOWN) return undefined
          found = visit(candidate, isStrict)
          if (found !== undefined) return found
          next.push(candidate)
        }
      }
      level = next
    }
    return found
  }

  const itself = candidates.anchors
    .get(nameKey(target.subject))
    ?.find(({ certificate }) => certificate !== null && bytesEqual(certificate.der, target.der))
  if (itself !== undefined) return checkPath([itself.certificate ?? target], itself, context)
  const isTried = schemeRule(target.signatureScheme, context.algorithms) === null
  try {
    const valid = isTried ? search(true) : undefined
    if (valid !== undefined) return valid
  } catch (error) {
    const best = fewestFailures(reports)
    if (!(error instanceof LimitReached) || best === undefined) throw error
    return { ...best, failures: [...best.failures, limitFailure(target, error)] }
  }
  if (reports.length === 0) search(false)
  return fewestFailures(reports) ?? checkPath(untilMissing(first, above), null, context)
}

/** As far as the given certificates lead, so that the report can name the issuer that is missing. */
const untilMissing = (
  first: Partial,
  above: (partial: Partial, isStrict: boolean) => Generator<Partial, undefined>,
): Certificate[] => {
  let last = first
  for (;;) {
    const { value } = above(last, false).next()
    if (value === undefined) return certificatesOf(last)
    last = value
  }
}

const limitFailure = ({ subject }: Certificate, { limit }: LimitReached): PathFailure => ({
  rule: 'limit_exceeded',
  index: 0,
  subject: subject.text,
  details: { limit },
})

/** The report of a search that was given up before it had anything to tell. */
export const givenUp = (target: Certificate, at: Date, error: LimitReached): PathReport => ({
  isValid: false,
  path: [target],
  anchor: null,
  failures: [limitFailure(target, error)],
  revocation: 'not_checked',
  statuses: [],
  policies: { authorityConstrained: [], userConstrained: [], qualifiers: [] },
  at,
})
