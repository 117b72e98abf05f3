/**
 * The example trading platform: `node examples/trading-platform/server/main.ts`.
 *
 * PLATFORM_CA_FILE  PEM file with the certificates of the authorities that the platform accepts (required)
 * PLATFORM_PORT     8610; 0 for any free one
 * PLATFORM_ORIGIN   http://127.0.0.1:<port>: the address as the bidders' browsers see it
 * PLATFORM_DATA     out/platform: accepted bids and their receipts
 * PLATFORM_SDK      .vite/build/sdk.js
 * PLATFORM_CODE     HDJY-DEMO-01: the 系统标识码 it is registered under
 * PLATFORM_BRIDGE_PORTS  where the page looks for the client, with commas between; usually left out
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { createPlatform } from './app.ts'
import type { PlatformError } from './platform-error.ts'
import { createPkiVerifiers } from './pki-verifiers.ts'
import { openReceipts } from './receipts.ts'
import { createSessions } from './sessions.ts'

const { env } = process
const project = path.join(import.meta.dirname, '../../..')
const caFile = env.PLATFORM_CA_FILE
if (!caFile) throw new Error('PLATFORM_CA_FILE is not set: the PEM file of the accepted authorities.')
const wantedPort = Number(env.PLATFORM_PORT ?? 8610)

const report = ({ code, findings, cause }: PlatformError): void => console.error(code, findings.join(' '), cause ?? '')

// The origin is part of what a login token is signed over, so the port must be known before the first request.
const server = createServer()
server.listen(wantedPort, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : wantedPort
  const origin = env.PLATFORM_ORIGIN ?? `http://127.0.0.1:${port}`
  const platform = createPlatform({
    origin,
    systemCode: env.PLATFORM_CODE ?? 'HDJY-DEMO-01',
    bridgePorts: env.PLATFORM_BRIDGE_PORTS?.split(',').map(Number) ?? null,
    sessions: createSessions(origin.startsWith('https:')),
    verifiers: createPkiVerifiers(readFileSync(caFile, 'utf8')),
    receipts: openReceipts(env.PLATFORM_DATA ?? path.join(project, 'out/platform')),
    sdkFile: env.PLATFORM_SDK ?? path.join(project, '.vite/build/sdk.js'),
    now: () => new Date(),
    report,
  })
  server.on('request', platform)
  console.log(`listening on ${origin}`)
})

const stop = (): void => {
  server.close()
  server.closeAllConnections()
  if (process.connected) process.disconnect()
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
process.once('disconnect', stop)
