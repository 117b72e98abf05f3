import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchForeground, type Foreground } from './foreground.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const watch = (isInFront: boolean) => {
  let isNow = isInFront
  let look = (): void => undefined
  const told: Foreground[] = []
  const stop = watchForeground(
    {
      isInFront: () => isNow,
      listen: (listener) => {
        look = listener
        return () => {
          look = () => undefined
        }
      },
    },
    (state) => told.push(state),
  )
  /** With the event, or silently as some window managers do it. */
  const turn = (next: boolean, isSilent = false) => {
    isNow = next
    if (!isSilent) look()
  }
  return { turn, stop, told, last: () => told.at(-1) }
}

describe('the window in front', () => {
  it('is held after 500 ms, not before', () => {
    const { last } = watch(true)
    vi.advanceTimersByTime(499)
    expect(last()).toEqual({ isFocused: true, isHeld: false })
    vi.advanceTimersByTime(1)
    expect(last()).toEqual({ isFocused: true, isHeld: true })
  })

  it('counts anew after another window was in front, however shortly', () => {
    const { turn, last } = watch(true)
    vi.advanceTimersByTime(499)
    turn(false)
    turn(true)
    vi.advanceTimersByTime(499)
    expect(last()).toEqual({ isFocused: true, isHeld: false })
    vi.advanceTimersByTime(1)
    expect(last()?.isHeld).toBe(true)
  })

  it('is no longer held at once when another one comes to the front', () => {
    const { turn, last } = watch(true)
    vi.advanceTimersByTime(500)
    turn(false)
    expect(last()).toEqual({ isFocused: false, isHeld: false })
  })

  it('is noticed without an event', () => {
    const { turn, last, told } = watch(false)
    expect(told).toEqual([])
    turn(true, true)
    vi.advanceTimersByTime(200)
    expect(last()).toEqual({ isFocused: true, isHeld: false })
    turn(false, true)
    vi.advanceTimersByTime(200)
    expect(last()).toEqual({ isFocused: false, isHeld: false })
  })

  it('is not watched any more after the end', () => {
    const { stop, told } = watch(true)
    stop()
    vi.advanceTimersByTime(5_000)
    expect(told).toEqual([{ isFocused: true, isHeld: false }])
    expect(vi.getTimerCount()).toBe(0)
  })
})
