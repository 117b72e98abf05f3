import type Database from 'better-sqlite3'
import * as z from 'zod'
import type { Platform } from '#contract/client.ts'
import { readJson } from './json-column.ts'
import { guarded } from './store-errors.ts'

export interface PlatformsStore {
  readonly list: () => Platform[]
  /** The platform of this code when the origin is registered for it, else null. */
  readonly registered: (systemCode: string, origin: string) => Platform | null
  /** All there are from now on: one that the configuration no longer names is registered no longer. */
  readonly replace: (platforms: readonly Platform[]) => void
}

const rowSchema = z.object({ system_code: z.string(), name: z.string(), origins: z.string() })

const toPlatform = (row: unknown): Platform => {
  const { system_code, name, origins } = rowSchema.parse(row)
  return { systemCode: system_code, name, origins: readJson(z.array(z.string()), origins) }
}

export const createPlatformsStore = (db: Database.Database): PlatformsStore => {
  const selectAll = db.prepare('SELECT system_code, name, origins FROM platform ORDER BY system_code')
  const selectOne = db.prepare('SELECT system_code, name, origins FROM platform WHERE system_code = ?')
  const deleteAll = db.prepare('DELETE FROM platform')
  const insert = db.prepare('INSERT OR REPLACE INTO platform (system_code, name, origins) VALUES (?, ?, ?)')

  return {
    list: () => guarded(() => selectAll.all()).map(toPlatform),
    registered: (systemCode, origin) => {
      const row = guarded(() => selectOne.get(systemCode))
      if (row === undefined) return null
      const platform = toPlatform(row)
      return platform.origins.includes(origin) ? platform : null
    },
    replace: (platforms) => {
      guarded(() =>
        db.transaction(() => {
          deleteAll.run()
          for (const { systemCode, name, origins } of platforms) insert.run(systemCode, name, JSON.stringify(origins))
        })(),
      )
    },
  }
}
