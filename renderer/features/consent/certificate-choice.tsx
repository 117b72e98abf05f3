import { Radio } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ConsentCertificate, ConsentView } from '#contract/client.ts'
import { errorText } from '../../locales/error-text.ts'
import { formatDate, groupHex } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Organization } from '../../ui/organization.tsx'
import { StateTag, StateText } from '../../ui/state-text.tsx'
import { useCertificateWords } from '../../ui/use-certificate-words.ts'
import { useKeyWords } from '../../ui/use-key-words.ts'
import { fitting } from './approval.ts'

interface Props {
  readonly view: ConsentView
  readonly chosenId: string | undefined
  readonly isDisabled: boolean
  /** The problem at hand is told below with what to do next: here a word is enough. */
  readonly isTold: boolean
  readonly onChoose: (id: string) => void
}

interface WordsProps {
  readonly certificate: ConsentCertificate
  readonly isRequested: boolean
  /** Another certificate here bears the same names: the serial number tells them apart. */
  readonly hasTwin: boolean
  readonly isTold: boolean
}

const isNamesake = ({ subject: one }: ConsentCertificate, { subject: other }: ConsentCertificate) =>
  one.commonName === other.commonName && one.organization === other.organization

const CertificateWords = ({ certificate, isRequested, hasTwin, isTold }: WordsProps) => {
  const { t, i18n } = useTranslation()
  const words = useCertificateWords()
  const key = useKeyWords()
  const state = words.state(certificate)
  const { subject, issuer, tokenLabel, unfit } = certificate
  const reason = (code: string) => {
    if (isTold && code === 'token.absent') return t('words.notPluggedIn')
    if (isTold && code === 'pin.locked') return t('words.pin.locked')
    return errorText(code, i18n.language).what
  }
  return (
    <div className="choice-words">
      <div className="choice-name">{subject.commonName}</div>
      <Organization subject={subject} />
      <div className="cell-note">{issuer.commonName}</div>
      <div className="cell-note">
        {[tokenLabel, key.algorithm(certificate)].filter((part) => part !== null && part !== '').join(' · ')}
      </div>
      {hasTwin && (
        <div className="cell-note">
          {t('words.serial')} <code>{groupHex(certificate.serial)}</code>
        </div>
      )}
      <div className="cell-note">{t('consent.certificate.validUntil', { date: formatDate(certificate.notAfter) })}</div>
      {unfit === null && state.tone === 'warning' && (
        <StateText tone="warning">{words.remaining(certificate)}</StateText>
      )}
      {isRequested && <StateTag tone="accent">{t('consent.certificate.requested')}</StateTag>}
      {unfit !== null && (
        <div className="choice-unfit">{t('consent.certificate.unfit', { reason: reason(unfit) })}</div>
      )}
    </div>
  )
}

/** Those that fit; the others behind a line that counts them, each with its reason, or in full when nothing fits. */
export const CertificateChoice = ({ view, chosenId, isDisabled, isTold, onChoose }: Props) => {
  const { t } = useTranslation()
  const fits = fitting(view.certificates)
  const others = view.certificates.filter((certificate) => certificate.unfit !== null)
  const item = (certificate: ConsentCertificate) => (
    <Radio
      key={certificate.id}
      value={certificate.id}
      disabled={isDisabled || certificate.unfit !== null}
      className="choice-item"
    >
      <CertificateWords
        certificate={certificate}
        isRequested={view.requestedCertificateId === certificate.id}
        hasTwin={view.certificates.some((other) => other.id !== certificate.id && isNamesake(other, certificate))}
        isTold={isTold}
      />
    </Radio>
  )
  return (
    <fieldset className="choice">
      <legend>{t('consent.certificate.title')}</legend>
      {!isTold && fits.length === 0 && others.every(({ unfit }) => unfit === 'token.absent') && (
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
        {fits.map(item)}
        {others.length > 0 && (
          <details className="choice-others" open={fits.length === 0}>
            <summary>{t('consent.certificate.unfitCount', { n: others.length })}</summary>
            <div>{others.map(item)}</div>
          </details>
        )}
      </Radio.Group>
    </fieldset>
  )
}
