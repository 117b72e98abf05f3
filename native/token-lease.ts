import { AppError } from '#contract/errors.ts'
import type { Clock } from './clock.ts'

/**
 * One task at a time holds a token.
 *
 * Why: PKCS#11 keeps the login per token and process (v2.40 §5.6: C_Login logs in every session of the application).
 * While task A is logged in, any session of task B could use A's key, and C_Login for B answers
 * CKR_USER_ALREADY_LOGGED_IN without looking at B's PIN. The ways out that were weighed:
 * - log out and in again in between: a wrong PIN of B ends A's login in the middle, and A's PIN is gone by then;
 * - compare B's PIN with a hash of A's: six digits behind a hash are a stored PIN, and B's wrong tries are not counted;
 * - a process per task: cards keep their security state per reader, and vendor modules clash when loaded twice.
 * So tasks queue per token: login, the task's signatures, logout, then the next task with a PIN check by the token
 * itself. Price: a second task waits for the first one (a USB key does one thing at a time anyway), and a task that
 * opens the same token twice without closing waits for itself until the limit (`token.busy`).
 */
export interface TokenLeases {
  /**
   * Waits for its turn.
   * @throws token.busy after the limit, or the reason of `signal`
   */
  take(tokenId: string, signal?: AbortSignal): Promise<() => void>
}

const abortReason = (signal: AbortSignal): AppError =>
  signal.reason instanceof AppError ? signal.reason : new AppError('operation.cancelled_by_caller')

export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw abortReason(signal)
}

/** What `work` gives, unless `signal` aborts first. @throws the reason of `signal` */
export const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return work
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(abortReason(signal))
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    const value = await Promise.race([aborted, work])
    throwIfAborted(signal)
    return value
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

export const createTokenLeases = (clock: Clock, limitMs: number): TokenLeases => {
  /** Tokens held now, each with those who wait, first come first served. */
  const queues = new Map<string, (() => void)[]>()

  const release = (tokenId: string): (() => void) => {
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      const next = queues.get(tokenId)?.shift()
      if (next) next()
      else queues.delete(tokenId)
    }
  }

  return {
    take: (tokenId, signal) =>
      new Promise((resolve, reject) => {
        throwIfAborted(signal)
        const queue = queues.get(tokenId)
        if (!queue) {
          queues.set(tokenId, [])
          resolve(release(tokenId))
          return
        }
        const settle = (): void => {
          cancelLimit()
          signal?.removeEventListener('abort', abort)
          const index = queue.indexOf(turn)
          if (index >= 0) queue.splice(index, 1)
        }
        const turn = (): void => {
          settle()
          resolve(release(tokenId))
        }
        const abort = (): void => {
          settle()
          if (signal) reject(abortReason(signal))
        }
        const cancelLimit = clock.after(limitMs, () => {
          settle()
          reject(new AppError('token.busy'))
        })
        signal?.addEventListener('abort', abort, { once: true })
        queue.push(turn)
      }),
  }
}
