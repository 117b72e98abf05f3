import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

export interface CheckpointerPorts {
  readonly databaseFile: string
  /** `workers/checkpoint-worker.ts`, or its bundle. */
  readonly workerFile: string
  readonly failed: (error: unknown) => void
}

export interface CheckpointerTiming {
  readonly lookMs: number
  /** A log of this size is moved when nothing is being written. */
  readonly idleBytes: number
  readonly idleMs: number
  /** A log of this size is moved in any case. */
  readonly maxBytes: number
}

const TIMING: CheckpointerTiming = {
  lookMs: 10_000,
  idleBytes: 1024 * 1024,
  idleMs: 2_000,
  maxBytes: 64 * 1024 * 1024,
}

export interface Checkpointer {
  /** Looks now; resolves when a running move has ended. */
  readonly look: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Keeps the log short without ever moving it on main's thread. */
export const createCheckpointer = (
  ports: CheckpointerPorts,
  timing: Partial<CheckpointerTiming> = {},
): Checkpointer => {
  const { lookMs, idleBytes, idleMs, maxBytes } = { ...TIMING, ...timing }
  let running: Promise<void> | null = null

  const logFile = `${ports.databaseFile}-wal`
  /** The file keeps its size when it is begun anew: only one that has grown since is worth moving. */
  let movedSize = 0

  const isDue = (): boolean => {
    const log = statSync(logFile, { throwIfNoEntry: false })
    if (log === undefined || log.size === movedSize) return false
    return log.size >= maxBytes || (log.size >= idleBytes && Date.now() - Math.floor(log.mtimeMs) >= idleMs)
  }

  const move = () =>
    new Promise<void>((resolve) => {
      const worker = new Worker(ports.workerFile, { workerData: { file: ports.databaseFile } })
      worker.unref()
      worker.once('error', ports.failed)
      worker.once('exit', () => {
        movedSize = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
        running = null
        resolve()
      })
    })

  const look = (): Promise<void> => {
    if (running === null && isDue()) running = move()
    return running ?? Promise.resolve()
  }

  const timer = setInterval(() => void look(), lookMs)
  timer.unref()

  return {
    look,
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
