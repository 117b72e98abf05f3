import { Worker } from 'node:worker_threads'
import type { BridgeLog } from '#bridge/ports.ts'
import { AppError, toAppError, toErrorData } from '#contract/errors.ts'
import type { FromWorker, ToWorker, WorkerCall, WorkerCalls } from '../workers/protocol.ts'

export interface WorkerThreadOptions {
  /** The bundle, or the source file where Node runs the sources. */
  readonly workerFile: string
  readonly log: BridgeLog
  /** Of one call, milliseconds. */
  readonly limits: Readonly<Record<WorkerCall, number>>
}

/** A file of 512 MiB on a slow disk; the key has its own, shorter limits. */
const LARGE_FILE = 600_000

export const callLimits: Readonly<Record<WorkerCall, number>> = {
  inspect: 30_000,
  verify: 180_000,
  measureSeal: 20_000,
  sign: LARGE_FILE,
  // Several GB, each of them read three times.
  encryptBid: 6 * LARGE_FILE,
  decryptBid: 6 * LARGE_FILE,
}

export type Signer = (digest: Uint8Array) => Promise<Uint8Array>

export interface WorkerThread {
  readonly call: <Call extends WorkerCall>(
    kind: Call,
    input: WorkerCalls[Call]['input'],
    sign?: Signer,
    signal?: AbortSignal,
  ) => Promise<WorkerCalls[Call]['output']>
  readonly close: () => Promise<void>
}

interface Pending {
  readonly resolve: (output: unknown) => void
  readonly reject: (error: AppError) => void
  readonly sign: Signer | null
  /** Clears its clock and leaves its signal. */
  readonly forget: () => void
}

/** A document that needs more than this is a bomb, not a document. */
const MAX_HEAP_MB = 1024

/**
 * One thread, started when first needed. A call that takes too long, or a document that exhausts the thread's memory,
 * costs the thread and whatever it was doing, never the program.
 */
export const createWorkerThread = ({ workerFile, log, limits }: WorkerThreadOptions): WorkerThread => {
  const pending = new Map<number, Pending>()
  let worker: Worker | null = null
  let lastId = 0

  const settle = (id: number): Pending | undefined => {
    const call = pending.get(id)
    pending.delete(id)
    call?.forget()
    if (pending.size === 0) worker?.unref()
    return call
  }

  const answerSign = async (to: Worker, id: number, digest: Uint8Array) => {
    try {
      const sign = pending.get(id)?.sign ?? null
      if (sign === null) throw new AppError('operation.cancelled_by_caller')
      to.postMessage({ kind: 'signature', id, signature: await sign(digest) } satisfies ToWorker)
    } catch (error) {
      to.postMessage({ kind: 'refused', id, error: toErrorData(error) } satisfies ToWorker)
    }
  }

  const receive = (from: Worker, message: FromWorker) => {
    if (message.kind === 'sign') {
      void answerSign(from, message.id, message.digest)
      return
    }
    const call = settle(message.id)
    if (message.kind === 'done') call?.resolve(message.output)
    else call?.reject(new AppError(message.error.code, message.error.details, { cause: message.cause }))
  }

  /** Everything the thread was doing ends with it. */
  const lose = (lost: Worker, reason: string, cause?: unknown) => {
    if (worker !== lost) return
    worker = null
    if (reason !== 'closed') log.warn({ reason, cause }, 'a document worker ended')
    for (const id of [...pending.keys()]) {
      settle(id)?.reject(new AppError('operation.failed', { reason }, { cause }))
    }
  }

  const start = (): Worker => {
    const started = new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } })
    started.on('message', (message: FromWorker) => receive(started, message))
    started.on('error', (error) => lose(started, 'worker_crashed', error))
    started.on('exit', () => lose(started, 'worker_ended'))
    worker = started
    return started
  }

  return {
    call: async (kind, input, sign, signal) => {
      signal?.throwIfAborted()
      const to = worker ?? start()
      lastId += 1
      const id = lastId
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      // Told at once, so that the key is given back; the thread stops when it hears of it.
      const abort = () => {
        settle(id)?.reject(toAppError(signal?.reason))
        to.postMessage({ kind: 'abort', id } satisfies ToWorker)
      }
      const timer = setTimeout(() => {
        lose(to, 'worker_timeout')
        void to.terminate()
      }, limits[kind])
      const forget = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      }
      signal?.addEventListener('abort', abort, { once: true })
      pending.set(id, { resolve, reject, sign: sign ?? null, forget })
      to.ref()
      to.postMessage({ kind, id, input })
      return promise as Promise<WorkerCalls[typeof kind]['output']>
    },
    close: async () => {
      const leaving = worker
      if (leaving === null) return
      lose(leaving, 'closed')
      await leaving.terminate()
    },
  }
}
