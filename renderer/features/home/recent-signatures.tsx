import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatTime } from '../../ui/format.ts'
import { JournalResult } from '../../ui/journal-result.tsx'
import { joinJournal } from '../../ui/journal-rows.ts'
import { Section } from '../../ui/page.tsx'
import { useAsk } from '../../ui/query.ts'
import { Empty, Loading } from '../../ui/states.tsx'

const shown = 5

export const RecentSignatures = () => {
  const { t } = useTranslation()
  const journal = useAsk('journal.list', { before: null, limit: 20 })

  const content = () => {
    if (journal.error) return <ErrorNotice error={journal.error} onRetry={() => void journal.refetch()} />
    if (!journal.data) return <Loading />
    const rows = joinJournal(journal.data).slice(0, shown)
    if (rows.length === 0) return <Empty title={t('home.recent.empty')} hint={t('home.recent.emptyHint')} />
    return (
      <ul className="home-recent">
        {rows.map((row) => (
          <li key={row.key}>
            <time dateTime={row.entry.at}>{formatTime(row.entry.at)}</time>
            <div className="home-recent-what">
              <div className="cell-main">{row.entry.title === '' ? t('journal.noTitle') : row.entry.title}</div>
              <div className="cell-note">
                {t(`words.operation.${row.entry.kind}` as const)} · {row.entry.origin}
              </div>
            </div>
            <JournalResult row={row} />
          </li>
        ))}
      </ul>
    )
  }

  return (
    <Section title={t('home.recent.title')} extra={<Link to="/journal">{t('home.recent.all')}</Link>}>
      <div className="panel">{content()}</div>
    </Section>
  )
}
