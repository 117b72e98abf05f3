import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { Problem, Scope } from '#contract/operations.ts'
import { createBridge } from '../create-bridge.ts'
import type { BridgeLimits, BridgeOptions } from '../options.ts'
import { createFakePorts } from './fake-ports.ts'

export const origin = 'https://platform.example'
export const otherOrigin = 'https://other.example'

/** Tests are quick callers: the rate limit has its own tests. */
const roomy: Partial<BridgeLimits> = { requestsPerSecond: 100_000, burst: 100_000 }

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: unknown
}

export interface Ask {
  readonly origin?: string | null
  readonly token?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: unknown
  readonly bytes?: Buffer | string
  readonly host?: string
}

/** A bridge on a free port with the in-memory client behind it; closed when the test ends. */
export const startBridge = async (options: BridgeOptions = {}) => {
  const fake = createFakePorts()
  const bridge = createBridge(fake.ports, { ports: [0], ...options, limits: { ...roomy, ...options.limits } })
  const { port } = await bridge.listen()
  onTestFinished(() => bridge.close())

  const open = (method: string, path: string, ask: Ask = {}) => {
    const sent = ask.origin === undefined ? origin : ask.origin
    const body = ask.bytes ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body))
    return httpRequest({
      method,
      path,
      port,
      host: ask.host ?? '127.0.0.1',
      agent: false,
      headers: {
        ...(sent !== null && { origin: sent }),
        'x-bridge': '1',
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        ...(ask.body !== undefined && { 'content-type': 'application/json' }),
        ...(ask.token !== undefined && { authorization: `Bearer ${ask.token}` }),
        ...withoutEmpty(ask.headers),
      },
    })
  }

  const send = (method: string, path: string, ask: Ask = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = open(method, path, ask)
      for (const [name, value] of Object.entries(ask.headers ?? {})) if (value === '') request.removeHeader(name)
      request.on('error', reject)
      request.on('response', (response) => {
        readText(response).then((text) => {
          const isJson = method !== 'HEAD' && (response.headers['content-type'] ?? '').includes('json')
          const json: unknown = isJson ? JSON.parse(text) : null
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
        }, reject)
      })
      request.end(ask.bytes ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body)))
    })

  return { fake, bridge, port, open, send, grant: (scopes: readonly Scope[], of = origin) => fake.addGrant(of, scopes) }
}

const withoutEmpty = (headers: Ask['headers'] = {}) =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))

export const codeOf = ({ json }: Answer): string => (json as Problem | null)?.code ?? ''

/** Bytes on a socket of our own, for what no HTTP client would send; resolves with all that came back until the end. */
export const sendRaw = (port: number, lines: string | readonly string[], host = '127.0.0.1'): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host)
    let received = ''
    socket.on('data', (chunk) => (received += chunk.toString('latin1')))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(received)
      else reject(error)
    })
    socket.on('close', () => resolve(received))
    socket.write(typeof lines === 'string' ? lines : `${lines.join('\r\n')}\r\n\r\n`)
  })

export const connectTo = (port: number, host = '127.0.0.1'): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket))
    socket.once('error', reject)
  })

export const statusOf = (raw: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(raw)?.[1] ?? 0)

export const grantRequest = { scopes: ['login', 'sign', 'seal', 'verify'], systemCode: 'TEST-01' }
export const challenge = Buffer.alloc(32, 7).toString('base64')
export const oneMessage = { messages: [{ content: 'aGVsbG8=' }] }
