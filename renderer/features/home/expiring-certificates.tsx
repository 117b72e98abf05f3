import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { validityOf } from '../../ui/certificate-state.ts'
import { Notice } from '../../ui/notice.tsx'
import { useAsk } from '../../ui/query.ts'
import { useCertificateWords } from '../../ui/use-certificate-words.ts'
import { useNow } from '../../ui/use-now.ts'

/** Certificates within 30 days of their end, before anything else on the page. */
export const ExpiringCertificates = () => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const words = useCertificateWords()
  const now = useNow(60_000)
  const certificates = useAsk('certificates.list', undefined)
  const expiring = (certificates.data ?? []).filter((certificate) => validityOf(certificate, now).kind === 'expiring')
  if (expiring.length === 0) return null
  return (
    <div className="home-expiring">
      <Notice
        tone="warning"
        title={t('home.expiring.title')}
        action={<Button onClick={() => void navigate('/certificates?state=expiring')}>{t('common.details')}</Button>}
      >
        <ul>
          {expiring.map((certificate) => (
            <li key={certificate.id}>
              <strong>{certificate.subject.commonName}</strong> {words.remaining(certificate, now)}
            </li>
          ))}
        </ul>
        {t('home.expiring.hint')}
      </Notice>
    </div>
  )
}
