import type { MemoryOfPage } from './memory.ts'
import type { Health } from './types.ts'

/** Tried in this order; a second user of the computer gets the next one. */
export const bridgePorts = [17311, 27311, 37311, 47311, 57311] as const

const isHealth = (value: unknown): value is Health =>
  typeof value === 'object' && value !== null && 'product' in value && value.product === 'zhongbiao-yizhengtong'

/**
 * A plain CORS GET without a header of our own: the browser's question about the local network can be raised by it, and no
 * preflight stands in between. `targetAddressSpace` is left out: a literal loopback address needs no announcement, and a
 * wrong one would fail the request.
 */
const askHealth = async (port: number, signal: AbortSignal | undefined): Promise<Health | null> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, {
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      ...(signal && { signal }),
    })
    // Another user's bridge refuses us with 403, another program answers anything.
    const value: unknown = answer.ok ? await answer.json() : null
    return isHealth(value) ? value : null
  } catch {
    signal?.throwIfAborted()
    return null
  }
}

export interface Found {
  port: number
  health: Health
}

/** The remembered port first, then the others side by side; of several answers the first in the order of the list. */
export const discover = async (
  memory: MemoryOfPage,
  ports: readonly number[] = bridgePorts,
  signal?: AbortSignal,
): Promise<Found | null> => {
  const remembered = memory.port()
  const first = remembered !== undefined && ports.includes(remembered) ? remembered : ports[0]
  if (first === undefined) return null
  const firstHealth = await askHealth(first, signal)
  if (firstHealth !== null) return { port: first, health: firstHealth }
  const others = ports.filter((port) => port !== first)
  const answers = await Promise.all(others.map(async (port) => ({ port, health: await askHealth(port, signal) })))
  for (const { port, health } of answers) if (health !== null) return { port, health }
  return null
}
