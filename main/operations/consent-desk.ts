import { AppError } from '#contract/errors.ts'
import type { ConsentView } from '#contract/client.ts'
import type { Approval, ConsentPort, ConsentQuestion, Ending } from './ports.ts'

/** The one window that questions are shown in. */
export interface ConsentSurface {
  /** Brings it to the front with the current question. */
  readonly show: () => void
  readonly changed: () => void
  readonly hide: () => void
}

export interface ConsentDesk {
  readonly port: ConsentPort
  readonly view: () => ConsentView | null
  readonly documentIds: () => readonly string[]
  readonly approve: (operationId: string, approval: Approval) => Promise<void>
  readonly chooseSeal: (operationId: string, sealId: string | null) => ConsentView
  readonly reject: (operationId: string) => void
  /** The person closed the window: while it asks or the key works, that is a refusal. */
  readonly close: () => void
  /** The window is gone by itself. */
  readonly lost: () => void
  /**
   * The window is done with what it showed. Its own clock sends this too, and by then the next question may stand: that one
   * is never answered by it.
   */
  readonly dismiss: () => void
}

export interface ConsentDeskOptions {
  /** How long a result stays while nobody else waits, and while somebody does. */
  readonly resultMs?: number
  /** How long it stays that the page took its question back. */
  readonly noticeMs?: number
  readonly hurriedResultMs?: number
  /** A question has left the window for good. */
  readonly left?: () => void
}

interface Waiting {
  readonly question: ConsentQuestion
  isAsking: boolean
}

/** One question at a time; the others wait in the order they came. */
export const createConsentDesk = (surface: ConsentSurface, options: ConsentDeskOptions = {}): ConsentDesk => {
  const { resultMs = 60_000, noticeMs = 6_000, hurriedResultMs = 3_000, left = () => undefined } = options
  const queue: Waiting[] = []
  let current: Waiting | null = null
  let resultTimer: NodeJS.Timeout | undefined

  const next = () => {
    clearTimeout(resultTimer)
    if (current !== null) left()
    current = queue.shift() ?? null
    if (current === null) surface.hide()
    else surface.show()
  }

  const leaveResult = (waiting: Waiting, after: number) => {
    clearTimeout(resultTimer)
    resultTimer = setTimeout(() => {
      if (current === waiting) next()
    }, after)
    resultTimer.unref()
  }

  const end = (waiting: Waiting, how: Ending) => {
    waiting.isAsking = false
    if (current !== waiting) {
      const index = queue.indexOf(waiting)
      if (index >= 0) queue.splice(index, 1)
    } else if (how === 'gone') {
      next()
    } else {
      surface.changed()
      const unhurried = how === 'notice' ? noticeMs : resultMs
      leaveResult(waiting, queue.length > 0 ? hurriedResultMs : unhurried)
    }
  }

  const asked = (operationId: string): ConsentQuestion => {
    if (current?.question.operationId !== operationId) throw new AppError('operation.not_found')
    return current.question
  }

  /** Without its window a question is answered so; a result was seen. */
  const leave = (answer: (question: ConsentQuestion) => void) => {
    if (current === null) return
    if (current.isAsking) answer(current.question)
    else next()
  }

  return {
    port: {
      ask: (question) => {
        const waiting: Waiting = { question, isAsking: true }
        queue.push(waiting)
        if (current === null) next()
        else if (!current.isAsking) leaveResult(current, hurriedResultMs)
        return {
          changed: () => {
            if (current === waiting) surface.changed()
          },
          end: (how) => end(waiting, how),
        }
      },
    },
    view: () => current?.question.view() ?? null,
    documentIds: () => current?.question.documentIds ?? [],
    approve: async (operationId, approval) => asked(operationId).approve(approval),
    chooseSeal: (operationId, sealId) => {
      const question = asked(operationId)
      question.chooseSeal(sealId)
      return question.view()
    },
    reject: (operationId) => asked(operationId).reject(),
    close: () => leave(({ reject }) => reject()),
    lost: () => leave(({ lost }) => lost()),
    dismiss: () => {
      if (current === null) surface.hide()
      else if (!current.isAsking) next()
    },
  }
}
