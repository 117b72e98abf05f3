import { MIN_RSA_BITS, verifySignature } from '../algorithms/public-key.ts'
import { isAccepted } from '../algorithms/signature-scheme.ts'
import { bytesEqual } from '../asn1/values.ts'
import type { Certificate } from './certificate.ts'
import { understoodExtensions } from './extensions.ts'

/** Rules of the basic path check (RFC 5280 §6.1.3, §6.1.4; policies and name constraints are refused, not skipped). */
type ChainRule =
  | 'issuer_not_found'
  | 'signature_invalid'
  | 'signature_unsupported'
  | 'key_too_short'
  | 'not_yet_valid'
  | 'expired'
  | 'not_a_ca'
  | 'key_usage'
  | 'path_length'
  | 'critical_extension'

interface ChainFailure {
  readonly rule: ChainRule
  /** Place in `path`: 0 is the leaf. */
  readonly index: number
  /** Subject of the certificate at which the rule failed. */
  readonly subject: string
}

export interface ChainReport {
  readonly isValid: boolean
  /** Leaf first, anchor last where one was reached. */
  readonly path: readonly Certificate[]
  readonly anchor: Certificate | null
  readonly failures: readonly ChainFailure[]
  /** Kept apart: nothing here asks for CRLs or OCSP. */
  readonly revocation: 'not_checked'
  /** The moment the check was made for. */
  readonly at: Date
}

export interface ChainOptions {
  /** Default: now. */
  readonly at?: Date
}

const MAX_PATH = 10
/** Candidate paths tried before the search gives up: hostile bags of look-alike certificates end quickly. */
const MAX_STEPS = 64

const isSame = (a: Certificate, b: Certificate): boolean => bytesEqual(a.der, b.der)
const isSelfIssued = (certificate: Certificate): boolean => bytesEqual(certificate.issuer.der, certificate.subject.der)

const mayHaveIssued = (issuer: Certificate, subject: Certificate): boolean =>
  bytesEqual(issuer.subject.der, subject.issuer.der) &&
  (subject.authorityKeyIdentifier === null ||
    issuer.subjectKeyIdentifier === null ||
    subject.authorityKeyIdentifier === issuer.subjectKeyIdentifier)

const linkRule = (subject: Certificate, issuer: Certificate): ChainRule | null => {
  if (subject.signatureScheme === null || !isAccepted(subject.signatureScheme)) return 'signature_unsupported'
  return verifySignature(issuer.spki, subject.signatureScheme, subject.tbs, subject.signature)
    ? null
    : 'signature_invalid'
}

const rulesAt = (path: readonly Certificate[], index: number, hasAnchor: boolean, at: Date): ChainRule[] => {
  const certificate = path[index]
  if (certificate === undefined) return []
  const rules: ChainRule[] = []
  if (certificate.notBefore > at) rules.push('not_yet_valid')
  if (certificate.notAfter < at) rules.push('expired')
  if (certificate.key.type === 'rsa' && certificate.key.bits < MIN_RSA_BITS) rules.push('key_too_short')
  if (certificate.extensions.some(({ oid, isCritical }) => isCritical && !understoodExtensions.has(oid))) {
    rules.push('critical_extension')
  }
  const issuer = path[index + 1]
  if (issuer !== undefined) {
    const rule = linkRule(certificate, issuer)
    if (rule !== null) rules.push(rule)
  } else if (!hasAnchor) rules.push('issuer_not_found')
  if (index === 0) return rules
  if (certificate.basicConstraints?.isCa !== true) rules.push('not_a_ca')
  if (certificate.keyUsage !== null && !certificate.keyUsage.includes('keyCertSign')) rules.push('key_usage')
  // RFC 5280 §4.2.1.9: intermediates below this one, self-issued ones not counted; the leaf is not an intermediate.
  const below = path.slice(1, index).filter((other) => !isSelfIssued(other)).length
  const limit = certificate.basicConstraints?.pathLength ?? null
  if (limit !== null && below > limit) rules.push('path_length')
  return rules
}

const checkPath = (path: readonly Certificate[], anchor: Certificate | null, at: Date): ChainReport => {
  const failures = path.flatMap((certificate, index) =>
    rulesAt(path, index, anchor !== null, at).map((rule) => ({ rule, index, subject: certificate.subject.text })),
  )
  return { isValid: failures.length === 0, path, anchor, failures, revocation: 'not_checked', at }
}

/**
 * Finds a path from `leaf` to one of the anchors and checks it. An anchor's own validity and constraints are checked
 * too, its self-signature is not (RFC 5280 §6.1.1 d: trust in an anchor comes from outside). Of several paths the first
 * valid one is reported, else the one with the fewest failures.
 */
export const buildChain = (
  leaf: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  options: ChainOptions = {},
): ChainReport => {
  const at = options.at ?? new Date()
  const reports: ChainReport[] = []
  let steps = 0
  const offer = (report: ChainReport): boolean => {
    reports.push(report)
    return report.isValid
  }
  const search = (path: readonly Certificate[]): boolean => {
    const last = path.at(-1)
    if (last === undefined || ++steps > MAX_STEPS) return false
    if (anchors.some((anchor) => isSame(anchor, last))) return offer(checkPath(path, last, at))
    for (const anchor of anchors.filter((candidate) => mayHaveIssued(candidate, last))) {
      if (++steps > MAX_STEPS) return false
      if (offer(checkPath([...path, anchor], anchor, at))) return true
    }
    if (path.length < MAX_PATH) {
      const next = intermediates.filter(
        (candidate) => mayHaveIssued(candidate, last) && !path.some((other) => isSame(other, candidate)),
      )
      for (const candidate of next) if (search([...path, candidate])) return true
    }
    return false
  }
  search([leaf])
  const [best] = reports.toSorted((a, b) => a.failures.length - b.failures.length)
  return best ?? checkPath(pathWithoutAnchor(leaf, intermediates), null, at)
}

/** As far as the given certificates lead, so that the report can name the issuer that is missing. */
const pathWithoutAnchor = (leaf: Certificate, intermediates: readonly Certificate[]): Certificate[] => {
  const path = [leaf]
  while (path.length < MAX_PATH) {
    const last = path.at(-1) ?? leaf
    const next = intermediates.find(
      (candidate) => mayHaveIssued(candidate, last) && !path.some((other) => isSame(other, candidate)),
    )
    if (next === undefined) break
    path.push(next)
  }
  return path
}
