import { AppError } from '#contract/errors.ts'
import type { BridgeLimits } from '../options.ts'
import type { BridgePorts } from '../ports.ts'

interface Entry {
  readonly origin: string
  watchers: number
  timer: NodeJS.Timeout | null
}

/**
 * When the page goes away the consent window closes. An operation that waits for the person is attended while
 * somebody holds a request or an event stream on it, or asks for its state often enough; otherwise it is cancelled.
 */
export const createAttendance = (
  operations: Pick<BridgePorts['operations'], 'get' | 'cancel'>,
  { pollGraceMs, watcherGraceMs }: Pick<BridgeLimits, 'pollGraceMs' | 'watcherGraceMs'>,
) => {
  const entries = new Map<string, Entry>()

  const stop = (entry: Entry) => {
    if (entry.timer !== null) clearTimeout(entry.timer)
    entry.timer = null
  }

  const forget = (id: string) => {
    const entry = entries.get(id)
    if (entry !== undefined) stop(entry)
    entries.delete(id)
  }

  const expect = (id: string, entry: Entry, graceMs: number) => {
    stop(entry)
    entry.timer = setTimeout(() => expire(id, entry), graceMs)
    entry.timer.unref()
  }

  const expire = (id: string, entry: Entry) => {
    try {
      const { state } = operations.get(id, entry.origin)
      if (state === 'working') {
        expect(id, entry, watcherGraceMs)
        return
      }
      if (state === 'waiting') operations.cancel(id, entry.origin, 'caller_gone')
    } catch (error) {
      // Gone by itself in the meantime: what was to be reached.
      if (!(error instanceof AppError && error.code === 'operation.not_found')) throw error
    }
    forget(id)
  }

  const entryOf = (id: string, origin: string): Entry => {
    const known = entries.get(id)
    if (known !== undefined) return known
    const entry: Entry = { origin, watchers: 0, timer: null }
    entries.set(id, entry)
    return entry
  }

  return {
    /** Started without being held, or asked for: somebody is there for another while. */
    seen: (id: string, origin: string): void => {
      const entry = entryOf(id, origin)
      if (entry.watchers === 0) expect(id, entry, pollGraceMs)
    },
    /** An event stream began; call the result when it ends. */
    watch: (id: string, origin: string): (() => void) => {
      const entry = entryOf(id, origin)
      stop(entry)
      entry.watchers += 1
      return () => {
        entry.watchers -= 1
        if (entry.watchers === 0 && entries.has(id)) expect(id, entry, watcherGraceMs)
      }
    },
    forget,
    close: (): void => {
      for (const id of [...entries.keys()]) forget(id)
    },
  }
}

export type Attendance = ReturnType<typeof createAttendance>
