import type Database from 'better-sqlite3'
import * as z from 'zod'
import type { Seal } from '#contract/client.ts'
import { newId } from '../ids.ts'
import { guarded } from './store-errors.ts'

export interface SealPicture {
  readonly mediaType: 'image/png' | 'image/jpeg'
  readonly bytes: Uint8Array
}

export interface SealsStore {
  readonly list: () => Seal[]
  readonly get: (id: string) => Seal | null
  readonly picture: (id: string) => SealPicture | null
  readonly add: (seal: Omit<Seal, 'id' | 'createdAt'>, bytes: Uint8Array) => Seal
  readonly remove: (id: string) => boolean
}

const rowSchema = z.object({
  id: z.string(),
  name: z.string(),
  width_mm: z.number(),
  height_mm: z.number(),
  media_type: z.enum(['image/png', 'image/jpeg']),
  created_at: z.string(),
})
const pictureSchema = z.object({ media_type: z.enum(['image/png', 'image/jpeg']), picture: z.instanceof(Uint8Array) })

const toSeal = (row: unknown): Seal => {
  const { id, name, width_mm, height_mm, media_type, created_at } = rowSchema.parse(row)
  return { id, name, widthMm: width_mm, heightMm: height_mm, mediaType: media_type, createdAt: created_at }
}

const COLUMNS = 'id, name, width_mm, height_mm, media_type, created_at'

export const createSealsStore = (db: Database.Database, now: () => Date): SealsStore => {
  const selectAll = db.prepare(`SELECT ${COLUMNS} FROM seal ORDER BY created_at, rowid`)
  const selectOne = db.prepare(`SELECT ${COLUMNS} FROM seal WHERE id = ?`)
  const selectPicture = db.prepare('SELECT media_type, picture FROM seal WHERE id = ?')
  const insert = db.prepare(`INSERT INTO seal (${COLUMNS}, picture) VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const deleteOne = db.prepare('DELETE FROM seal WHERE id = ?')

  return {
    list: () => guarded(() => selectAll.all()).map(toSeal),
    get: (id) => {
      const row = guarded(() => selectOne.get(id))
      return row === undefined ? null : toSeal(row)
    },
    picture: (id) => {
      const row = guarded(() => selectPicture.get(id))
      if (row === undefined) return null
      const { media_type, picture } = pictureSchema.parse(row)
      return { mediaType: media_type, bytes: picture }
    },
    add: (seal, bytes) => {
      const added: Seal = {
        ...seal,
        id: newId('seal'),
        createdAt: now().toISOString(),
      }
      guarded(() =>
        insert.run(
          added.id,
          added.name,
          added.widthMm,
          added.heightMm,
          added.mediaType,
          added.createdAt,
          Buffer.from(bytes),
        ),
      )
      return added
    },
    remove: (id) => guarded(() => deleteOne.run(id)).changes > 0,
  }
}
