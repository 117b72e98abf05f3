import { diagnosis, reach } from './diagnose.ts'
import { fromDiagnosis, fromProblem, unexpected, type BridgeError } from './errors.ts'
import { anySignal } from './signals.ts'
import type { ConnectOptions, Problem } from './types.ts'

interface Ask {
  json?: unknown
  body?: Blob
  signal?: AbortSignal | undefined
  /** Sent also after the page was left or the bridge closed. */
  isLast?: boolean
}

export interface Client {
  token: string | null
  readonly base: string
  /** Throws BridgeError, or the signal's reason. */
  readonly send: (method: string, path: string, ask?: Ask) => Promise<Response>
  readonly json: (method: string, path: string, ask?: Ask) => Promise<unknown>
  readonly headers: () => Record<string, string>
  /** Ends with the caller's own signal, when the page is left, and with `close`. What lasts holds on to the one it began with. */
  readonly signal: (own: AbortSignal | undefined) => AbortSignal
  readonly lost: () => Promise<BridgeError>
  readonly close: () => void
}

const problemOf = async (answer: Response): Promise<BridgeError> => {
  const isProblem = answer.headers.get('content-type')?.includes('problem+json') === true
  return isProblem ? fromProblem((await answer.json()) as Problem) : unexpected(answer.status)
}

/** Requests to one found bridge. Everything ends when the page goes away: the client then closes its window. */
export const createClient = (port: number, options: ConnectOptions): Client => {
  const base = `http://127.0.0.1:${port}`
  let life = new AbortController()
  const end = (reason: string) => life.abort(new DOMException(reason, 'AbortError'))
  // A page out of the back/forward cache goes on with a life of its own; its old operations have ended.
  const leave = () => {
    end('The page was left')
    life = new AbortController()
  }
  addEventListener('pagehide', leave)

  const lost = async () => {
    // The signal of `connect` has nothing to say about what comes after it.
    const { found, diagnosis: reason } = await reach({ ...options, signal: undefined, ask: true })
    return fromDiagnosis(found === null ? reason : diagnosis('connection_lost'))
  }

  const client: Client = {
    token: null,
    base,
    headers: () => ({ 'X-Bridge': '1', ...(client.token !== null && { Authorization: `Bearer ${client.token}` }) }),
    send: async (method, path, { json, body, signal, isLast } = {}) => {
      const either = isLast === true ? null : client.signal(signal)
      let answer: Response
      try {
        answer = await fetch(base + path, {
          method,
          credentials: 'omit',
          cache: 'no-store',
          redirect: 'error',
          referrerPolicy: 'no-referrer',
          signal: either,
          headers: {
            ...client.headers(),
            ...(json !== undefined && { 'Content-Type': 'application/json' }),
            ...(body && { 'Content-Type': 'application/octet-stream' }),
          },
          body: json === undefined ? (body ?? null) : JSON.stringify(json),
        })
      } catch {
        either?.throwIfAborted()
        throw await lost()
      }
      if (answer.ok) return answer
      throw await problemOf(answer)
    },
    signal: (own) => (own === undefined ? life.signal : anySignal(life.signal, own)),
    json: async (method, path, ask) => (await client.send(method, path, ask)).json() as Promise<unknown>,
    lost,
    close: () => {
      removeEventListener('pagehide', leave)
      end('The bridge was closed')
    },
  }
  return client
}
