import type Database from 'better-sqlite3'
import { hash } from 'node:crypto'
import * as z from 'zod'
import { journalEntrySchema, type JournalEntry } from '#contract/client.ts'
import { operationKindSchema } from '#contract/operations.ts'
import { guarded } from './store-errors.ts'

export type NewJournalEntry = Omit<JournalEntry, 'seq' | 'at' | 'hash'>

export interface JournalVerdict {
  readonly isIntact: boolean
  readonly entries: number
  /** Sequence number of the first entry that does not fit. */
  readonly brokenAt: number | null
}

/** The append-only, hash-chained record of what keys were used for (R17). */
export interface JournalStore {
  /** Written when it returns; on disk after `flush`. */
  readonly append: (entry: NewJournalEntry) => JournalEntry
  /** Newest first. */
  readonly list: (before: number | null, limit: number) => JournalEntry[]
  readonly verify: () => Promise<JournalVerdict>
  /** Oldest first, in pieces. */
  readonly readAll: () => Generator<JournalEntry[]>
  readonly count: () => number
}

const rowSchema = z.object({
  seq: z.number(),
  at: z.string(),
  operation_id: z.string(),
  kind: operationKindSchema,
  entry: z.enum(['intent', 'outcome']),
  origin: z.string(),
  system_code: z.string(),
  certificate_serial: z.string(),
  digest: z.string(),
  title: z.string(),
  outcome: z.string(),
  hash: z.string(),
})

const toEntry = (row: unknown): JournalEntry => {
  const { operation_id, system_code, certificate_serial, ...rest } = rowSchema.parse(row)
  return { ...rest, operationId: operation_id, systemCode: system_code, certificateSerial: certificate_serial }
}

/** Hash of nothing: what the first entry follows. */
const START = '0'.repeat(64)
const PIECE = 500

/**
 * SHA-256 over the previous hash and the entry as a JSON array in fixed order. An array of strings and one integer has
 * exactly one JSON text, so that anyone can compute the chain again from an export.
 */
export const journalHash = (previous: string, entry: Omit<JournalEntry, 'hash'>): string =>
  hash(
    'sha256',
    JSON.stringify([
      previous,
      entry.seq,
      entry.at,
      entry.operationId,
      entry.kind,
      entry.entry,
      entry.origin,
      entry.systemCode,
      entry.certificateSerial,
      entry.digest,
      entry.title,
      entry.outcome,
    ]),
  )

/** First entry of the piece that does not follow from what stands before it. */
const firstBreak = (entries: readonly JournalEntry[], before: { seq: number; hash: string }): number | null => {
  let previous = before
  for (const entry of entries) {
    if (entry.seq !== previous.seq + 1 || entry.hash !== journalHash(previous.hash, entry)) return previous.seq + 1
    previous = entry
  }
  return null
}

export const createJournalStore = (db: Database.Database, now: () => Date): JournalStore => {
  const insert = db.prepare(
    `INSERT INTO journal (seq, at, operation_id, kind, entry, origin, system_code, certificate_serial, digest, title,
     outcome, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const newest = db.prepare('SELECT * FROM journal WHERE seq < ? ORDER BY seq DESC LIMIT ?')
  const oldest = db.prepare('SELECT * FROM journal WHERE seq > ? ORDER BY seq LIMIT ?')
  const countAll = db.prepare('SELECT count(*) FROM journal').pluck()

  const [last] = newest.all(Number.MAX_SAFE_INTEGER, 1).map(toEntry)
  let tail = { seq: last?.seq ?? 0, hash: last?.hash ?? START }

  function* readAll(): Generator<JournalEntry[]> {
    for (let seq = 0; ;) {
      const piece = guarded(() => oldest.all(seq, PIECE)).map(toEntry)
      const end = piece.at(-1)
      if (end === undefined) return
      yield piece
      seq = end.seq
    }
  }

  return {
    append: (entry) => {
      const unhashed = { ...entry, seq: tail.seq + 1, at: now().toISOString() }
      const ownHash = journalHash(tail.hash, unhashed)
      guarded(() =>
        insert.run(
          unhashed.seq,
          unhashed.at,
          entry.operationId,
          entry.kind,
          entry.entry,
          entry.origin,
          entry.systemCode,
          entry.certificateSerial,
          entry.digest,
          entry.title,
          entry.outcome,
          ownHash,
        ),
      )
      tail = { seq: unhashed.seq, hash: ownHash }
      return { ...unhashed, hash: ownHash }
    },
    list: (before, limit) => guarded(() => newest.all(before ?? Number.MAX_SAFE_INTEGER, limit)).map(toEntry),
    verify: async () => {
      let previous = { seq: 0, hash: START }
      for (const piece of readAll()) {
        const brokenAt = firstBreak(piece, previous)
        if (brokenAt !== null) return { isIntact: false, entries: Number(countAll.get()), brokenAt }
        previous = piece.at(-1) ?? previous
        // A long journal must not hold up the event loop.
        await new Promise((resolve) => setImmediate(resolve))
      }
      // Of what this run has written nothing may be missing at the end, where no later hash would tell.
      const isWhole = previous.seq === tail.seq && previous.hash === tail.hash
      return { isIntact: isWhole, entries: previous.seq, brokenAt: isWhole ? null : previous.seq + 1 }
    },
    readAll,
    count: () => Number(countAll.get()),
  }
}

/** One entry as a line of the export. */
export const toJournalLine = (entry: JournalEntry): string => `${JSON.stringify(journalEntrySchema.parse(entry))}\n`
