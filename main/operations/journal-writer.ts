import type { ErrorCode } from '#contract/errors.ts'
import type { JournalStore, NewJournalEntry } from '../store/journal.store.ts'

/** Intent before the key is used, outcome after (R17). */
export interface JournalWriter {
  /** Written when it returns; resolves when it is on the disk. */
  readonly intent: (entry: JournalSubject) => Promise<void>
  readonly outcome: (entry: JournalSubject, outcome: 'ok' | ErrorCode) => void
}

export type JournalSubject = Omit<NewJournalEntry, 'entry' | 'outcome'>

export interface JournalWriterPorts {
  readonly journal: Pick<JournalStore, 'append'>
  readonly flush: () => Promise<void>
  readonly changed: () => void
}

export const createJournalWriter = ({ journal, flush, changed }: JournalWriterPorts): JournalWriter => ({
  intent: (entry) => {
    journal.append({ ...entry, entry: 'intent', outcome: '' })
    // In the next microtask: the request to the key that is made in this one goes out first.
    return Promise.resolve().then(flush)
  },
  outcome: (entry, outcome) => {
    journal.append({ ...entry, entry: 'outcome', outcome })
    changed()
  },
})
