import type { Operation } from '#contract/operations.ts'
import { AppError } from '#contract/errors.ts'
import { sendJson, type Exchange } from '../http/exchange.ts'
import type { BridgeGrant, BridgePorts, OperationRequest } from '../ports.ts'
import type { Attendance } from './attendance.ts'

const isEnded = ({ state }: Operation): boolean => state === 'done' || state === 'failed'

export interface StartParameters {
  readonly origin: string
  readonly grant: BridgeGrant | null
  readonly request: OperationRequest
  readonly waitSeconds: number
}

/**
 * Starts an operation. Without `Prefer: wait` it answers 202 at once; with it the answer is held until the operation has ended
 * (200) or the time is over (202), and a caller that hangs up while the person is being asked cancels it.
 */
export const createOperationStarter = (ports: BridgePorts, attendance: Attendance) => {
  const answer = (res: Exchange, status: 200 | 202, operation: Operation) => {
    res.setHeader('Location', `/v1/operations/${operation.id}`)
    sendJson(res, status, operation)
  }

  const hold = (res: Exchange, started: Operation, { origin, waitSeconds }: StartParameters): void => {
    const { id } = started
    let isSettled = false
    let unwatch = (): unknown => undefined
    const settle = () => {
      isSettled = true
      clearTimeout(timer)
      unwatch()
    }
    const finish = (operation: Operation) => {
      if (isSettled) return
      settle()
      if (!isEnded(operation)) attendance.seen(id, origin)
      res.setHeader('Preference-Applied', `wait=${waitSeconds}`)
      answer(res, isEnded(operation) ? 200 : 202, operation)
    }
    const timer = setTimeout(() => finish(ports.operations.get(id, origin)), waitSeconds * 1000)
    res.once('close', () => {
      if (isSettled) return
      settle()
      cancelWhenWaiting(id, origin)
    })
    // The listener may be called before `watch` returns, when the operation has ended in the meantime.
    unwatch = ports.operations.watch(id, origin, (operation) => {
      if (isEnded(operation)) finish(operation)
    })
    // It may have ended between start and watch.
    const current = ports.operations.get(id, origin)
    if (isEnded(current)) finish(current)
  }

  const cancelWhenWaiting = (id: string, origin: string): void => {
    try {
      if (ports.operations.get(id, origin).state === 'waiting') ports.operations.cancel(id, origin, 'caller_gone')
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      ports.log.info({ operation: id, code: error.code }, 'the operation of a caller that hung up was over already')
    }
  }

  return async (res: Exchange, parameters: StartParameters): Promise<void> => {
    const { origin, grant, request, waitSeconds } = parameters
    const operation = await ports.operations.start(origin, grant, request)
    const isOver = isEnded(operation)
    if (res.closed) {
      cancelWhenWaiting(operation.id, origin)
    } else if (waitSeconds > 0 && !isOver) {
      hold(res, operation, parameters)
    } else {
      if (!isOver) attendance.seen(operation.id, origin)
      answer(res, isOver ? 200 : 202, operation)
    }
  }
}
