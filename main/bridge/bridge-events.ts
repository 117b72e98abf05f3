import type { BridgeEvent } from '#contract/bridge.ts'
import type { Keyring } from '#contract/keys.ts'

export interface BridgeEvents {
  readonly watch: (listener: (event: BridgeEvent) => void) => () => void
  readonly keyringChanged: (keyring: Keyring) => void
  readonly paused: (isPaused: boolean) => void
}

const tokensOf = (keyring: Keyring) => new Set(keyring.tokens.map(({ id }) => id))
const hasMore = (one: ReadonlySet<string>, other: ReadonlySet<string>) => [...one].some((id) => !other.has(id))
const certificatesOf = (keyring: Keyring) =>
  keyring.tokens
    .flatMap(({ certificates }) => certificates.map(({ id }) => id))
    .toSorted()
    .join()

/** What granted pages hear: that something changed, never what. */
export const createBridgeEvents = (initial: Keyring, now: () => Date): BridgeEvents => {
  const listeners = new Set<(event: BridgeEvent) => void>()
  let known = { tokens: tokensOf(initial), certificates: certificatesOf(initial) }

  const tell = (type: BridgeEvent['type']) => {
    for (const listener of [...listeners]) listener({ type, at: now().toISOString() })
  }

  return {
    watch: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    keyringChanged: (keyring) => {
      const next = { tokens: tokensOf(keyring), certificates: certificatesOf(keyring) }
      const before = known
      known = next
      if (hasMore(next.tokens, before.tokens)) tell('key_inserted')
      if (hasMore(before.tokens, next.tokens)) tell('key_removed')
      if (next.certificates !== before.certificates) tell('certificates_changed')
    },
    paused: (isPaused) => tell(isPaused ? 'bridge_paused' : 'bridge_resumed'),
  }
}
