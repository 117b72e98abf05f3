import { useTranslation } from 'react-i18next'
import type { CertificateSummary } from '#contract/certificates.ts'
import type { PinState } from '#contract/keys.ts'
import { validityOf } from './certificate-state.ts'
import { formatDate } from './format.ts'
import type { Tone } from './tone.ts'

export interface StateWords {
  readonly tone: Tone
  readonly text: string
}

/** Sentences about certificates and PINs, the same on every screen. */
export const useCertificateWords = () => {
  const { t } = useTranslation()

  const state = (certificate: CertificateSummary, now = Date.now()): StateWords => {
    const validity = validityOf(certificate, now)
    const text =
      validity.kind === 'expiring' ? t('words.expiresSoon') : t(`words.certificateState.${validity.kind}` as const)
    return { tone: validity.tone, text }
  }

  const remaining = (certificate: CertificateSummary, now = Date.now()): string => {
    const validity = validityOf(certificate, now)
    if (validity.kind === 'expired') return t('words.expiredDays', { n: validity.days })
    if (validity.kind === 'not_yet_valid') return t('words.startsIn', { date: formatDate(certificate.notBefore) })
    // Frozen or revoked: the end of the validity says nothing about when it can be used again.
    if (!('days' in validity)) return ''
    return validity.days === 0 ? t('words.lastDay') : t('words.daysLeft', { n: validity.days })
  }

  const pin = ({ state: pinState, triesLeft }: PinState): StateWords => {
    switch (pinState) {
      case 'ok':
        return {
          tone: 'good',
          text: triesLeft === null ? t('words.pin.ok') : t('words.pin.okWithTries', { n: triesLeft }),
        }
      case 'low':
        return {
          tone: 'warning',
          text: triesLeft === null ? t('words.pin.low') : t('words.pin.lowWithTries', { n: triesLeft }),
        }
      default:
        return { tone: pinState === 'not_set' ? 'warning' : 'danger', text: t(`words.pin.${pinState}` as const) }
    }
  }

  return { state, remaining, pin }
}
