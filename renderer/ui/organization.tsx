import type { CertificateSummary } from '#contract/certificates.ts'

/** The organization behind a person; a company is its own and is not named twice. */
export const Organization = ({ subject }: Pick<CertificateSummary, 'subject'>) =>
  subject.organization === '' || subject.organization === subject.commonName ? null : <div>{subject.organization}</div>
