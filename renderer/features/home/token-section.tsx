import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { UsbKeyIcon } from '../../ui/icons.tsx'
import { LookAgain } from '../../ui/look-again.tsx'
import { Section } from '../../ui/page.tsx'
import { useAsk } from '../../ui/query.ts'
import { Empty, Loading } from '../../ui/states.tsx'
import { MissingDrivers } from './missing-drivers.tsx'
import { TokenCard } from './token-card.tsx'

/** The keys plugged in now with their certificates; what to do when there is none or it is not recognised. */
export const TokenSection = () => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const keyring = useAsk('keyring.get', undefined)
  const certificates = useAsk('certificates.list', undefined)

  const content = () => {
    const error = keyring.error ?? certificates.error
    if (error)
      return (
        <ErrorNotice
          error={error}
          onRetry={() => {
            void keyring.refetch()
            void certificates.refetch()
          }}
        />
      )
    if (!keyring.data || !certificates.data) return <Loading />
    const { tokens } = keyring.data
    const missing = keyring.data.usbKeys.filter((key) => !key.isDriverReady)
    return (
      <>
        <MissingDrivers usbKeys={missing} />
        {tokens.map((token) => (
          <TokenCard
            key={token.id}
            token={token}
            certificates={certificates.data.filter((certificate) => certificate.tokenId === token.id)}
          />
        ))}
        {tokens.length === 0 && missing.length === 0 && (
          <div className="panel">
            <Empty
              icon={<UsbKeyIcon className="home-empty-key" aria-hidden />}
              title={t('home.keys.empty')}
              hint={t('home.keys.emptyHint')}
              action={
                <div className="home-not-recognized">
                  <strong>{t('home.keys.notRecognized')}</strong>
                  <span>{t('home.keys.notRecognizedHint')}</span>
                  <Button onClick={() => void navigate('/drivers')}>{t('home.keys.toDiagnosis')}</Button>
                </div>
              }
            />
          </div>
        )}
      </>
    )
  }

  return (
    <Section title={t('home.keys.title')} extra={<LookAgain />}>
      <div className="home-keys">{content()}</div>
    </Section>
  )
}
