import type { JournalRow } from '../../ui/journal-rows.ts'

export const resultFilters = ['all', 'ok', 'problem'] as const
export type ResultFilter = (typeof resultFilters)[number]

export const toResultFilter = (text: string): ResultFilter => resultFilters.find((filter) => filter === text) ?? 'all'

export const filterJournal = (
  rows: readonly JournalRow[],
  filter: ResultFilter,
  search: string,
): readonly JournalRow[] => {
  const wanted = search.trim().toLowerCase()
  const serialWanted = wanted.replaceAll(' ', '')
  return rows
    .filter((row) => filter === 'all' || (filter === 'ok') === (row.result === 'ok'))
    .filter(
      ({ entry }) =>
        wanted === '' ||
        [entry.title, entry.origin, entry.systemCode].some((text) => text.toLowerCase().includes(wanted)) ||
        entry.certificateSerial.toLowerCase().includes(serialWanted),
    )
}
