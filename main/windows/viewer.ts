import { AppError } from '#contract/errors.ts'
import type { CallInput, EventName, EventPayload } from '#contract/ipc.ts'
import type { BridgeLog } from '#bridge/ports.ts'

/** The hidden, sandboxed window that parses PDFs for display; it gets byte ranges and gives pictures. */
export interface ViewerSurface {
  /** Makes the window; `viewer.ready` follows. */
  readonly open: () => void
  readonly send: <Name extends Extract<EventName, `viewer.${string}`>>(name: Name, payload: EventPayload<Name>) => void
  /** Ends its process: one that hangs does not hear a wish. */
  readonly destroy: () => void
}

export interface ViewerPorts {
  readonly surface: ViewerSurface
  readonly sizeOf: (documentId: string) => number
  readonly read: (documentId: string, offset: number, length: number) => Promise<Uint8Array>
  readonly log: BridgeLog
}

export interface RenderedPage {
  readonly png: Uint8Array
  readonly widthMm: number
  readonly heightMm: number
}

export interface Viewer {
  /** Throws document.damaged when the page cannot be drawn, operation.failed when the viewer gave no answer. */
  readonly render: (documentId: string, page: number, width: number) => Promise<RenderedPage>
  readonly read: (documentId: string, offset: number, length: number) => Promise<Uint8Array>
  readonly ready: () => void
  readonly answer: (requestId: number, result: CallInput<'viewer.answer'>['result']) => void
  /** The window is gone by itself. */
  readonly crashed: () => void
  /** Ends its process: the next question's documents meet a fresh one. What was asked for fails. */
  readonly close: () => void
}

export interface ViewerLimits {
  readonly answerMs: number
  readonly maxPictureBytes: number
  readonly maxWaiting: number
}

interface Job {
  readonly documentId: string
  readonly page: number
  readonly width: number
  readonly resolve: (page: RenderedPage) => void
  readonly reject: (error: AppError) => void
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const isPng = (bytes: Uint8Array): boolean => PNG_SIGNATURE.every((byte, index) => bytes[index] === byte)

/**
 * One page at a time, in the order asked; a time limit each; started when first needed, thrown away when it hangs or
 * crashes. It can read only the document it is drawing.
 */
export const createViewer = (
  { surface, sizeOf, read, log }: ViewerPorts,
  limits: ViewerLimits = { answerMs: 20_000, maxPictureBytes: 32 * 1024 * 1024, maxWaiting: 64 },
): Viewer => {
  const waiting: Job[] = []
  let running: (Job & { readonly requestId: number; readonly timer: NodeJS.Timeout }) | null = null
  let state: 'closed' | 'opening' | 'ready' = 'closed'
  let lastRequest = 0

  const settle = (outcome: { page: RenderedPage } | { error: AppError }) => {
    if (running === null) return
    const job = running
    running = null
    clearTimeout(job.timer)
    if ('page' in outcome) job.resolve(outcome.page)
    else job.reject(outcome.error)
  }

  const restart = (reason: string) => {
    log.warn({ reason, page: running?.page }, 'the viewer is started anew')
    surface.destroy()
    state = 'closed'
    settle({ error: new AppError('operation.failed', { reason }) })
    next()
  }

  const next = () => {
    if (running !== null) return
    const job = waiting.shift()
    if (job === undefined) return
    lastRequest += 1
    const requestId = lastRequest
    running = { ...job, requestId, timer: setTimeout(() => restart('viewer_timeout'), limits.answerMs) }
    if (state === 'ready') send()
    else if (state === 'closed') {
      state = 'opening'
      surface.open()
    }
  }

  const send = () => {
    if (running === null) return
    const { requestId, documentId, page, width } = running
    try {
      surface.send('viewer.render', { requestId, documentId, size: sizeOf(documentId), page, width })
    } catch (error) {
      settle({ error: error instanceof AppError ? error : new AppError('operation.failed', {}, { cause: error }) })
      next()
    }
  }

  return {
    render: (documentId, page, width) =>
      new Promise<RenderedPage>((resolve, reject) => {
        if (waiting.length >= limits.maxWaiting) throw new AppError('request.too_many')
        waiting.push({ documentId, page, width, resolve, reject })
        next()
      }),
    read: async (documentId, offset, length) => {
      if (running?.documentId !== documentId) throw new AppError('program.forbidden')
      return read(documentId, offset, length)
    },
    ready: () => {
      state = 'ready'
      send()
    },
    answer: (requestId, result) => {
      // An answer that comes after its limit belongs to nobody.
      if (running?.requestId !== requestId) return
      if (!result.ok) {
        log.warn({ reason: result.reason.slice(0, 200) }, 'a page could not be drawn')
        settle({ error: new AppError('document.damaged', { reason: 'not_drawn' }) })
      } else if (result.png.length > limits.maxPictureBytes || !isPng(result.png)) {
        settle({ error: new AppError('operation.failed', { reason: 'picture' }) })
      } else {
        settle({ page: { png: result.png, widthMm: result.widthMm, heightMm: result.heightMm } })
      }
      next()
    },
    crashed: () => {
      if (state !== 'closed') restart('viewer_crashed')
    },
    close: () => {
      const gone = () => new AppError('operation.cancelled_by_caller')
      if (state !== 'closed') surface.destroy()
      state = 'closed'
      settle({ error: gone() })
      for (const job of waiting.splice(0)) job.reject(gone())
    },
  }
}
