import { workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import * as z from 'zod'

/**
 * Moves SQLite's log into the database (sqlite.org/wal.html#ckpt) in a thread of its own and ends: the three syncs of a
 * checkpoint take tens of milliseconds on a busy disk, which main's event loop has no time for.
 */
const { file } = z.object({ file: z.string() }).parse(workerData)
const db = new Database(file, { fileMustExist: true })
db.pragma('synchronous = NORMAL')
db.pragma('wal_checkpoint(PASSIVE)')
// The next writer begins the log anew and has to sync its header: better this thread than main. The value stays the same.
db.pragma(`user_version = ${String(db.pragma('user_version', { simple: true }))}`)
db.close()
