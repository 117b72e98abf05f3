import type { IncomingMessage, ServerResponse } from 'node:http'
import { Transform, type Readable } from 'node:stream'
import { AppError } from '#contract/errors.ts'
import type { BridgeLimits } from '../options.ts'

/**
 * R6. A document body as a stream that ends with request.too_large or request.too_slow instead of going on. A declared
 * length over the limit is refused before one byte is read; a chunked body is counted.
 */
export const readUpload = (req: IncomingMessage, res: ServerResponse, limits: BridgeLimits): Readable => {
  if (Number(req.headers['content-length'] ?? 0) > limits.maxDocumentBytes) {
    throw new AppError('request.too_large', { limit: limits.maxDocumentBytes })
  }
  if (req.headers.expect !== undefined) res.writeContinue()
  let size = 0
  let sizeAtLastCheck = 0
  const counted = new Transform({
    highWaterMark: 256 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (size > limits.maxDocumentBytes) done(new AppError('request.too_large', { limit: limits.maxDocumentBytes }))
      else done(null, chunk)
    },
  })
  const minimum = (limits.minUploadBytesPerSecond * limits.uploadCheckMs) / 1000
  const timer = setInterval(() => {
    // A writer that is itself slow (full buffers) must not be mistaken for a slow caller.
    const isWaitingForCaller = counted.readableLength === 0 && counted.writableLength === 0
    if (isWaitingForCaller && size - sizeAtLastCheck < minimum) counted.destroy(new AppError('request.too_slow'))
    sizeAtLastCheck = size
  }, limits.uploadCheckMs)
  counted.once('close', () => {
    clearInterval(timer)
    req.unpipe(counted)
    req.pause()
  })
  req.once('close', () => {
    if (!req.complete) counted.destroy(new AppError('operation.cancelled_by_caller'))
  })
  return req.pipe(counted)
}
