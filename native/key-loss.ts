import { AppError } from '#contract/errors.ts'
import type { Clock } from './clock.ts'
import type { DriverSupervisor } from './driver-supervisor.ts'
import type { TokenIdentity } from './protocol.ts'

/** How much longer than its call a task waits to hear what became of its key. */
const PATIENCE_MS = 2_000
/** A reader may come up after its driver: one list without the key proves nothing. */
const SETTLE_MS = 400

export interface UsedToken {
  readonly identity: TokenIdentity
  readonly supervisor: DriverSupervisor
}

/**
 * The error of a call as the person should read it. A driver may wait for a key that was pulled out until its helper is
 * ended, or crash over it; the restarted helper knows better: a key that two of its lists lack was removed. Where that is
 * not known in time, or `signal` aborts, it stays the error it was. Hold nothing while this is waited for.
 */
export const explainLoss = async (
  error: AppError,
  { identity, supervisor }: UsedToken,
  limits: { readonly list: number },
  clock: Clock,
  signal?: AbortSignal,
): Promise<AppError> => {
  if (error.code !== 'token.not_responding' && error.code !== 'token.driver_crashed') return error
  const isIn = (tokens: readonly TokenIdentity[]): boolean =>
    tokens.some(({ serial, label }) => serial === identity.serial && label === identity.label)
  const look = async (): Promise<AppError> => {
    const client = await supervisor.ready()
    if (isIn(supervisor.tokens())) return error
    await new Promise<void>((resolve) => clock.after(SETTLE_MS, resolve))
    const { tokens } = await client.call('list', { isFresh: false }, limits.list)
    return isIn(tokens) ? error : new AppError('token.removed')
  }
  return new Promise((resolve) => {
    const settle = (known: AppError): void => {
      cancelPatience()
      signal?.removeEventListener('abort', giveUp)
      resolve(known)
    }
    const giveUp = (): void => settle(error)
    const cancelPatience = clock.after(PATIENCE_MS, giveUp)
    signal?.addEventListener('abort', giveUp)
    if (signal?.aborted) giveUp()
    else look().then(settle, giveUp)
  })
}
