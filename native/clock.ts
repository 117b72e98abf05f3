/** Time as a port, so that limits and back-off can be tested without waiting. */
export interface Clock {
  /** Milliseconds on a monotonic scale. */
  readonly now: () => number
  /** Runs once after `ms`; the returned function cancels. Never keeps the process alive. */
  readonly after: (ms: number, run: () => void) => () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
