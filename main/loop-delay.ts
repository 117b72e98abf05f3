import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Longest blocks of main's event loop, for the benchmark and the end-to-end tests. */
export interface LoopDelay {
  /** Milliseconds since the last reset. */
  readonly read: () => { maxMs: number; p99Ms: number; meanMs: number }
  readonly reset: () => void
}

const NANO = 1_000_000

export const watchLoopDelay = (resolutionMs = 5): LoopDelay => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  // The histogram counts the timer's own interval in: what is above it is delay.
  const delay = (nanoseconds: number) => Math.max(0, nanoseconds / NANO - resolutionMs)
  return {
    read: () => ({
      maxMs: delay(histogram.max),
      p99Ms: delay(histogram.percentile(99)),
      meanMs: delay(histogram.mean),
    }),
    reset: () => histogram.reset(),
  }
}
