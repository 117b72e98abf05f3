import { useTranslation } from 'react-i18next'
import { errorText } from '../locales/error-text.ts'
import type { JournalRow } from './journal-rows.ts'
import { StateText } from './state-text.tsx'

const tones = { ok: 'good', failed: 'danger', cancelled: 'neutral', open: 'warning' } as const

/** The result in a word, and for a failure its sentence. */
export const JournalResult = ({ row }: { readonly row: JournalRow }) => {
  const { t, i18n } = useTranslation()
  return (
    <div>
      <StateText tone={tones[row.result]}>{t(`journal.outcome.${row.result}` as const)}</StateText>
      {row.result === 'failed' && row.outcome && (
        <div className="cell-note">{errorText(row.outcome.outcome, i18n.language).what}</div>
      )}
    </div>
  )
}
