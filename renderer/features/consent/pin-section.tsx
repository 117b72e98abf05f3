import type { Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConsentCertificate } from '#contract/client.ts'
import { PinInput, type PinHandle } from '../../ui/pin-input.tsx'
import { StateText } from '../../ui/state-text.tsx'
import { useCertificateWords } from '../../ui/use-certificate-words.ts'

interface Props {
  readonly ref: Ref<PinHandle>
  readonly certificate: ConsentCertificate | undefined
  readonly isDisabled: boolean
  readonly onLength: (length: number) => void
  readonly onEnter: () => void
}

/** The PIN of the chosen certificate's key, with its tries in words. */
export const PinSection = ({ ref, certificate, isDisabled, onLength, onEnter }: Props) => {
  const { t } = useTranslation()
  const words = useCertificateWords()
  const state = certificate && words.pin(certificate.pin)
  return (
    <div className="pin-section">
      <PinInput
        ref={ref}
        id="consent-pin"
        label={
          <span className="pin-section-label">
            <span>{t('consent.pin.label')}</span>
            {state && <StateText tone={state.tone}>{state.text}</StateText>}
          </span>
        }
        hint={
          certificate?.tokenLabel === null || certificate?.tokenLabel === undefined
            ? t('consent.pin.notStored')
            : t('consent.pin.hint', { token: certificate.tokenLabel })
        }
        isDisabled={isDisabled}
        onLength={onLength}
        onEnter={onEnter}
      />
      {certificate && certificate.pin.state !== 'ok' && <p className="cell-note">{t('consent.pin.forgot')}</p>}
    </div>
  )
}
