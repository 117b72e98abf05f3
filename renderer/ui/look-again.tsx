import { ReloadOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAct } from './query.ts'
import { useFailure } from './use-failure.ts'

/** Looks for keys and drivers anew. */
export const LookAgain = () => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const fail = useFailure()
  const refresh = useAct('keyring.refresh')
  const look = () =>
    refresh.mutate(undefined, {
      onSuccess: (value) => {
        queries.setQueryData(['keyring.get', null], value)
        void queries.invalidateQueries({ queryKey: ['certificates.list'] })
      },
      onError: fail,
    })
  return (
    <Button type="text" icon={<ReloadOutlined />} loading={refresh.isPending} onClick={look}>
      {refresh.isPending ? t('home.keys.refreshing') : t('home.keys.refresh')}
    </Button>
  )
}
