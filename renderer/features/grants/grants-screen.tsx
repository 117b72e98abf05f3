import { Button, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import type { GrantView } from '#contract/client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDate, formatTime } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { useAct, useAsk } from '../../ui/query.ts'
import { StateTag } from '../../ui/state-text.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Empty, Loading } from '../../ui/states.tsx'
import { useConfirmed } from '../../ui/use-confirmed.ts'
import { useNow } from '../../ui/use-now.ts'
import { useSearchState } from '../../ui/use-search-state.ts'
import './grants.css'

const day = 24 * 60 * 60 * 1000

const matches = (grant: GrantView, search: string) => {
  const wanted = search.trim().toLowerCase()
  return [grant.platformName, grant.origin, grant.systemCode].some((text) => text.toLowerCase().includes(wanted))
}

const GrantTable = ({ grants }: { readonly grants: readonly GrantView[] }) => {
  const { t } = useTranslation()
  const confirmed = useConfirmed()
  const now = useNow(60_000)
  const revoke = useAct('grants.revoke')

  const confirm = ({ id, origin }: GrantView) =>
    confirmed({
      title: t('grants.revokeConfirm', { origin }),
      content: t('grants.revokeHint'),
      okText: t('grants.revoke'),
      act: () => revoke.mutateAsync({ id }),
      done: t('grants.revoked', { origin }),
      stale: ['grants.list'],
    })

  const columns: TableColumnsType<GrantView> = [
    {
      key: 'platform',
      title: t('grants.columns.platform'),
      render: (_, grant) => (
        <>
          {grant.isRegistered && grant.platformName !== '' && <span className="cell-main">{grant.platformName} </span>}
          <StateTag tone={grant.isRegistered ? 'neutral' : 'warning'}>
            {grant.isRegistered ? t('grants.registered') : t('grants.unregistered')}
          </StateTag>
          <div>
            <code>{grant.origin}</code>
          </div>
          <div className="cell-note">
            {t('words.systemCode')} {grant.systemCode}
          </div>
        </>
      ),
    },
    {
      key: 'scopes',
      title: t('grants.columns.scopes'),
      width: '24%',
      render: (_, { scopes }) => (
        <div className="grant-scopes">
          {scopes.map((scope) => (
            <StateTag key={scope} tone="accent">
              {t(`words.scopes.${scope}` as const)}
            </StateTag>
          ))}
        </div>
      ),
    },
    {
      key: 'expires',
      title: t('grants.columns.expires'),
      width: 128,
      render: (_, { expiresAt }) => {
        const left = Date.parse(expiresAt) - now
        return (
          <>
            <div>{formatDate(expiresAt)}</div>
            <div className="cell-note">
              {left < 0 ? t('grants.expired') : t('grants.expiresIn', { n: Math.floor(left / day) })}
            </div>
          </>
        )
      },
    },
    {
      key: 'used',
      title: t('grants.columns.used'),
      width: 152,
      render: (_, { lastUsedAt }) => (lastUsedAt === null ? t('grants.never') : formatTime(lastUsedAt)),
    },
    {
      key: 'revoke',
      title: <span className="visually-hidden">{t('grants.revoke')}</span>,
      width: 112,
      align: 'end',
      render: (_, grant) => (
        <Button size="small" aria-label={t('grants.revokeOf', { origin: grant.origin })} onClick={() => confirm(grant)}>
          {t('grants.revoke')}
        </Button>
      ),
    },
  ]
  return (
    <Table<GrantView>
      size="middle"
      rowKey="id"
      columns={columns}
      dataSource={[...grants]}
      pagination={grants.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
    />
  )
}

/** F15.12.6: which origins may ask, what for, until when; each can be revoked. */
export const GrantsScreen = () => {
  const { t } = useTranslation()
  const [search] = useSearchState('q')
  const grants = useAsk('grants.list', undefined)

  const content = () => {
    if (grants.error) return <ErrorNotice error={grants.error} onRetry={() => void grants.refetch()} />
    if (!grants.data) return <Loading />
    if (grants.data.length === 0)
      return (
        <div className="panel">
          <Empty title={t('grants.empty')} hint={t('grants.emptyHint')} />
        </div>
      )
    const shown = grants.data.filter((grant) => matches(grant, search))
    return (
      <>
        <div className="toolbar">
          <SearchField placeholder={t('grants.searchHint')} />
        </div>
        <div className="panel">
          {shown.length === 0 ? <Empty title={t('grants.emptyFiltered')} /> : <GrantTable grants={shown} />}
        </div>
      </>
    )
  }

  return (
    <Page title={t('grants.title')} subtitle={t('grants.subtitle')}>
      {content()}
    </Page>
  )
}
