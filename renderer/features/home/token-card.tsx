import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { CertificateSummary } from '#contract/certificates.ts'
import type { Token } from '#contract/keys.ts'
import { formatDate } from '../../ui/format.ts'
import { UsbKeyIcon } from '../../ui/icons.tsx'
import { Organization } from '../../ui/organization.tsx'
import { StateText } from '../../ui/state-text.tsx'
import { useCertificateWords } from '../../ui/use-certificate-words.ts'
import { useKeyWords } from '../../ui/use-key-words.ts'

interface Props {
  readonly token: Token
  readonly certificates: readonly CertificateSummary[]
}

const CertificateRow = ({ certificate }: { readonly certificate: CertificateSummary }) => {
  const { t } = useTranslation()
  const words = useCertificateWords()
  const key = useKeyWords()
  const state = words.state(certificate)
  return (
    <li className="home-certificate">
      <div className="home-certificate-who">
        <Link to={`/certificates?id=${certificate.id}`}>{certificate.subject.commonName}</Link>
        <Organization subject={certificate.subject} />
        <div className="cell-note">
          {t('words.authority')} {certificate.issuer.commonName}
        </div>
        <div className="cell-note">
          {key.algorithm(certificate)} · {key.usage(certificate.keyUsage)}
        </div>
      </div>
      <div className="home-certificate-state">
        <StateText tone={state.tone}>{state.text}</StateText>
        <div>{t('words.validUntil', { date: formatDate(certificate.notAfter) })}</div>
        <div className="cell-note">{words.remaining(certificate)}</div>
      </div>
    </li>
  )
}

export const TokenCard = ({ token, certificates }: Props) => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const words = useCertificateWords()
  const pin = words.pin(token.pin)
  const facts = [
    token.manufacturer,
    token.model,
    token.hasPinPad ? t('home.keys.pinPad') : '',
    token.readOnly ? t('home.keys.readOnly') : '',
  ].filter((fact) => fact !== '')

  return (
    <article className="panel home-token" aria-label={token.label}>
      <header>
        <UsbKeyIcon className="home-token-icon" aria-hidden />
        <div className="home-token-name">
          <h3>{token.label}</h3>
          <div className="cell-note">
            {facts.join(' · ')}
            {token.serial !== '' && (
              <>
                {facts.length > 0 && ' · '}
                {t('home.keys.serial', { serial: token.serial })}
              </>
            )}
          </div>
        </div>
        <div className="home-token-pin">
          <StateText tone={pin.tone}>{pin.text}</StateText>
          {token.pin.state === 'locked' && (
            <Button size="small" onClick={() => void navigate(`/certificates?unlock=${encodeURIComponent(token.id)}`)}>
              {t('home.keys.unlock')}
            </Button>
          )}
        </div>
      </header>
      {token.pin.state === 'locked' && <p className="home-token-locked">{t('home.keys.pinLockedNext')}</p>}
      {certificates.length === 0 ? (
        <div className="home-token-empty">
          <strong>{t('home.keys.noCertificate')}</strong>
          <span>{t('home.keys.noCertificateHint')}</span>
        </div>
      ) : (
        <ul>
          {certificates.map((certificate) => (
            <CertificateRow key={certificate.id} certificate={certificate} />
          ))}
        </ul>
      )}
    </article>
  )
}
