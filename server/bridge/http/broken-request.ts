import type { Duplex } from 'node:stream'

/** What Node could not parse: the connection gets one constant line and ends. No header of it is trusted, so no CORS. */
export const answerBrokenRequest = (error: Error, socket: Duplex): void => {
  const code = 'code' in error ? error.code : undefined
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  socket.end(`HTTP/1.1 ${statusLineOf(code)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

const statusLineOf = (code: unknown): string => {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout'
  return '400 Bad Request'
}
