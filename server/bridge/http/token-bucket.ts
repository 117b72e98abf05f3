/** R6. A token bucket for each key, refilled by elapsed time; the oldest keys are forgotten so that the table stays small. */
export const createTokenBuckets = (perSecond: number, burst: number, maxKeys = 1000) => {
  const buckets = new Map<string, { tokens: number; at: number }>()

  const forgetOldest = () => {
    const oldest = buckets.keys().next()
    if (oldest.done !== true) buckets.delete(oldest.value)
  }

  return {
    /** Milliseconds until the next request may come; 0: this one may pass. `now` in milliseconds, monotonic. */
    take: (key: string, now: number): number => {
      let bucket = buckets.get(key)
      if (bucket === undefined) {
        if (buckets.size >= maxKeys) forgetOldest()
        bucket = { tokens: burst, at: now }
        buckets.set(key, bucket)
      }
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perSecond) / 1000)
      bucket.at = now
      if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) * 1000) / perSecond)
      bucket.tokens -= 1
      return 0
    },
  }
}
