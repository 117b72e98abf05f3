import type { RevocationStatus } from '../revocation/status.ts'
import { pathRules } from './rules.ts'
import type { PathRule } from './rules.ts'
import type { PathReport } from './types.ts'

/** A failure in words: the rule's code, its text and clause, and at which certificate it failed. */
export interface DescribedFailure {
  readonly code: PathRule
  readonly text: string
  readonly clause: string
  /** Place in `certificates`: 0 is the target. */
  readonly index: number
  readonly subject: string
  readonly details: Readonly<Record<string, string | number>>
}

/** A report as plain JSON, for files, command lines and people. Times are ISO 8601 in UTC. */
export interface DescribedReport {
  readonly isValid: boolean
  readonly at: string
  readonly failures: readonly DescribedFailure[]
  readonly certificates: readonly {
    readonly subject: string
    readonly issuer: string
    readonly serial: string
    readonly notBefore: string
    readonly notAfter: string
    readonly fingerprint: string
    readonly revocation: Readonly<Record<string, string>>
  }[]
  readonly anchor: { readonly subject: string; readonly hasCertificate: boolean } | null
  readonly revocation: RevocationStatus['state']
  readonly policies: {
    readonly authorityConstrained: readonly string[]
    readonly userConstrained: readonly string[]
    readonly qualifiers: readonly { readonly policy: string; readonly oid: string; readonly text: string | null }[]
  }
}

const describeStatus = (status: RevocationStatus): Record<string, string> => {
  const { state } = status
  if (state === 'not_checked') return { state }
  if (state === 'unknown') return { state, causes: status.causes.join(' ') }
  const known = { state, source: status.source, thisUpdate: status.thisUpdate.toISOString() }
  return state === 'good' ? known : { ...known, revokedAt: status.revokedAt.toISOString(), reason: status.reason }
}

export const describeReport = (report: PathReport): DescribedReport => ({
  isValid: report.isValid,
  at: report.at.toISOString(),
  failures: report.failures.map(({ rule, index, subject, details }) => ({
    code: rule,
    ...pathRules[rule],
    index,
    subject,
    details,
  })),
  certificates: report.path.map((certificate, index) => ({
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serial: certificate.serial,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    fingerprint: certificate.fingerprint,
    revocation: describeStatus(report.statuses[index] ?? { state: 'not_checked' }),
  })),
  anchor:
    report.anchor === null
      ? null
      : { subject: report.anchor.name.text, hasCertificate: report.anchor.certificate !== null },
  revocation: report.revocation,
  policies: {
    ...report.policies,
    qualifiers: report.policies.qualifiers.map(({ policy, qualifier: { oid, text } }) => ({ policy, oid, text })),
  },
})

/** One line for people: what failed, where, by which clause. */
export const failureLine = ({ code, text, clause, index, subject, details }: DescribedFailure): string => {
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`)
  return [
    `#${index} ${subject}: ${text}`,
    `[${code}, ${clause}]`,
    ...(facts.length > 0 ? [facts.join(', ')] : []),
  ].join(' ')
}
