import type Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { guarded } from './store-errors.ts'

export interface UserDriver {
  readonly id: string
  readonly name: string
  readonly path: string
}

export interface DriversStore {
  readonly list: () => UserDriver[]
  /** The one already known when the path is. */
  readonly add: (driver: { name: string; path: string }) => UserDriver
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
    add: ({ name, path }) => {
      const known = list().find((driver) => driver.path === path)
      if (known !== undefined) return known
      const driver = { id: `user-${randomBytes(6).toString('hex')}`, name, path }
      guarded(() => insert.run(driver.id, name, path, now().toISOString()))
      return driver
    },
    remove: (id) => guarded(() => deleteOne.run(id)).changes > 0,
  }
}
