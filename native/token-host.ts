import { AppError, toAppError } from '#contract/errors.ts'
import type { DriverReport } from '#contract/client.ts'
import type { DriverState, Keyring } from '#contract/keys.ts'
import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'
import { userDriver } from './driver-config.ts'
import type { DriverConfig } from './driver-config.ts'
import { createDriverSupervisor } from './driver-supervisor.ts'
import type { DriverSupervisor, Log } from './driver-supervisor.ts'
import { reportError, testDriver } from './driver-test.ts'
import { DEFAULT_LIMITS } from './helper-client.ts'
import type { CallLimits, HelperClient } from './helper-client.ts'
import type { SpawnHelper } from './helper-process.ts'
import { explainLoss } from './key-loss.ts'
import { createKeySession } from './key-session.ts'
import type { HeldSession, KeySession } from './key-session.ts'
import { buildKeyring, locateToken } from './keyring.ts'
import type { LocatedToken } from './keyring.ts'
import { createTokenLeases, throwIfAborted, unlessAborted } from './token-lease.ts'
import { createUsbWatch } from './usb-watch.ts'
import type { UsbDevice } from './usb-watch.ts'

export interface TokenHostPorts {
  readonly spawnHelper: SpawnHelper
  /** Of the driver map and the user's additions. */
  readonly drivers: readonly DriverConfig[]
  readonly log: Log
  /** Default: none. `listUsbDevices` of usb-watch.ts in the program. */
  readonly listUsb?: () => Promise<readonly UsbDevice[]>
  readonly clock?: Clock
  readonly limits?: Partial<CallLimits>
  readonly timing?: Partial<HostTiming>
}

interface HostTiming {
  /** How often keys are looked for. */
  readonly pollMs: number
  /** How long a task waits for another one to give the token back. */
  readonly leaseMs: number
  /** A session nobody used for this long is closed. Longer than a document may take until it is to be signed (600 s). */
  readonly idleMs: number
}
const DEFAULT_TIMING: HostTiming = { pollMs: 1_000, leaseMs: 60_000, idleMs: 660_000 }

/** The USB keys of this computer. Runs in main; no driver is ever loaded there (R14). */
export interface TokenHost {
  keyring(): Keyring
  onChange(listener: (keyring: Keyring) => void): () => void
  /** Looks again at everything, also for drivers installed meanwhile. Ends when every driver has answered or failed. */
  refresh(): Promise<Keyring>
  /**
   * Waits for the token, logs in and holds it for one task. The PIN is overwritten in every case; null for a PIN pad.
   * @throws token.absent, token.busy, pin.incorrect (details: pinState, triesLeft), pin.locked, pin.length, …
   */
  openSession(tokenId: string, pin: Uint8Array | null, options?: { signal?: AbortSignal }): Promise<KeySession>
  /** Both PINs are overwritten. The old PIN is judged once. */
  changePin(tokenId: string, oldPin: Uint8Array, newPin: Uint8Array): Promise<void>
  /** Sets the user PIN anew with the security officer's PIN (PUK). Both are overwritten. */
  unlockPin(tokenId: string, soPin: Uint8Array, newPin: Uint8Array): Promise<void>
  /** Reads a module's architecture, then loads it in a helper of its own. Never throws: the report says what is wrong. */
  testDriver(path: string): Promise<DriverReport>
  /** @throws the error of the report when the module is not usable */
  addDriver(path: string, name: string): Promise<DriverState>
  removeDriver(id: string): Promise<void>
  close(): Promise<void>
}

/** Also right after a call was sent: the message is a copy. */
const wipe = (...pins: readonly (Uint8Array | null)[]): void => {
  for (const pin of pins) pin?.fill(0)
}

export const createTokenHost = (ports: TokenHostPorts): TokenHost => {
  const { spawnHelper, log, listUsb, clock = systemClock } = ports
  const limits = { ...DEFAULT_LIMITS, ...ports.limits }
  const { pollMs, leaseMs, idleMs } = { ...DEFAULT_TIMING, ...ports.timing }
  const supervisors = new Map<string, DriverSupervisor>()
  const listeners = new Set<(keyring: Keyring) => void>()
  const sessions = new Set<HeldSession>()
  const leases = createTokenLeases(clock, leaseMs)
  let keyring: Keyring = { tokens: [], drivers: [], usbKeys: [] }
  let known = JSON.stringify(keyring)

  /** A session whose key or helper is gone must not keep the next task waiting. */
  const endLostSessions = (next: Keyring): void => {
    const present = new Set(next.tokens.map(({ id }) => id))
    for (const session of sessions) {
      const lost = session.lost() ?? (present.has(session.tokenId) ? null : new AppError('token.removed'))
      if (lost) session.fail(lost)
    }
  }

  const publish = (): void => {
    const next = buildKeyring([...supervisors.values()], usb?.devices() ?? [])
    endLostSessions(next)
    const text = JSON.stringify(next)
    if (text === known) return
    keyring = next
    known = text
    for (const listener of listeners) listener(next)
  }
  /** Somebody who plugs the key in again after installing its driver expects it to work. */
  const onUsbChange = (): void => {
    publish()
    for (const supervisor of supervisors.values()) {
      const isMissed = supervisor.config.usb !== undefined && supervisor.state().state === 'not_installed'
      if (isMissed) void supervisor.refresh(false)
    }
  }
  const usb = listUsb
    ? createUsbWatch(listUsb, clock, pollMs * 2, onUsbChange, (cause) => {
        log.warn({ cause }, 'USB devices cannot be listed')
      })
    : null

  const supervisorPorts = { spawnHelper, clock, log, limits, pollMs }
  const add = (config: DriverConfig): void => {
    supervisors.set(config.id, createDriverSupervisor(config, supervisorPorts, publish))
  }
  ports.drivers.forEach(add)
  publish()

  const locate = (tokenId: string): LocatedToken => {
    const located = locateToken(supervisors.values(), tokenId)
    if (!located) throw new AppError('token.absent')
    return located
  }

  /** Runs with the token held and its helper ready. PIN bytes are overwritten whatever happens. */
  const withToken = async <T>(
    tokenId: string,
    pins: readonly (Uint8Array | null)[],
    signal: AbortSignal | undefined,
    run: (client: HelperClient, located: LocatedToken, release: () => void) => Promise<T>,
  ): Promise<T> => {
    try {
      throwIfAborted(signal)
      locate(tokenId)
      const release = await leases.take(tokenId, signal)
      try {
        const located = locate(tokenId)
        const client = await unlessAborted(located.supervisor.ready(), signal)
        return await run(client, located, release)
      } catch (error) {
        release()
        // What is shown beside the error must be true after it: the tries left, or that the key is gone.
        const { code } = toAppError(error)
        if (code.startsWith('pin.') || code === 'token.absent') {
          await locateToken(supervisors.values(), tokenId)?.supervisor.refresh(false)
        }
        throw error
      }
    } finally {
      wipe(...pins)
    }
  }

  const identityOf = ({ token: { serial, label } }: LocatedToken): { serial: string; label: string } => ({
    serial,
    label,
  })

  return {
    keyring: () => keyring,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh: async () => {
      await Promise.all([usb?.refresh(), ...[...supervisors.values()].map((supervisor) => supervisor.refresh(true))])
      return keyring
    },
    openSession: (tokenId, pin, { signal } = {}) =>
      withToken(tokenId, [pin], signal, async (client, located, release) => {
        const { supervisor } = located
        const used = { identity: identityOf(located), supervisor }
        const limit = pin === null ? limits.pinPad : limits.login
        const opening = client.call('open', { token: used.identity, pin }, limit)
        wipe(pin)
        const { session: number, pin: pinState } = await opening.catch(async (cause: unknown) => {
          release()
          const explained = await explainLoss(toAppError(cause), used, limits, clock, signal)
          throwIfAborted(signal)
          throw explained
        })
        // The right PIN after wrong ones gives the tries back.
        if (pinState.state !== located.token.pin.state) void supervisor.refresh(false)
        const session = createKeySession({
          ...{ tokenId, client, session: number, clock, limits, idleMs },
          explainLoss: (error) => explainLoss(error, used, limits, clock),
          onRemoved: () => void supervisor.refresh(false),
          onClosed: () => {
            sessions.delete(session)
            release()
          },
        })
        sessions.add(session)
        if (signal?.aborted) {
          await session.close()
          throwIfAborted(signal)
        }
        return session
      }),
    changePin: (tokenId, oldPin, newPin) =>
      withToken(tokenId, [oldPin, newPin], undefined, async (client, located, release) => {
        const changing = client.call('changePin', { token: identityOf(located), oldPin, newPin }, limits.login)
        wipe(oldPin, newPin)
        await changing
        release()
        await located.supervisor.refresh(false)
      }),
    unlockPin: (tokenId, soPin, newPin) =>
      withToken(tokenId, [soPin, newPin], undefined, async (client, located, release) => {
        const unlocking = client.call('unlockPin', { token: identityOf(located), soPin, newPin }, limits.login)
        wipe(soPin, newPin)
        await unlocking
        release()
        await located.supervisor.refresh(false)
      }),
    testDriver: (path) => testDriver(path, supervisorPorts),
    addDriver: async (path, name) => {
      const report = await testDriver(path, supervisorPorts)
      const failure = reportError(report)
      if (failure) throw failure
      const config = userDriver(path, name)
      if (!supervisors.has(config.id)) add(config)
      const supervisor = supervisors.get(config.id)
      await supervisor?.refresh(false)
      publish()
      if (!supervisor) throw new AppError('token.driver_missing')
      return supervisor.state()
    },
    removeDriver: async (id) => {
      const supervisor = supervisors.get(id)
      if (supervisor?.config.origin !== 'user') throw new AppError('program.forbidden')
      supervisors.delete(id)
      await supervisor.close()
      publish()
    },
    close: async () => {
      listeners.clear()
      usb?.close()
      // Sessions first in the queue of their helper; one that hangs is ended by its supervisor.
      const closing = [...sessions].map((session) => session.close())
      await Promise.all([...closing, ...[...supervisors.values()].map((supervisor) => supervisor.close())])
    },
  }
}
