import type { CertificateQuery } from '#contract/bridge.ts'
import type { CertificateSummary } from '#contract/certificates.ts'
import { AppError } from '#contract/errors.ts'
import type { CertificateDirectory, KnownCertificate } from '../operations/ports.ts'

const USAGES = {
  sign: ['digitalSignature', 'nonRepudiation'],
  encrypt: ['keyEncipherment', 'dataEncipherment', 'keyAgreement'],
} as const

const hasUsage = (summary: CertificateSummary, wanted: CertificateQuery['usage']): boolean =>
  wanted === undefined ||
  summary.keyUsage.length === 0 ||
  USAGES[wanted].some((usage) => summary.keyUsage.includes(usage))

const matches = ({ summary }: KnownCertificate, { identity, issuer, keyType, usage }: CertificateQuery): boolean =>
  (identity === undefined || summary.identity === identity) &&
  (issuer === undefined || summary.issuer.full.includes(issuer)) &&
  (keyType === undefined || summary.keyType === keyType) &&
  hasUsage(summary, usage)

/** Certificates as a granted page sees them. */
export const createGrantedCertificates = (certificates: CertificateDirectory) => ({
  list: (query: CertificateQuery): CertificateSummary[] =>
    certificates
      .list()
      .filter((known) => matches(known, query))
      .map(({ summary }) => summary),
  get: (id: string): CertificateSummary & { der: string } => {
    const known = certificates.get(id)
    if (known === null) throw new AppError('certificate.not_found')
    return { ...known.summary, der: Buffer.from(known.parsed.der).toString('base64') }
  },
})
