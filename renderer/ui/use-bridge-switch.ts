import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useAct } from './query.ts'
import { useConfirmed } from './use-confirmed.ts'
import { useFailure } from './use-failure.ts'

/** The signing service on at once; off only after it was said what stops then. */
export const useBridgeSwitch = () => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  const fail = useFailure()
  const save = useAct('settings.set')
  const set = async (isBridgeEnabled: boolean) => {
    queries.setQueryData(['settings.get', null], await save.mutateAsync({ isBridgeEnabled }))
    void queries.invalidateQueries({ queryKey: ['bridge.state'] })
  }
  const turn = (isOn: boolean) => {
    if (isOn) void set(true).catch(fail)
    else
      confirmed({
        title: t('home.bridge.pauseConfirm'),
        content: t('home.bridge.pauseConfirmHint'),
        okText: t('home.bridge.pause'),
        act: () => set(false),
        stale: [],
        isDangerous: false,
      })
  }
  return { turn, isPending: save.isPending }
}
