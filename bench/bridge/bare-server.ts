import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { KeyLease } from '#main/operations/ports.ts'

export interface BareServer {
  readonly port: number
}

/**
 * The least that any local signing service with a helper process can be: node:http, JSON, the product's helper. No
 * checks, no operation, no journal. What the bridge takes beyond this is what its own work costs.
 */
export const startBareServer = async (leaseOf: (certificateId: string) => Promise<KeyLease>): Promise<BareServer> => {
  const answer = async (chunks: readonly Buffer[]): Promise<string> => {
    const { certificateId, algorithm, content } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      readonly certificateId: string
      readonly algorithm: 'rsa-pkcs1-sha256' | 'ecdsa-sha256'
      readonly content: string
    }
    const digest = createHash('sha256').update(Buffer.from(content, 'base64')).digest()
    const lease = await leaseOf(certificateId)
    return JSON.stringify({ signature: Buffer.from(await lease.sign(algorithm, digest)).toString('base64') })
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void answer(chunks).then((text) => {
        response.setHeader('Content-Type', 'application/json')
        response.setHeader('Content-Length', Buffer.byteLength(text))
        response.end(text)
      })
    })
  })
  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port }
}
