import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { joinJournal } from '../../ui/journal-rows.ts'
import { Page } from '../../ui/page.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Empty, Loading } from '../../ui/states.tsx'
import { useSearchState } from '../../ui/use-search-state.ts'
import { filterJournal, resultFilters, toResultFilter } from './filter-journal.ts'
import { JournalActions, VerifyResult, type Verification } from './journal-actions.tsx'
import { JournalDrawer } from './journal-drawer.tsx'
import { JournalTable } from './journal-table.tsx'
import { useJournal } from './use-journal.ts'
import './journal.css'

/** R17: what the keys of this computer were used for. */
export const JournalScreen = () => {
  const { t } = useTranslation()
  const [filterText, setFilter] = useSearchState('result')
  const [search] = useSearchState('q')
  const [openKey, setOpenKey] = useSearchState('seq')
  const [verification, setVerification] = useState<Verification | null>(null)
  const journal = useJournal()
  const filter = toResultFilter(filterText)
  const all = joinJournal(journal.data?.pages.flat() ?? [])
  const rows = filterJournal(all, filter, search)

  const older = (
    <Button loading={journal.isFetchingNextPage} onClick={() => void journal.fetchNextPage()}>
      {journal.isFetchingNextPage ? t('journal.loadingOlder') : t('journal.older')}
    </Button>
  )
  const content = () => {
    if (journal.error && !journal.data)
      return <ErrorNotice error={journal.error} onRetry={() => void journal.refetch()} />
    if (!journal.data) return <Loading />
    if (all.length === 0)
      return (
        <div className="panel">
          <Empty title={t('journal.empty')} hint={t('journal.emptyHint')} />
        </div>
      )
    return (
      <>
        <div className="toolbar">
          <Segmented
            aria-label={t('journal.filter')}
            value={filter}
            onChange={(value) => setFilter(value === 'all' ? '' : value)}
            options={resultFilters.map((value) => ({ value, label: t(`journal.filters.${value}` as const) }))}
          />
          <SearchField placeholder={t('journal.searchHint')} />
        </div>
        <div className="panel">
          {rows.length === 0 ? (
            <Empty
              title={journal.hasNextPage ? t('journal.emptyRead') : t('journal.emptyFiltered')}
              {...(journal.hasNextPage ? { action: older } : {})}
            />
          ) : (
            <JournalTable rows={rows} onOpen={setOpenKey} />
          )}
        </div>
        {journal.error && <ErrorNotice error={journal.error} onRetry={() => void journal.fetchNextPage()} />}
        <div className="journal-more">
          <span>
            {journal.hasNextPage ? t('journal.shown', { n: all.length }) : t('journal.allShown', { n: all.length })}
          </span>
          {journal.hasNextPage && rows.length > 0 && older}
        </div>
      </>
    )
  }

  return (
    <Page
      title={t('journal.title')}
      subtitle={t('journal.subtitle')}
      action={<JournalActions onVerified={setVerification} />}
    >
      {verification && <VerifyResult verification={verification} />}
      {content()}
      <JournalDrawer row={all.find((row) => row.key === openKey)} onClose={() => setOpenKey('')} />
    </Page>
  )
}
