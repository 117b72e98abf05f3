/** Nearest-rank percentile of unsorted samples; `share` between 0 and 1. */
export const percentile = (samples: readonly number[], share: number): number => {
  if (samples.length === 0) throw new RangeError('no samples')
  const sorted = [...samples].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5)

export interface Summary {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly min: number
  readonly max: number
}

export const summarize = (samples: readonly number[]): Summary => ({
  count: samples.length,
  p50: percentile(samples, 0.5),
  p99: percentile(samples, 0.99),
  min: percentile(samples, 0),
  max: percentile(samples, 1),
})
