import type Database from 'better-sqlite3'
import * as z from 'zod'
import { guarded } from './store-errors.ts'

export interface UserDriver {
  readonly id: string
  readonly name: string
  readonly path: string
}

export interface DriversStore {
  readonly list: () => UserDriver[]
  /** Does nothing when the path is known. */
  readonly add: (driver: UserDriver) => void
  readonly remove: (id: string) => boolean
}

const rowSchema = z.object({ id: z.string(), name: z.string(), path: z.string() })

export const createDriversStore = (db: Database.Database, now: () => Date): DriversStore => {
  const selectAll = db.prepare('SELECT id, name, path FROM user_driver ORDER BY created_at, rowid')
  const insert = db.prepare('INSERT INTO user_driver (id, name, path, created_at) VALUES (?, ?, ?, ?)')
  const deleteOne = db.prepare('DELETE FROM user_driver WHERE id = ?')

  const list = () => z.array(rowSchema).parse(guarded(() => selectAll.all()))

  return {
    list,
    add: ({ id, name, path }) => {
      if (list().some((driver) => driver.path === path)) return
      guarded(() => insert.run(id, name, path, now().toISOString()))
    },
    remove: (id) => guarded(() => deleteOne.run(id)).changes > 0,
  }
}
