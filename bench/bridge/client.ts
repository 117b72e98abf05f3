import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface BridgeAnswer {
  readonly status: number
  readonly body: unknown
}

export interface CallOptions {
  readonly origin: string
  readonly token?: string
  readonly body?: object
  readonly waitSeconds?: number
}

export interface BridgeClient {
  readonly call: (method: string, path: string, options: CallOptions) => Promise<BridgeAnswer>
  readonly close: () => void
}

const HEAD_END = Buffer.from('\r\n\r\n')

interface Connection {
  readonly isOpen: () => boolean
  readonly ask: (request: Buffer) => Promise<BridgeAnswer>
  readonly close: () => void
}

/** One keep-alive connection with one request at a time. Understands what the bridge sends: Content-Length, no chunks. */
const openConnection = async (port: number): Promise<Connection> => {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  let received: Buffer = Buffer.alloc(0)
  let waiting: { resolve: (answer: BridgeAnswer) => void; reject: (error: Error) => void } | null = null
  const take = (): void => {
    const headLength = received.indexOf(HEAD_END)
    if (headLength < 0) return
    const head = received.toString('latin1', 0, headLength)
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
    const end = headLength + HEAD_END.length + length
    if (received.length < end) return
    const text = received.toString('utf8', headLength + HEAD_END.length, end)
    received = received.subarray(end)
    waiting?.resolve({ status: Number(head.slice(9, 12)), body: text === '' ? null : (JSON.parse(text) as unknown) })
  }
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    take()
  })
  const fail = (): void => waiting?.reject(new Error('the bridge closed the connection'))
  socket.on('error', fail)
  socket.on('close', fail)
  return {
    isOpen: () => !socket.destroyed && socket.writable && !socket.readableEnded,
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      }),
    close: () => {
      waiting = null
      socket.destroy()
    },
  }
}

const requestOf = (port: number, method: string, path: string, options: CallOptions): Buffer => {
  const { origin, token, body, waitSeconds } = options
  const content = body === undefined ? null : Buffer.from(JSON.stringify(body))
  const lines = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, `Origin: ${origin}`, 'X-Bridge: 1']
  if (token !== undefined) lines.push(`Authorization: Bearer ${token}`)
  if (waitSeconds !== undefined) lines.push(`Prefer: wait=${waitSeconds}`)
  if (content) lines.push('Content-Type: application/json', `Content-Length: ${content.length}`)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return content ? Buffer.concat([head, content]) : head
}

/**
 * HTTP/1.1 over keep-alive sockets, as little of it as there can be: the time that is measured is the bridge's, not that of
 * a client library. As many connections as requests are under way.
 */
export const createBridgeClient = (port: number): BridgeClient => {
  const idle: Connection[] = []
  const all = new Set<Connection>()
  /** One that the server has not closed in the meantime. */
  const take = (): Connection | undefined => {
    for (let next = idle.pop(); next; next = idle.pop()) if (next.isOpen()) return next
    return undefined
  }
  const open = async (): Promise<Connection> => {
    const connection = await openConnection(port)
    all.add(connection)
    return connection
  }
  return {
    call: async (method, path, options) => {
      const connection = take() ?? (await open())
      const answer = await connection.ask(requestOf(port, method, path, options))
      idle.push(connection)
      return answer
    },
    close: () => {
      for (const connection of all) connection.close()
    },
  }
}
