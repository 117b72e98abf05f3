import { close, fdatasync, openSync } from 'node:fs'
import path from 'node:path'
import { createLogReserve } from './log-reserve.ts'
import { toStoreError } from './store-errors.ts'

/**
 * Brings what was written so far to the disk without blocking the event loop: fdatasync of SQLite's log in the thread
 * pool, one for everybody who waits. `synchronous = FULL` would do the same inside the INSERT; measured here it blocked
 * main for up to 32 ms, this never for more than the write itself.
 *
 * A separate descriptor is safe: SQLite keeps its POSIX locks on the database and the -shm file, not on the log.
 */
export interface GroupSync {
  /** Resolves when everything written before the call is on the disk; throws store.disk_full or store.read_only. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

export const createGroupSync = (logFile: string, pageSize: number): GroupSync => {
  // FlushFileBuffers on Windows wants a handle that may write.
  const descriptor = openSync(logFile, 'r+')
  const reserve = createLogReserve({ descriptor, folder: path.dirname(logFile), pageSize })
  reserve.keep()
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null

  const sync = () =>
    new Promise<void>((resolve, reject) => {
      reserve.keep()
      fdatasync(descriptor, (error) => (error === null ? resolve() : reject(toStoreError(error))))
    })

  const start = (): Promise<void> => {
    const own = sync().finally(() => {
      running = null
    })
    running = own
    return own
  }

  const flush = (): Promise<void> => {
    if (running === null) return start()
    // The running one may have begun before this caller's write: wait for the one after it, shared by all who came.
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null
        return start()
      })
    return next
  }

  return {
    flush,
    close: async () => {
      await (next ?? running)?.catch(() => undefined)
      await new Promise<void>((resolve) => close(descriptor, () => resolve()))
    },
  }
}
