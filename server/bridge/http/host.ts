import type { IncomingMessage } from 'node:http'

/**
 * R2. DNS rebinding makes a foreign name point here; only the literal address the connection came in on, with its port,
 * is served. Read from `rawHeaders`, because Node drops the second of two Host headers.
 */
export const isHostAccepted = (req: IncomingMessage): boolean => {
  const { localAddress, localPort } = req.socket
  if (localAddress === undefined || localPort === undefined) return false
  let host: string | null = null
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    if (req.rawHeaders[index]?.toLowerCase() !== 'host') continue
    if (host !== null) return false
    host = req.rawHeaders[index + 1] ?? ''
  }
  const literal = localAddress === '::1' ? '[::1]' : '127.0.0.1'
  if (host !== `${literal}:${localPort}`) return false
  // RFC 9112 §3.2: the absolute form would override Host, the asterisk form names no resource.
  return req.url?.startsWith('/') === true
}
