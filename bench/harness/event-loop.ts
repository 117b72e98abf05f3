import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface LoopReport {
  /** Longest time the loop did not come round, milliseconds. */
  readonly longest: number
  readonly p99: number
}

export interface LoopProbe {
  /** What was seen since the last call. */
  readonly take: () => LoopReport
}

const RESOLUTION = 1

/** Watches the loop of the process it is called in. The histogram holds the timer's own interval too: taken off. */
export const watchEventLoop = (): LoopProbe => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION })
  histogram.enable()
  const inMilliseconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION)
  return {
    take: () => {
      const report = { longest: inMilliseconds(histogram.max), p99: inMilliseconds(histogram.percentile(99)) }
      histogram.reset()
      return report
    },
  }
}
