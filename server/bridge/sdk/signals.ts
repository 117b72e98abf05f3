/** `AbortSignal.any` for the Chromium shells before 116. */
export const anySignal = (first: AbortSignal, second: AbortSignal): AbortSignal => {
  if ('any' in AbortSignal) return AbortSignal.any([first, second])
  const either = new AbortController()
  for (const signal of [first, second] as AbortSignal[]) {
    if (signal.aborted) either.abort(signal.reason)
    signal.addEventListener('abort', () => either.abort(signal.reason), { once: true })
  }
  return either.signal
}

/** Resolves after the time, or sooner when the signal is aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
