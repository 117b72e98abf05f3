import { Agent, request } from 'node:http'

export interface BridgeAnswer {
  readonly status: number
  readonly body: unknown
}

export interface BridgeClient {
  readonly call: (
    method: string,
    path: string,
    options: {
      readonly origin: string
      readonly token?: string
      readonly body?: object
      readonly waitSeconds?: number
    },
  ) => Promise<BridgeAnswer>
  readonly close: () => void
}

/** node:http with keep-alive: no fetch in the way. One socket per request that is under way. */
export const createBridgeClient = (port: number, parallel: number): BridgeClient => {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel })
  return {
    call: (method, path, { origin, token, body, waitSeconds }) =>
      new Promise((resolve, reject) => {
        const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
        const headers: Record<string, string | number> = { Origin: origin, 'X-Bridge': '1' }
        if (token !== undefined) headers.Authorization = `Bearer ${token}`
        if (waitSeconds !== undefined) headers.Prefer = `wait=${waitSeconds}`
        if (bytes) Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': bytes.length })
        const sent = request({ host: '127.0.0.1', port, method, path, agent, headers }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            resolve({ status: response.statusCode ?? 0, body: text === '' ? null : (JSON.parse(text) as unknown) })
          })
        })
        sent.on('error', reject)
        sent.end(bytes)
      }),
    close: () => agent.destroy(),
  }
}
