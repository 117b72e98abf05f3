import { useTranslation } from 'react-i18next'
import { Page } from '../../ui/page.tsx'
import { BridgeCard } from './bridge-card.tsx'
import { ExpiringCertificates } from './expiring-certificates.tsx'
import { RecentSignatures } from './recent-signatures.tsx'
import { TokenSection } from './token-section.tsx'
import './home.css'

/** F-C3: what is plugged in, whether the bridge is ready, what was signed last, what expires next. */
export const HomeScreen = () => {
  const { t } = useTranslation()
  return (
    <Page title={t('home.title')}>
      <ExpiringCertificates />
      <div className="home-columns">
        <TokenSection />
        <BridgeCard />
      </div>
      <RecentSignatures />
    </Page>
  )
}
