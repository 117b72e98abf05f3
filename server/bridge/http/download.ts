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
