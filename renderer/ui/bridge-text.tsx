import { useTranslation } from 'react-i18next'
import type { BridgeState } from '#contract/client.ts'
import { StateText } from './state-text.tsx'

const tones = { ready: 'good', starting: 'neutral', paused: 'warning', failed: 'danger' } as const

/** The state of the signing service in a word. */
export const BridgeText = ({ state }: Pick<BridgeState, 'state'>) => {
  const { t } = useTranslation()
  return <StateText tone={tones[state]}>{t(`home.bridge.${state}` as const)}</StateText>
}
