import { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { errorText, note } from '../log.ts'

type Params = Record<string, unknown>

interface Incoming {
  id?: number
  method?: string
  params?: Params
  sessionId?: string
  result?: unknown
  error?: { message: string; data?: string }
}

interface Pending {
  method: string
  resolve: (result: never) => void
  reject: (error: Error) => void
}

export interface CdpSession {
  readonly id: string
  readonly isClosed: boolean
  send<Result = Params>(method: string, params?: Params): Promise<Result>
  /** For commands whose failure only means that the page has gone meanwhile. */
  post(method: string, params?: Params): void
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the event's shape at the call
  on<Event>(method: string, listener: (params: Event) => void): void
}

export interface CdpConnection {
  readonly root: CdpSession
  session(id: string): CdpSession
  drop(id: string): void
  onClose(listener: () => void): void
}

/** DevTools protocol over the two pipes of `--remote-debugging-pipe`: JSON messages, each ended by a NUL byte. */
export function createCdpConnection(output: Writable, input: Readable): CdpConnection {
  const pending = new Map<number, Pending>()
  const sessions = new Map<string, ReturnType<typeof createSession>>()
  const closeListeners: (() => void)[] = []
  let lastId = 0
  let isClosed = false
  let chunks: Buffer[] = []

  function createSession(id: string) {
    const emitter = new EventEmitter().setMaxListeners(0)
    let isDropped = false
    const session: CdpSession = {
      id,
      get isClosed() {
        return isDropped || isClosed
      },
      send: (method, params = {}) =>
        new Promise((resolve, reject) => {
          if (session.isClosed) {
            reject(new Error(`${method}: the page is closed`))
            return
          }
          pending.set(++lastId, { method, resolve, reject })
          const message = { id: lastId, method, params, ...(id === '' ? {} : { sessionId: id }) }
          output.write(`${JSON.stringify(message)}\0`)
        }),
      post(method, params) {
        session.send(method, params).catch((error: unknown) => {
          if (!session.isClosed) note(errorText(error))
        })
      },
      on: (method, listener) => void emitter.on(method, listener),
    }
    return { session, emitter, drop: () => (isDropped = true) }
  }

  function receive(text: string): void {
    const message = JSON.parse(text) as Incoming
    if (message.id === undefined) {
      const entry = sessions.get(message.sessionId ?? '')
      if (message.method) entry?.emitter.emit(message.method, message.params ?? {})
      return
    }
    const waiting = pending.get(message.id)
    pending.delete(message.id)
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`))
    else waiting?.resolve(message.result as never)
  }

  input.on('data', (chunk: Buffer) => {
    let rest = chunk
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      chunks.push(rest.subarray(0, end))
      const text = Buffer.concat(chunks).toString('utf8')
      chunks = []
      rest = rest.subarray(end + 1)
      receive(text)
    }
    if (rest.length > 0) chunks.push(rest)
  })

  function close(): void {
    if (isClosed) return
    isClosed = true
    for (const { method, reject } of pending.values()) reject(new Error(`${method}: the browser has ended`))
    pending.clear()
    for (const listener of closeListeners) listener()
  }
  input.on('close', close)
  input.on('error', close)
  output.on('error', close)

  const root = createSession('')
  sessions.set('', root)
  return {
    root: root.session,
    session(id) {
      const known = sessions.get(id) ?? createSession(id)
      sessions.set(id, known)
      return known.session
    },
    drop(id) {
      sessions.get(id)?.drop()
      sessions.delete(id)
    },
    onClose: (listener) => void closeListeners.push(listener),
  }
}
