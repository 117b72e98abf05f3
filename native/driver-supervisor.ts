import { existsSync } from 'node:fs'
import path from 'node:path'
import { AppError, toAppError } from '#contract/errors.ts'
import type { ErrorCode } from '#contract/errors.ts'
import type { DriverState } from '#contract/keys.ts'
import { checkArchitecture, readArchitecture } from './architecture.ts'
import type { Clock } from './clock.ts'
import type { DriverConfig } from './driver-config.ts'
import { createHelperClient } from './helper-client.ts'
import type { CallLimits, HelperClient } from './helper-client.ts'
import type { SpawnHelper } from './helper-process.ts'
import type { ListedToken, TokenIdentity } from './protocol.ts'

export interface Log {
  readonly info: (details: object, message: string) => void
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}

export interface SupervisorPorts {
  readonly spawnHelper: SpawnHelper
  readonly clock: Clock
  readonly log: Log
  readonly limits: CallLimits
  /** How often a helper looks for plugged and pulled keys. */
  readonly pollMs: number
}

export interface SupervisedToken extends ListedToken {
  readonly mechanisms: readonly string[]
}

/** Keeps the helper of one driver alive: starts, lists, restarts after a crash or a hang. Other drivers never notice. */
export interface DriverSupervisor {
  readonly config: DriverConfig
  state(): DriverState
  tokens(): readonly SupervisedToken[]
  /** Lists again; after a crash in between the restarted helper lists (R14: the one call that is retried by itself). */
  refresh(isFresh: boolean): Promise<void>
  /** The running helper. @throws the driver's error when there is none */
  ready(): Promise<HelperClient>
  close(): Promise<void>
}

/** The first restart comes at once: a person is waiting. Later ones do not keep the computer busy. */
const BACK_OFF_MS = [50, 500, 2_000, 10_000, 30_000, 60_000] as const
/** A helper that lived this long starts with the first delay again. */
const STABLE_MS = 60_000
/** Longer than this nobody waits for a restart. */
const PATIENCE_MS = 3_000
const PING_MS = 15_000
const STOP_MS = 1_000

const keyOf = ({ serial, label }: TokenIdentity): string => `${serial}\n${label}`

export const createDriverSupervisor = (
  config: DriverConfig,
  { spawnHelper, clock, log, limits, pollMs }: SupervisorPorts,
  onChange: () => void,
): DriverSupervisor => {
  let state: DriverState['state'] = 'starting'
  let error: ErrorCode | null = null
  let tokens: readonly ListedToken[] = []
  let client: HelperClient | null = null
  let restarts = 0
  let failures = 0
  let startedAt = 0
  let restartAt = 0
  let isClosed = false
  let usesSlotEvents = true
  let cancelTimer: (() => void) | null = null
  let cancelPing: (() => void) | null = null
  let listing: Promise<void> | null = null
  let mustListAgain = false
  const mechanisms = new Map<string, readonly string[]>()

  const modulePath = (): string => config.paths.find((candidate) => existsSync(candidate)) ?? config.paths[0] ?? ''

  const become = (next: DriverState['state'], code: ErrorCode | null): void => {
    state = next
    error = code
    onChange()
  }

  const onEnd = (reason: AppError): void => {
    client = null
    cancelPing?.()
    if (isClosed) return
    log.warn({ driver: config.id, code: reason.code, ...reason.details }, 'token helper ended')
    failures = clock.now() - startedAt > STABLE_MS ? 1 : failures + 1
    // It may have been waiting for a slot event although told not to: from now on it is only asked what is plugged in.
    if (reason.code === 'token.not_responding') usesSlotEvents = false
    // After the first failure the keys are still plugged in as far as anybody knows; after the second nobody knows.
    if (failures > 1) tokens = []
    const delay = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length) - 1] ?? 60_000
    restartAt = clock.now() + delay
    settled = new Promise((resolve) => {
      cancelTimer = clock.after(delay, () => {
        restarts += 1
        resolve(launch())
      })
    })
    become(reason.code === 'token.not_responding' ? 'not_responding' : 'failed', reason.code)
  }

  const list = async (isFresh: boolean): Promise<void> => {
    if (!client) throw new AppError(error ?? 'token.not_responding')
    const current = client
    tokens = (await current.call('list', { isFresh }, limits.list)).tokens
    onChange()
    void readMechanisms(current)
  }

  /** Some drivers take seconds for this: it is asked once per token, after everything else. */
  const readMechanisms = async (current: HelperClient): Promise<void> => {
    for (const { serial, label } of tokens) {
      const key = keyOf({ serial, label })
      if (mechanisms.has(key)) continue
      try {
        mechanisms.set(key, await current.call('mechanisms', { token: { serial, label } }, limits.list))
        onChange()
      } catch (cause) {
        log.warn({ driver: config.id, code: toAppError(cause).code }, 'mechanism list failed')
      }
    }
  }

  /** Changes that come while a list is under way make one more list, not one each. */
  const relist = (): void => {
    if (listing) {
      mustListAgain = true
      return
    }
    listing = list(false)
      .catch((cause: unknown) => {
        log.warn({ driver: config.id, code: toAppError(cause).code }, 'listing tokens failed')
      })
      .finally(() => {
        listing = null
        if (mustListAgain && client) {
          mustListAgain = false
          relist()
        }
      })
  }

  /** Finds a driver that hangs while nobody asks it anything. */
  const pingLater = (current: HelperClient): void => {
    cancelPing = clock.after(PING_MS, () => {
      current.call('ping', {}, limits.list).then(
        () => pingLater(current),
        () => cancelPing?.(),
      )
    })
  }

  const start = async (): Promise<void> => {
    const file = modulePath()
    if (!path.isAbsolute(file)) throw new AppError('token.driver_invalid', { reason: 'relative_path' })
    checkArchitecture(await readArchitecture(file))
    if (isClosed) return
    startedAt = clock.now()
    const current: HelperClient = createHelperClient(spawnHelper(file, config.id, config.env ?? {}), clock, {
      onChanged: relist,
      onEnd: (reason) => {
        if (client === current) onEnd(reason)
      },
    })
    client = current
    const library = await current.call('load', { path: file, pollMs, usesSlotEvents }, limits.load)
    log.info({ driver: config.id, library: library.description, version: library.version }, 'driver loaded')
    await list(false)
    become('ready', null)
    pingLater(current)
  }

  const launch = async (): Promise<void> => {
    if (isClosed) return
    become('starting', null)
    try {
      await start()
    } catch (cause) {
      const failed = toAppError(cause)
      // A crash or a hang has already gone through onEnd, which has its own next step.
      if (failed.code === 'token.driver_crashed' || failed.code === 'token.not_responding') return
      tokens = []
      const ended = client
      client = null
      ended?.kill(failed)
      const isMissing = failed.code === 'token.driver_missing'
      if (!isMissing) log.warn({ driver: config.id, code: failed.code, ...failed.details }, 'driver not usable')
      const wrong = failed.code === 'token.driver_architecture' ? 'wrong_architecture' : 'failed'
      become(isMissing ? 'not_installed' : wrong, failed.code)
    }
  }
  let settled = launch()
  const launched = async (): Promise<void> => {
    if (restartAt - clock.now() < PATIENCE_MS) await settled
  }

  return {
    config,
    state: () => {
      const { id, name, vendor, origin } = config
      return { id, name, vendor, origin, path: modulePath(), state, error, restarts }
    },
    tokens: () => tokens.map((token) => ({ ...token, mechanisms: mechanisms.get(keyOf(token)) ?? [] })),
    refresh: async (isFresh) => {
      await launched()
      // Not a restart: a driver that was not installed, or not usable, when it was last looked at.
      if (!client && state !== 'starting' && restartAt < clock.now()) settled = launch()
      await launched()
      if (!client) return
      try {
        await list(isFresh)
      } catch (cause) {
        log.warn({ driver: config.id, code: toAppError(cause).code }, 'listing tokens failed')
        await launched()
      }
    },
    ready: async () => {
      await launched()
      if (client && state === 'ready') return client
      throw new AppError(error ?? 'token.not_responding')
    },
    close: async () => {
      isClosed = true
      cancelTimer?.()
      cancelPing?.()
      const current = client
      if (!current) return
      // Behind a call that hangs the request to stop would wait for that call's limit.
      const cancelStop = clock.after(STOP_MS, () => current.kill(new AppError('token.not_responding')))
      try {
        await current.call('stop', {}, STOP_MS)
      } catch (cause) {
        log.info({ driver: config.id, code: toAppError(cause).code }, 'driver did not stop by itself')
      }
      cancelStop()
      current.kill(new AppError('token.absent'))
    },
  }
}
