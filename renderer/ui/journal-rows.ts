import type { JournalEntry } from '#contract/client.ts'

/** One use of a certificate: what was meant and what came of it. */
export interface JournalRow {
  readonly key: string
  /** The entry whose facts are shown: the intent, or the outcome while the intent has not been read yet. */
  readonly entry: JournalEntry
  readonly intent: JournalEntry | null
  readonly outcome: JournalEntry | null
  readonly result: 'ok' | 'failed' | 'cancelled' | 'open'
}

const resultOf = (outcome: JournalEntry | null): JournalRow['result'] => {
  if (!outcome) return 'open'
  if (outcome.outcome === 'ok') return 'ok'
  return outcome.outcome.startsWith('operation.cancelled') ? 'cancelled' : 'failed'
}

const subjectOf = (entry: JournalEntry) => `${entry.operationId} ${entry.digest} ${entry.title}`

/**
 * Joins intents with their outcomes, newest first. An operation may sign several documents, even the same one twice:
 * outcomes go to the intents of the same subject in order. Entries may come in any order and need not be complete.
 */
export const joinJournal = (entries: readonly JournalEntry[]): readonly JournalRow[] => {
  const rows: { intent: JournalEntry | null; outcome: JournalEntry | null; entry: JournalEntry }[] = []
  const open = new Map<string, (typeof rows)[number][]>()
  for (const entry of entries.toSorted((a, b) => a.seq - b.seq)) {
    const subject = subjectOf(entry)
    if (entry.entry === 'intent') {
      const row = { intent: entry, outcome: null, entry }
      rows.push(row)
      open.set(subject, [...(open.get(subject) ?? []), row])
      continue
    }
    const row = open.get(subject)?.shift()
    if (row) row.outcome = entry
    else rows.push({ intent: null, outcome: entry, entry })
  }
  return rows.reverse().map((row) => ({ ...row, key: String(row.entry.seq), result: resultOf(row.outcome) }))
}
