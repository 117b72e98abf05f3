import type Database from 'better-sqlite3'
import * as z from 'zod'
import { AppError } from '#contract/errors.ts'
import { guarded, isForeignKey, toStoreError } from './store-errors.ts'

export interface StoredDocument {
  readonly id: string
  readonly grantId: string
  readonly name: string
  readonly size: number
  readonly sha256: string
  readonly createdAt: string
  readonly expiresAt: string
}

/** Register of the files in the private documents folder; the bytes are beside the database, never in it. */
export interface DocumentsStore {
  /** Throws grant.missing when the grant was revoked meanwhile. */
  readonly add: (document: StoredDocument) => void
  readonly get: (id: string) => StoredDocument | null
  readonly ofGrant: (grantId: string) => string[]
  readonly usage: (grantId: string) => { files: number; bytes: number }
  readonly expired: (before: string) => string[]
  readonly remove: (id: string) => void
  readonly clear: () => void
}

const rowSchema = z.object({
  id: z.string(),
  grant_id: z.string(),
  name: z.string(),
  size: z.number(),
  sha256: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
})
const ids = z.array(z.string())
const usageSchema = z.object({ files: z.number(), bytes: z.number() })

const toDocument = (row: unknown): StoredDocument => {
  const { grant_id, created_at, expires_at, ...rest } = rowSchema.parse(row)
  return { ...rest, grantId: grant_id, createdAt: created_at, expiresAt: expires_at }
}

export const createDocumentsStore = (db: Database.Database): DocumentsStore => {
  const insert = db.prepare(
    'INSERT INTO document (id, grant_id, name, size, sha256, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const selectOne = db.prepare('SELECT * FROM document WHERE id = ?')
  const sum = db.prepare('SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM document WHERE grant_id = ?')
  const selectExpired = db.prepare('SELECT id FROM document WHERE expires_at <= ?').pluck()
  const selectOfGrant = db.prepare('SELECT id FROM document WHERE grant_id = ?').pluck()
  const deleteOne = db.prepare('DELETE FROM document WHERE id = ?')
  const deleteAll = db.prepare('DELETE FROM document')

  return {
    add: ({ id, grantId, name, size, sha256, createdAt, expiresAt }) => {
      try {
        insert.run(id, grantId, name, size, sha256, createdAt, expiresAt)
      } catch (error) {
        if (isForeignKey(error)) throw new AppError('grant.missing', {}, { cause: error })
        throw toStoreError(error)
      }
    },
    get: (id) => {
      const row = guarded(() => selectOne.get(id))
      return row === undefined ? null : toDocument(row)
    },
    ofGrant: (grantId) => ids.parse(guarded(() => selectOfGrant.all(grantId))),
    usage: (grantId) => usageSchema.parse(guarded(() => sum.get(grantId))),
    expired: (before) => ids.parse(guarded(() => selectExpired.all(before))),
    remove: (id) => {
      guarded(() => deleteOne.run(id))
    },
    clear: () => {
      guarded(() => deleteAll.run())
    },
  }
}
