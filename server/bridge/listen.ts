import type { Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { AppError } from '#contract/errors.ts'

const isTaken = (error: unknown): boolean => hasCode(error, ['EADDRINUSE', 'EACCES'])
const isAbsent = (error: unknown): boolean => hasCode(error, ['EADDRNOTAVAIL', 'EAFNOSUPPORT'])
const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

const open = async (server: Server, host: '127.0.0.1' | '::1', port: number): Promise<number> => {
  server.listen({ host, port, exclusive: true, ipv6Only: host === '::1' })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

export interface Listening {
  readonly port: number
  readonly servers: readonly Server[]
}

/**
 * R1. Binds 127.0.0.1 and ::1 on the first port that is free on both, and no other address ever. A computer without IPv6
 * loopback is served on 127.0.0.1 alone. Throws bridge.ports_taken.
 */
export const listenOnLoopback = async (createServer: () => Server, ports: readonly number[]): Promise<Listening> => {
  for (const wanted of ports) {
    const listening = await tryPort(createServer, wanted)
    if (listening !== null) return listening
  }
  throw new AppError('bridge.ports_taken', { ports: ports.join(' ') })
}

const tryPort = async (createServer: () => Server, wanted: number): Promise<Listening | null> => {
  const ipv4 = createServer()
  let port: number
  try {
    port = await open(ipv4, '127.0.0.1', wanted)
  } catch (error) {
    if (isTaken(error)) return null
    throw error
  }
  const ipv6 = createServer()
  try {
    await open(ipv6, '::1', port)
    return { port, servers: [ipv4, ipv6] }
  } catch (error) {
    if (isAbsent(error)) return { port, servers: [ipv4] }
    ipv4.close()
    if (isTaken(error)) return null
    throw error
  }
}
