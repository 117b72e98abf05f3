import { diagnosis, reach } from './diagnose.ts'
import { BridgeError, fromDiagnosis, fromProblem } from './errors.ts'
import type { ConnectOptions, Problem } from './types.ts'

interface Ask {
  json?: unknown
  body?: Blob
  signal?: AbortSignal | undefined
}

export interface Client {
  token: string | null
  readonly base: string
  /** Throws BridgeError, or the signal's reason. */
  readonly send: (method: string, path: string, ask?: Ask) => Promise<Response>
  readonly json: (method: string, path: string, ask?: Ask) => Promise<unknown>
  readonly headers: () => Record<string, string>
  readonly lost: () => Promise<BridgeError>
  readonly close: () => void
}

const problemOf = async (answer: Response): Promise<BridgeError> => {
  const isProblem = answer.headers.get('content-type')?.includes('problem+json') === true
  return isProblem
    ? fromProblem((await answer.json()) as Problem)
    : new BridgeError('program.unexpected', `HTTP ${answer.status}`, '程序出现意外错误，请重试。')
}

/** `AbortSignal.any` for the Chromium shells before 116. */
const anySignal = (first: AbortSignal, second: AbortSignal): AbortSignal => {
  if ('any' in AbortSignal) return AbortSignal.any([first, second])
  const either = new AbortController()
  for (const signal of [first, second] as AbortSignal[]) {
    if (signal.aborted) either.abort(signal.reason)
    signal.addEventListener('abort', () => either.abort(signal.reason), { once: true })
  }
  return either.signal
}

/** Requests to one found bridge. Everything ends when the page goes away: the client then closes its window. */
export const createClient = (port: number, options: ConnectOptions): Client => {
  const base = `http://127.0.0.1:${port}`
  let life = new AbortController()
  const leave = () => {
    life.abort(new DOMException('The page goes away', 'AbortError'))
    life = new AbortController()
  }
  addEventListener('pagehide', leave)

  const lost = async () => {
    const { found, diagnosis: reason } = await reach({ ...options, ask: true })
    return fromDiagnosis(found === null ? reason : diagnosis('connection_lost'))
  }

  const client: Client = {
    token: null,
    base,
    headers: () => ({ 'X-Bridge': '1', ...(client.token !== null && { Authorization: `Bearer ${client.token}` }) }),
    send: async (method, path, { json, body, signal } = {}) => {
      const own = life.signal
      const either = signal === undefined ? own : anySignal(own, signal)
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
        either.throwIfAborted()
        throw await lost()
      }
      if (answer.ok) return answer
      throw await problemOf(answer)
    },
    json: async (method, path, ask) => (await client.send(method, path, ask)).json() as Promise<unknown>,
    lost,
    close: () => {
      removeEventListener('pagehide', leave)
      leave()
    },
  }
  return client
}
