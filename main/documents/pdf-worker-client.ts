import type { BridgeLog } from '#bridge/ports.ts'
import type { WorkerCall } from '../workers/protocol.ts'
import type { PdfService } from './pdf-service.ts'
import { callLimits, createWorkerThread } from './worker-thread.ts'

export interface PdfServiceOptions {
  /** The bundle, or the source file where Node runs the sources. */
  readonly workerFile: string
  /** DER of known certification authorities, for `verify`. */
  readonly authorities: readonly Uint8Array[]
  readonly log: BridgeLog
  readonly limits?: Partial<Record<WorkerCall, number>>
}

/**
 * PDF work in worker threads, so that main's event loop never waits for a document. Signing has a thread of its own: what
 * a document does to a thread that only reads must not cost a signature whose key was used already.
 */
export const createPdfService = ({ workerFile, authorities, log, limits = {} }: PdfServiceOptions): PdfService => {
  const options = { workerFile, log, limits: { ...callLimits, ...limits } }
  const reading = createWorkerThread(options)
  const signing = createWorkerThread(options)

  return {
    inspect: (file, pages) => reading.call('inspect', { file, pages }),
    sign: (job, sign, signal) => signing.call('sign', job, sign, signal),
    verify: (file) => reading.call('verify', { file, authorities }),
    measureSeal: (bytes) => reading.call('measureSeal', { bytes }),
    close: async () => {
      await Promise.all([reading.close(), signing.close()])
    },
  }
}
