import type { Bridge } from '#bridge/create-bridge.ts'
import type { BridgeState } from '#contract/client.ts'
import { toErrorData, type ErrorData } from '#contract/errors.ts'
import type { BridgeLog } from '#bridge/ports.ts'

export interface BridgeControl {
  readonly state: () => BridgeState
  /** Never throws: what went wrong is in the state. */
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface BridgeControlPorts {
  readonly bridge: Bridge
  readonly instanceId: string
  readonly isPaused: () => boolean
  readonly pending: () => number
  readonly changed: () => void
  readonly log: BridgeLog
}

/** Listens once. Switched off in the settings the bridge still answers, with `bridge.paused`, so that a page can say so. */
export const createBridgeControl = (ports: BridgeControlPorts): BridgeControl => {
  let port: number | null = null
  let error: ErrorData | null = null
  let starting: Promise<void> | null = null

  const listen = async () => {
    error = null
    ports.changed()
    try {
      port = (await ports.bridge.listen()).port
    } catch (cause) {
      error = toErrorData(cause)
      ports.log.error({ error: cause }, 'the bridge cannot listen')
    } finally {
      starting = null
      ports.changed()
    }
  }

  const stateName = (): BridgeState['state'] => {
    if (error !== null) return 'failed'
    if (port === null) return 'starting'
    return ports.isPaused() ? 'paused' : 'ready'
  }

  return {
    state: () => ({
      state: stateName(),
      port,
      instanceId: ports.instanceId,
      error: error === null ? null : { code: error.code, details: { ...error.details } },
      pending: ports.pending(),
    }),
    start: () => {
      if (port !== null) return Promise.resolve()
      starting ??= listen()
      return starting
    },
    close: async () => {
      await starting
      await ports.bridge.close()
      port = null
    },
  }
}
