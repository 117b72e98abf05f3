import type { MemoryOfPage } from './memory.ts'
import { isPromptPossible } from './permission.ts'
import { anySignal, pause } from './signals.ts'
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
const askHealth = async (port: number, signal: AbortSignal): Promise<Health | null> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, {
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal,
    })
    // Another user's bridge refuses us with 403, another program answers anything.
    const value: unknown = answer.ok ? await answer.json() : null
    return isHealth(value) ? value : null
  } catch {
    return null
  }
}

export interface Found {
  port: number
  health: Health
}

/** A client that has not answered by now may be a program that never will: the other ports are asked as well. */
const patienceMs = 1500
/** The look-up of the calling process (R7) may take the client seconds on a busy computer. */
const limitMs = 8_000
const stepMs = 250

/** Counts only time in which the browser's question holds no request back: a person may take as long as they like. */
const passed = async (ms: number, signal: AbortSignal): Promise<null> => {
  for (let counted = 0; counted < ms && !signal.aborted;) {
    await pause(stepMs, signal)
    counted = (await isPromptPossible()) ? 0 : counted + stepMs
  }
  return null
}

/**
 * The remembered port first, then the others beside it; the first that answers. One port is asked alone at the beginning, so
 * that the browser asks the person once.
 */
export const discover = async (
  memory: MemoryOfPage,
  ports: readonly number[] = bridgePorts,
  signal?: AbortSignal,
): Promise<Found | null> => {
  const over = new AbortController()
  const either = signal === undefined ? over.signal : anySignal(over.signal, signal)
  const ask = async (port: number): Promise<Found> => {
    const health = await askHealth(port, either)
    if (health === null) throw new Error('No bridge there')
    return { port, health }
  }
  const orNull = (found: Promise<Found>): Promise<Found | null> => found.catch(() => null)
  const remembered = memory.port()
  const first = remembered !== undefined && ports.includes(remembered) ? remembered : ports[0]
  if (first === undefined) return null
  try {
    const asked = ask(first)
    const quick = await Promise.race([orNull(asked), passed(patienceMs, either)])
    if (quick !== null) return quick
    const others = ports.filter((port) => port !== first).map(ask)
    return await Promise.race([orNull(Promise.any([asked, ...others])), passed(limitMs, either)])
  } finally {
    over.abort()
    signal?.throwIfAborted()
  }
}
