import type { CertificateQuery } from '#contract/bridge.ts'
import type { CertificateSummary } from '#contract/certificates.ts'
import { AppError } from '#contract/errors.ts'
import { allows } from '../keys/key-usage.ts'
import type { CertificateDirectory, KnownCertificate } from '../operations/ports.ts'

const matches = ({ summary }: KnownCertificate, { identity, issuer, keyType, usage }: CertificateQuery): boolean =>
  (identity === undefined || summary.identity === identity) &&
  (issuer === undefined || summary.issuer.full.includes(issuer)) &&
  (keyType === undefined || summary.keyType === keyType) &&
  (usage === undefined || allows(summary, usage))

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
