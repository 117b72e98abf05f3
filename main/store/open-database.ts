import Database from 'better-sqlite3'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '#contract/errors.ts'
import { migrations as released } from './migrations.ts'
import { isDamaged, toStoreError } from './store-errors.ts'

export interface OpenedDatabase {
  readonly db: Database.Database
  readonly file: string
  /** Set when the old file was damaged and moved aside: where it is now. */
  readonly movedAside: string | null
}

export interface OpenDatabaseOptions {
  readonly directory: string
  readonly now: () => Date
  readonly migrations?: readonly string[]
}

const FILE_NAME = 'client.db'

const stamp = (now: Date): string => now.toISOString().replaceAll(/[:.]/g, '-')

const versionOf = (db: Database.Database): number => Number(db.pragma('user_version', { simple: true }))

const isSound = (db: Database.Database): boolean => db.pragma('quick_check(1)', { simple: true }) === 'ok'

/** For this user alone; SQLite gives its log files the same mode. */
const makePrivate = (file: string) => {
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

/** Throws `store.newer` before anything was written to the file. */
const openSound = (file: string, latest: number): Database.Database | 'damaged' => {
  let db: Database.Database | null = null
  try {
    makePrivate(file)
    db = new Database(file)
    const version = versionOf(db)
    if (version > latest) throw new AppError('store.newer', { found: version, known: latest })
    if (version > 0 && !isSound(db)) {
      db.close()
      return 'damaged'
    }
    // WAL: readers never wait. NORMAL: what must survive a power cut is synced by itself (group-sync.ts).
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    return db
  } catch (error) {
    db?.close()
    if (isDamaged(error)) return 'damaged'
    throw toStoreError(error)
  }
}

/**
 * Nothing is deleted: the damaged file and its log files get a time stamp in their names. The database comes last: while
 * it is there, the next start finds it damaged again and goes on; a log without its database SQLite would delete.
 */
export const moveAside = (file: string, now: Date): string => {
  const target = file.replace(/\.db$/, `.damaged-${stamp(now)}.db`)
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix)
  }
  return target
}

const migrate = (db: Database.Database, file: string, steps: readonly string[], now: Date) => {
  const from = versionOf(db)
  if (from === steps.length) return
  if (from > 0) {
    // VACUUM INTO takes what is still in the WAL along; a plain file copy would not.
    const backup = file.replace(/\.db$/, `.before-${String(steps.length).padStart(4, '0')}-${stamp(now)}.db`)
    db.prepare('VACUUM INTO ?').run(backup)
  }
  for (const [index, step] of steps.entries()) {
    if (index < from) continue
    db.transaction(() => {
      db.exec(step)
      db.pragma(`user_version = ${index + 1}`)
    })()
  }
}

/** Throws `store.newer`, `store.read_only` or `store.disk_full`. */
export const openDatabase = ({ directory, now, migrations = released }: OpenDatabaseOptions): OpenedDatabase => {
  const file = path.join(directory, FILE_NAME)
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    let movedAside: string | null = null
    let db = openSound(file, migrations.length)
    if (db === 'damaged') {
      movedAside = moveAside(file, now())
      db = openSound(file, migrations.length)
    }
    if (db === 'damaged') throw new AppError('store.corrupt')
    try {
      migrate(db, file, migrations, now())
    } catch (error) {
      db.close()
      throw error
    }
    return { db, file, movedAside }
  } catch (error) {
    throw toStoreError(error)
  }
}
