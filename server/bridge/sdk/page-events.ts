import { BridgeError } from './errors.ts'
import { readEvents } from './event-stream.ts'
import type { Client } from './http.ts'
import { pause } from './signals.ts'
import type { BridgeEventName } from './types.ts'

const names: Record<string, BridgeEventName> = {
  key_inserted: 'keyInserted',
  key_removed: 'keyRemoved',
  certificates_changed: 'certificatesChanged',
  bridge_paused: 'bridgePaused',
  bridge_resumed: 'bridgeResumed',
}

/** Waits before the stream is opened again; after the last one the client counts as gone. */
const backOffMs = [500, 1000, 2000]

/**
 * One event stream for all listeners, open while there are any. It is opened again when it breaks; `disconnected` once when
 * the client does not come back or refuses.
 */
export const createPageEvents = (client: Client) => {
  const listeners = new Map<BridgeEventName, Set<() => void>>()
  let stop: AbortController | null = null

  const tell = (name: BridgeEventName) => {
    for (const listener of listeners.get(name) ?? []) {
      try {
        listener()
      } catch (error) {
        // The page's own mistake: it belongs in its console, not between it and the next event.
        reportError(error)
      }
    }
  }

  /** False: the client refuses, and will not say otherwise by being asked again. */
  const readOnce = async (signal: AbortSignal, opened: () => void): Promise<boolean> => {
    try {
      const answer = await client.send('GET', '/v1/events', { signal })
      opened()
      for await (const event of readEvents(answer)) {
        const name = names[(event as { type: string }).type]
        if (name !== undefined) tell(name)
      }
      return true
    } catch (error) {
      return !(error instanceof BridgeError) || error.isRetryable
    }
  }

  const listen = async (signal: AbortSignal) => {
    let failures = 0
    for (;;) {
      const mayReturn = await readOnce(signal, () => (failures = 0))
      const waitMs = backOffMs[failures]
      if (!mayReturn || waitMs === undefined) break
      failures += 1
      await pause(waitMs, signal)
    }
    if (signal.aborted) return
    stop = null
    tell('disconnected')
  }

  return {
    on: (name: BridgeEventName, listener: () => void): (() => void) => {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener))
      if (stop === null) {
        stop = new AbortController()
        void listen(stop.signal)
      }
      return () => {
        set.delete(listener)
        if ([...listeners.values()].every(({ size }) => size === 0)) {
          stop?.abort()
          stop = null
        }
      }
    },
    close: () => {
      listeners.clear()
      stop?.abort()
      stop = null
    },
  }
}
