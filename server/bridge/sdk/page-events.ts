import { readEvents } from './event-stream.ts'
import type { Client } from './http.ts'
import type { BridgeEventName } from './types.ts'

const names: Record<string, BridgeEventName> = {
  key_inserted: 'keyInserted',
  key_removed: 'keyRemoved',
  certificates_changed: 'certificatesChanged',
  bridge_paused: 'bridgePaused',
  bridge_resumed: 'bridgeResumed',
}

/** One event stream for all listeners, open while there are any; `disconnected` once when it breaks for good. */
export const createPageEvents = (client: Client) => {
  const listeners = new Map<BridgeEventName, Set<() => void>>()
  let stop: AbortController | null = null

  const tell = (name: BridgeEventName) => {
    for (const listener of listeners.get(name) ?? []) listener()
  }

  const listen = async (signal: AbortSignal) => {
    try {
      const answer = await client.send('GET', '/v1/events', { signal })
      for await (const event of readEvents(answer)) {
        const name = names[(event as { type: string }).type]
        if (name !== undefined) tell(name)
      }
    } catch {
      signal.throwIfAborted()
    }
    stop = null
    tell('disconnected')
  }

  return {
    on: (name: BridgeEventName, listener: () => void): (() => void) => {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener))
      if (stop === null) {
        stop = new AbortController()
        // Stopped by the page itself: nothing to tell anybody.
        listen(stop.signal).catch(() => undefined)
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
