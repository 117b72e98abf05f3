import { AppError, isErrorCode } from '#contract/errors.ts'
import type { Clock } from './clock.ts'
import type { HelperProcess } from './helper-process.ts'
import { replySchema, replySchemas } from './protocol.ts'
import type { CallArguments, CallResult, HelperCall } from './protocol.ts'

/** How long a driver may take for one call, in milliseconds. A login on a PIN pad waits for the person. */
export interface CallLimits {
  readonly load: number
  readonly list: number
  readonly login: number
  readonly pinPad: number
  readonly sign: number
}
export const DEFAULT_LIMITS: CallLimits = { load: 10_000, list: 5_000, login: 10_000, pinPad: 60_000, sign: 10_000 }

/** One helper process as typed calls. Ends itself, for good, when the driver crashes or exceeds a time limit. */
export interface HelperClient {
  call<C extends HelperCall>(call: C, args: CallArguments<C>, limitMs: number): Promise<CallResult<C>>
  /** Why it ended, or null while it lives. */
  readonly failure: () => AppError | null
  kill(reason: AppError): void
}

export interface HelperClientEvents {
  readonly onChanged: () => void
  /** Once. Every call that was waiting has been refused with the same error. */
  readonly onEnd: (reason: AppError) => void
}

const GRACE_MS = 25

interface Waiting {
  readonly id: number
  readonly call: HelperCall
  readonly limitMs: number
  readonly resolve: (value: unknown) => void
  readonly reject: (error: AppError) => void
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array

export const createHelperClient = (process: HelperProcess, clock: Clock, events: HelperClientEvents): HelperClient => {
  /** In the order sent, which is the order of the replies: only the first one is being worked on. */
  const waiting: Waiting[] = []
  let firstSince = 0
  let cancelWatch: (() => void) | null = null
  let watchAt = 0
  let lateId = 0
  let lastId = 0
  let failure: AppError | null = null

  const end = (reason: AppError): void => {
    if (failure) return
    failure = reason
    cancelWatch?.()
    for (const { reject } of waiting.splice(0)) reject(reason)
    events.onEnd(reason)
    process.kill()
  }

  // The limit of a call counts from when it became the first one: sixty-four signatures in a queue are not late.
  const arm = (): void => {
    const first = waiting[0]
    if (!first) return
    const due = firstSince + first.limitMs
    if (cancelWatch && watchAt <= due) return
    cancelWatch?.()
    watchAt = due
    cancelWatch = clock.after(due - clock.now(), look)
  }

  const look = (): void => {
    cancelWatch = null
    const first = waiting[0]
    if (!first) return
    if (firstSince + first.limitMs > clock.now()) {
      arm()
    } else if (lateId !== first.id) {
      // The answer may have arrived while this process was busy or asleep: let the event loop take it first.
      lateId = first.id
      cancelWatch = clock.after(GRACE_MS, look)
      watchAt = 0
    } else {
      end(new AppError('token.not_responding', { call: first.call, limitMs: first.limitMs }))
    }
  }

  const settle = (first: Waiting, message: unknown): void => {
    // The hot path, a signature, is told by hand: no schema run over each answer.
    if (first.call === 'sign' && typeof message === 'object' && message !== null && 'value' in message) {
      if (isBytes(message.value)) {
        first.resolve(message.value)
        return
      }
    }
    const reply = replySchema.safeParse(message)
    if (reply.success && 'error' in reply.data) {
      const { code, details } = reply.data.error
      first.reject(new AppError(isErrorCode(code) ? code : 'token.error', details))
      return
    }
    const value = reply.success && 'value' in reply.data ? replySchemas[first.call].safeParse(reply.data.value) : null
    if (value?.success) first.resolve(value.data)
    else first.reject(new AppError('token.error', { reason: 'malformed_reply', call: first.call }))
  }

  process.onMessage((message) => {
    if (typeof message !== 'object' || message === null) return
    if ('event' in message) {
      if (message.event === 'changed' && !failure) events.onChanged()
      return
    }
    const first = waiting[0]
    if (!first || !('id' in message) || message.id !== first.id) return
    waiting.shift()
    firstSince = clock.now()
    arm()
    settle(first, message)
  })
  process.onExit(() => end(new AppError('token.driver_crashed', { call: waiting[0]?.call ?? 'idle' })))

  return {
    call: <C extends HelperCall>(call: C, args: CallArguments<C>, limitMs: number): Promise<CallResult<C>> =>
      new Promise((resolve, reject) => {
        if (failure) {
          reject(failure)
          return
        }
        lastId += 1
        if (waiting.length === 0) firstSince = clock.now()
        waiting.push({ id: lastId, call, limitMs, resolve: (value) => resolve(value as CallResult<C>), reject })
        process.postMessage({ id: lastId, call, ...args })
        arm()
      }),
    failure: () => failure,
    kill: end,
  }
}
