import { useTranslation } from 'react-i18next'
import { useAsk } from '../ui/query.ts'
import { StateText } from '../ui/state-text.tsx'

const tones = { ready: 'good', starting: 'neutral', paused: 'warning', failed: 'danger' } as const

/** The bridge's state at the foot of the menu, on every screen. */
export const BridgeBadge = () => {
  const { t } = useTranslation()
  const { data } = useAsk('bridge.state', undefined)
  if (!data) return null
  return (
    <div className="shell-bridge" role="status">
      <div>{t('home.bridge.title')}</div>
      <StateText tone={tones[data.state]}>{t(`home.bridge.${data.state}` as const)}</StateText>
    </div>
  )
}
