import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { discard } from '#pki/io/discard.ts'
import type { Exchange } from './exchange.ts'

/** RFC 6266, RFC 8187: the name in UTF-8, percent-encoded; always an attachment, never something a browser renders. */
export const contentHeaders = (res: Exchange, size: number, name: string): void => {
  res.statusCode = 200
  res.setHeader('Content-Type', 'application/octet-stream')
  res.setHeader('Content-Length', size)
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  )
  res.setHeader('Content-Disposition', encoded === '' ? 'attachment' : `attachment; filename*=UTF-8''${encoded}`)
}

const written = (res: Exchange, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    res.write(chunk, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })

/** The whole stream as the body; its chunks are used up. A caller that hangs up ends the stream. */
export const sendContent = async (res: Exchange, stream: Readable): Promise<void> => {
  const stop = () => stream.destroy()
  res.once('close', stop)
  await pipeline(stream, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      await written(res, chunk)
      discard(chunk)
    }
  })
  res.off('close', stop)
  res.end()
}
