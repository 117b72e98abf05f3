import type { NextFunction, Request, Response } from 'express'

/** What the guard found out about a request before any handler ran. */
interface ExchangeLocals extends Record<string, unknown> {
  traceId: string
  /** Checked syntax; null where no Origin is needed and none came. */
  origin: string | null
  /** Gives the place among the concurrent requests back before the answer has ended (event streams). */
  release: () => void
}

export type Exchange = Response<unknown, ExchangeLocals>
export type Middleware = (req: Request, res: Exchange, next: NextFunction) => void | Promise<void>

/** One buffer, one write: `res.json` would compute an ETag and look up settings that are never used here. */
export const sendJson = (
  res: Exchange,
  status: number,
  value: unknown,
  contentType = 'application/json; charset=utf-8',
): void => {
  const body = JSON.stringify(value)
  res.statusCode = status
  res.setHeader('Content-Type', contentType)
  res.setHeader('Content-Length', Buffer.byteLength(body))
  res.end(body)
}

export const sendNothing = (res: Exchange): void => {
  res.statusCode = 204
  res.end()
}

/** True when the request announces a body. */
export const hasBody = (req: Request): boolean =>
  req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) !== 0
