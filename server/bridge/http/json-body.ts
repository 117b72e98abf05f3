import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '#contract/errors.ts'
import type { BridgeLimits } from '../options.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** R6. The whole JSON body, within size and time; parsed once. Errors: request.too_large, request.too_slow, request.invalid. */
export const readJson = async (req: IncomingMessage, res: ServerResponse, limits: BridgeLimits): Promise<unknown> => {
  const bytes = await readBytes(req, res, limits)
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown
  } catch {
    // The parser's message quotes the body, which may hold what must not reach a log.
    throw new AppError('request.invalid', { field: 'body', issue: 'not_json' })
  }
}

const readBytes = (
  req: IncomingMessage,
  res: ServerResponse,
  { maxJsonBytes, bodyTimeoutMs }: BridgeLimits,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > maxJsonBytes) {
      reject(new AppError('request.too_large', { limit: maxJsonBytes }))
      return
    }
    if (req.headers.expect !== undefined) res.writeContinue()
    const chunks: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => fail(new AppError('request.too_slow')), bodyTimeoutMs)
    const fail = (error: Error) => {
      clearTimeout(timer)
      req.removeAllListeners('data')
      req.pause()
      reject(error)
    }
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxJsonBytes) fail(new AppError('request.too_large', { limit: maxJsonBytes }))
      else chunks.push(chunk)
    })
    req.once('end', () => {
      clearTimeout(timer)
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size))
    })
    req.once('error', fail)
    req.once('close', () => {
      if (!req.complete) fail(new AppError('operation.cancelled_by_caller'))
    })
  })
