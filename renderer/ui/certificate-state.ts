import type { CertificateSummary } from '#contract/certificates.ts'
import type { Tone } from './tone.ts'

const day = 24 * 60 * 60 * 1000
/** First reminder before a certificate expires (F9.4). */
export const reminderDays = 30

export type Validity =
  | { readonly kind: 'normal'; readonly days: number; readonly tone: Tone }
  | { readonly kind: 'expiring'; readonly days: number; readonly tone: Tone }
  | { readonly kind: 'expired'; readonly days: number; readonly tone: Tone }
  | { readonly kind: 'not_yet_valid' | 'frozen' | 'invalid'; readonly tone: Tone }

type Dated = Pick<CertificateSummary, 'state' | 'notAfter'>

/** State and days to (or since) the end, as the screens say them. */
export const validityOf = (certificate: Dated, now: number): Validity => {
  const { state } = certificate
  if (state === 'frozen' || state === 'invalid') return { kind: state, tone: 'danger' }
  if (state === 'not_yet_valid') return { kind: state, tone: 'warning' }
  const left = Date.parse(certificate.notAfter) - now
  if (state === 'expired' || left < 0) return { kind: 'expired', days: Math.floor(-left / day), tone: 'danger' }
  const days = Math.floor(left / day)
  return days <= reminderDays ? { kind: 'expiring', days, tone: 'warning' } : { kind: 'normal', days, tone: 'good' }
}
