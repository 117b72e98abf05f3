import { Button, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import type { DriverState } from '#contract/keys.ts'
import { errorText } from '../../locales/error-text.ts'
import { useAct } from '../../ui/query.ts'
import { StateTag, StateText } from '../../ui/state-text.tsx'
import { useConfirmed } from '../../ui/use-confirmed.ts'

const tones = {
  starting: 'neutral',
  ready: 'good',
  not_installed: 'neutral',
  wrong_architecture: 'danger',
  failed: 'danger',
  not_responding: 'danger',
  stopped: 'warning',
} as const

export const DriverTable = ({ drivers }: { readonly drivers: readonly DriverState[] }) => {
  const { t, i18n } = useTranslation()
  const confirmed = useConfirmed()
  const remove = useAct('drivers.remove')

  const confirm = ({ id, name }: DriverState) =>
    confirmed({
      title: t('drivers.removeConfirm', { name }),
      content: t('drivers.removeHint'),
      okText: t('drivers.remove'),
      act: () => remove.mutateAsync({ id }),
      done: t('drivers.removed', { name }),
      stale: ['keyring.get'],
    })

  const columns: TableColumnsType<DriverState> = [
    {
      key: 'name',
      title: t('drivers.columns.name'),
      width: '30%',
      render: (_, { name, vendor, origin }) => (
        <>
          <span className="cell-main">{name}</span>{' '}
          {origin === 'user' && <StateTag tone="accent">{t('drivers.origin.user')}</StateTag>}
          {vendor !== '' && <div className="cell-note">{vendor}</div>}
        </>
      ),
    },
    {
      key: 'state',
      title: t('drivers.columns.state'),
      render: (_, { state, error, restarts }) => {
        const repair: string = t(`drivers.repairs.${state}` as const)
        return (
          <>
            <StateText tone={tones[state]}>{t(`drivers.states.${state}` as const)}</StateText>
            {error !== null && state !== 'not_installed' && <div>{errorText(error, i18n.language).what}</div>}
            {repair !== '' && <div className="cell-note">{repair}</div>}
            {restarts > 0 && <div className="cell-note">{t('drivers.restarts', { n: restarts })}</div>}
          </>
        )
      },
    },
    {
      key: 'path',
      title: t('drivers.columns.path'),
      width: '30%',
      render: (_, { path }) => <code className="driver-path">{path}</code>,
    },
    {
      key: 'remove',
      title: <span className="visually-hidden">{t('drivers.remove')}</span>,
      width: 88,
      align: 'end',
      render: (_, driver) =>
        driver.origin === 'user' && (
          <Button
            size="small"
            aria-label={t('drivers.removeOf', { name: driver.name })}
            onClick={() => confirm(driver)}
          >
            {t('drivers.remove')}
          </Button>
        ),
    },
  ]
  return <Table<DriverState> size="middle" rowKey="id" columns={columns} dataSource={[...drivers]} pagination={false} />
}
