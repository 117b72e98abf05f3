import { useTranslation } from 'react-i18next'
import { BridgeText } from '../ui/bridge-text.tsx'
import { useAsk } from '../ui/query.ts'

/** The bridge's state at the foot of the menu, on every screen. */
export const BridgeBadge = () => {
  const { t } = useTranslation()
  const { data } = useAsk('bridge.state', undefined)
  if (!data) return null
  return (
    <div className="shell-bridge" role="status">
      <div>{t('home.bridge.title')}</div>
      <BridgeText state={data.state} />
    </div>
  )
}
