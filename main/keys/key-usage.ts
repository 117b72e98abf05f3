import type { CertificateSummary } from '#contract/certificates.ts'

/** Bits of KeyUsage (RFC 5280 §4.2.1.3), one of which is needed. */
const USAGES = {
  sign: ['digitalSignature', 'nonRepudiation'],
  encrypt: ['keyEncipherment', 'dataEncipherment', 'keyAgreement'],
} as const

/** Without the extension the key may be used for anything. */
export const allows = ({ keyUsage }: Pick<CertificateSummary, 'keyUsage'>, wanted: keyof typeof USAGES): boolean =>
  keyUsage.length === 0 || USAGES[wanted].some((usage) => keyUsage.includes(usage))
