import { Radio } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ConsentCertificate, ConsentView } from '#contract/client.ts'
import { errorText } from '../../locales/error-text.ts'
import { formatDate } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { StateTag } from '../../ui/state-text.tsx'
import { useCertificateWords } from '../../ui/use-certificate-words.ts'

interface Props {
  readonly view: ConsentView
  readonly chosenId: string | undefined
  readonly isDisabled: boolean
  readonly onChoose: (id: string) => void
}

const CertificateWords = ({ certificate, isRequested }: { certificate: ConsentCertificate; isRequested: boolean }) => {
  const { t, i18n } = useTranslation()
  const words = useCertificateWords()
  const state = words.state(certificate)
  const { subject, issuer, tokenLabel, unfit } = certificate
  return (
    <div className="choice-words">
      <div className="choice-name">{subject.commonName}</div>
      {subject.organization !== '' && subject.organization !== subject.commonName && <div>{subject.organization}</div>}
      <div className="cell-note">
        {[issuer.commonName, tokenLabel].filter((part) => part !== null && part !== '').join(' · ')}
      </div>
      <div className="cell-note">
        {t('consent.certificate.validUntil', { date: formatDate(certificate.notAfter) })}
        {unfit === null && state.tone === 'warning' && ` · ${words.remaining(certificate)}`}
      </div>
      {isRequested && <StateTag tone="accent">{t('consent.certificate.requested')}</StateTag>}
      {unfit !== null && (
        <div className="choice-unfit">
          {t('consent.certificate.unfit', { reason: errorText(unfit, i18n.language).what })}
        </div>
      )}
    </div>
  )
}

/** Those that fit first; the others cannot be chosen and say why. */
export const CertificateChoice = ({ view, chosenId, isDisabled, onChoose }: Props) => {
  const { t } = useTranslation()
  const ordered = view.certificates.toSorted((one, other) => Number(one.unfit !== null) - Number(other.unfit !== null))
  return (
    <fieldset className="choice">
      <legend>{t('consent.certificate.title')}</legend>
      {ordered.every((certificate) => certificate.unfit !== null) && (
        <Notice tone="warning" role="status" title={t('consent.certificate.none')}>
          {t('consent.certificate.noneHint')}
        </Notice>
      )}
      <Radio.Group
        value={chosenId ?? null}
        disabled={isDisabled}
        aria-label={t('consent.certificate.title')}
        onChange={(event) => onChoose(String(event.target.value))}
      >
        {ordered.map((certificate) => (
          <Radio
            key={certificate.id}
            value={certificate.id}
            disabled={isDisabled || certificate.unfit !== null}
            className="choice-item"
          >
            <CertificateWords certificate={certificate} isRequested={view.requestedCertificateId === certificate.id} />
          </Radio>
        ))}
      </Radio.Group>
    </fieldset>
  )
}
