import { Worker } from 'node:worker_threads'
import type { BridgeLog } from '#bridge/ports.ts'
import { AppError, toErrorData } from '#contract/errors.ts'
import type { FromWorker, ToWorker, WorkerCall, WorkerCalls } from '../workers/protocol.ts'
import type { PdfService } from './pdf-service.ts'

export interface PdfServiceOptions {
  /** The bundle, or the source file where Node runs the sources. */
  readonly workerFile: string
  /** DER of known certification authorities, for `verify`. */
  readonly authorities: readonly Uint8Array[]
  readonly log: BridgeLog
  readonly limits?: Partial<Record<WorkerCall, number>>
}

type Signer = (digest: Uint8Array) => Promise<Uint8Array>

interface Pending {
  readonly resolve: (output: unknown) => void
  readonly reject: (error: AppError) => void
  readonly timer: NodeJS.Timeout
  readonly sign: Signer | null
}

const LIMITS: Readonly<Record<WorkerCall, number>> = {
  inspect: 30_000,
  verify: 180_000,
  measureSeal: 20_000,
  // Copying 512 MiB on a slow disk; the key has its own, shorter limits.
  sign: 600_000,
}

/** A document that needs more than this is a bomb, not a document. */
const MAX_HEAP_MB = 1024

/**
 * PDF work in a worker thread, so that main's event loop never waits for a document. A call that takes too long, or a
 * document that exhausts the thread's memory, costs the thread and whatever it was doing, never the program.
 */
export const createPdfService = ({ workerFile, authorities, log, limits = {} }: PdfServiceOptions): PdfService => {
  const pending = new Map<number, Pending>()
  let worker: Worker | null = null
  let lastId = 0

  const settle = (id: number): Pending | undefined => {
    const call = pending.get(id)
    pending.delete(id)
    clearTimeout(call?.timer)
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
    if (reason !== 'closed') log.warn({ reason, cause }, 'the document worker ended')
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

  const call = <Call extends WorkerCall>(
    kind: Call,
    input: WorkerCalls[Call]['input'],
    sign: Signer | null = null,
    signal?: AbortSignal,
  ): Promise<WorkerCalls[Call]['output']> => {
    signal?.throwIfAborted()
    const to = worker ?? start()
    lastId += 1
    const id = lastId
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        lose(to, 'worker_timeout')
        void to.terminate()
      }, limits[kind] ?? LIMITS[kind])
      pending.set(id, { resolve, reject, timer, sign })
      to.ref()
      to.postMessage({ kind, id, input })
    }) as Promise<WorkerCalls[Call]['output']>
  }

  return {
    inspect: (file, pages) => call('inspect', { file, pages }),
    sign: (job, sign, signal) => call('sign', job, sign, signal),
    verify: (file) => call('verify', { file, authorities }),
    measureSeal: (bytes) => call('measureSeal', { bytes }),
    close: async () => {
      const leaving = worker
      if (leaving === null) return
      lose(leaving, 'closed')
      await leaving.terminate()
    },
  }
}
