import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import type { Operation, OperationState } from '#contract/operations.ts'
import { createAttendance } from './attendance.ts'

const origin = 'https://platform.example'
const id = 'op_1'

const start = () => {
  const cancelled: string[] = []
  let state: OperationState | 'gone' = 'waiting'
  const attendance = createAttendance(
    {
      get: () => {
        if (state === 'gone') throw new AppError('operation.not_found')
        return { state } as Operation
      },
      cancel: (_id, _origin, reason) => cancelled.push(reason),
    },
    { pollGraceMs: 10_000, watcherGraceMs: 3_000 },
  )
  return { attendance, cancelled, is: (next: OperationState | 'gone') => (state = next) }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('an operation is attended or it is cancelled', () => {
  test('fail/one that nobody asks about again is cancelled when its time is over, not before', () => {
    const { attendance, cancelled } = start()
    attendance.seen(id, origin)
    vi.advanceTimersByTime(9_999)
    expect(cancelled).toEqual([])
    vi.advanceTimersByTime(1)
    expect(cancelled).toEqual(['caller_gone'])
  })

  test('ok/one that is polled lives, and is cancelled after the last poll', () => {
    const { attendance, cancelled } = start()
    for (let poll = 0; poll < 5; poll += 1) {
      attendance.seen(id, origin)
      vi.advanceTimersByTime(8_000)
    }
    expect(cancelled).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(cancelled).toEqual(['caller_gone'])
  })

  test('ok/one with an event stream lives, and is cancelled soon after the last stream has gone', () => {
    const { attendance, cancelled } = start()
    attendance.seen(id, origin)
    const leave = attendance.watch(id, origin)
    const leaveToo = attendance.watch(id, origin)
    vi.advanceTimersByTime(60_000)
    leave()
    vi.advanceTimersByTime(60_000)
    expect(cancelled).toEqual([])
    leaveToo()
    vi.advanceTimersByTime(3_000)
    expect(cancelled).toEqual(['caller_gone'])
  })

  test('ok/a page that comes back in time keeps it', () => {
    const { attendance, cancelled } = start()
    attendance.watch(id, origin)()
    vi.advanceTimersByTime(2_900)
    attendance.watch(id, origin)
    vi.advanceTimersByTime(60_000)
    expect(cancelled).toEqual([])
  })

  test('ok/one at work is never cancelled for want of attention', () => {
    const { attendance, cancelled, is } = start()
    attendance.seen(id, origin)
    is('working')
    vi.advanceTimersByTime(60_000)
    expect(cancelled).toEqual([])
  })

  test('ok/one that ended or is gone by itself is left alone', () => {
    const { attendance, cancelled, is } = start()
    attendance.seen(id, origin)
    is('gone')
    vi.advanceTimersByTime(60_000)
    expect(cancelled).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
