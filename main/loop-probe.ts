import { existsSync, openSync, readSync } from 'node:fs'

export interface LoopReport {
  /** Longest time between two turns of the loop, milliseconds, over the probe's own interval. */
  readonly longest: number
  /** The same without the time in which this thread was ready to run and other processes had the CPU. */
  readonly longestOwn: number
}

export interface LoopProbe {
  /** What was seen since the last call. */
  readonly take: () => LoopReport
}

const INTERVAL = 4
const WAITED = '/proc/thread-self/schedstat'

/**
 * Watches the event loop of the thread it is called in. A machine that does other things too makes every thread wait for a
 * CPU; the kernel counts that time (second number of /proc/thread-self/schedstat, nanoseconds), so it can be told apart
 * from work that holds the loop up. Where there is no such file (not Linux) both times are the same. For the benchmark.
 */
export const watchLoop = (): LoopProbe => {
  const file = existsSync(WAITED) ? openSync(WAITED, 'r') : null
  const text = Buffer.alloc(96)
  const waited = (): number => {
    if (file === null) return 0
    const length = readSync(file, text, 0, text.length, 0)
    return Number(text.toString('latin1', 0, length).split(' ')[1]) / 1e6
  }
  let last = { at: performance.now(), waited: waited() }
  let longest = 0
  let longestOwn = 0
  const look = (): void => {
    const now = { at: performance.now(), waited: waited() }
    const gap = now.at - last.at - INTERVAL
    longest = Math.max(longest, gap)
    longestOwn = Math.max(longestOwn, gap - (now.waited - last.waited))
    last = now
  }
  setInterval(look, INTERVAL).unref()
  return {
    take: () => {
      const report = { longest, longestOwn }
      longest = 0
      longestOwn = 0
      return report
    },
  }
}
