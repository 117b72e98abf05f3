import { AppError } from '#contract/errors.ts'
import type { BridgeLimits } from '../options.ts'
import type { Exchange } from './exchange.ts'

/** A reader that takes nothing while this much waits is cut. */
const maxBacklog = 256 * 1024

export interface EventStream {
  readonly send: (event: string, data: unknown) => void
  readonly close: () => void
}

/** `text/event-stream` (HTML §9.2), read through fetch; counted per origin; a comment as heartbeat. */
export const createEventStreams = ({ heartbeatMs, maxEventStreamsPerOrigin }: BridgeLimits) => {
  const perOrigin = new Map<string, number>()

  const release = (origin: string) => {
    const left = (perOrigin.get(origin) ?? 1) - 1
    if (left > 0) perOrigin.set(origin, left)
    else perOrigin.delete(origin)
  }

  return {
    /** `onGone` runs once, when the stream has ended from either side. */
    open: (res: Exchange, origin: string, onGone: () => void): EventStream => {
      const count = perOrigin.get(origin) ?? 0
      if (count >= maxEventStreamsPerOrigin) throw new AppError('request.too_many', { limit: 'event_streams' })
      perOrigin.set(origin, count + 1)
      res.locals.release()
      res.statusCode = 200
      res.setHeader('Content-Type', 'text/event-stream')
      res.flushHeaders()
      const write = (text: string) => {
        if (res.writableLength > maxBacklog) res.destroy()
        else res.write(text)
      }
      const heartbeat = setInterval(() => write(':\n\n'), heartbeatMs)
      res.once('close', () => {
        clearInterval(heartbeat)
        release(origin)
        onGone()
      })
      return {
        send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
        close: () => res.end(),
      }
    },
  }
}
