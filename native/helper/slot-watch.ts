/** Of the helper's time at most one part in so many goes into looking. */
const LOOK_SHARE = 10

/**
 * Looks again and again whether something was plugged in or pulled out. A driver that is slow at every look is asked
 * less often, so that signatures in between do not wait for it; one slow look alone, as when a card is put in and read,
 * changes nothing.
 */
export const watchSlots = (pollMs: number, hasChanged: () => boolean, onChange: () => void): void => {
  let lastTook = 0
  const looksChanged = (): boolean => {
    try {
      return hasChanged()
    } catch {
      // The list that the host asks for now will tell what is wrong.
      return true
    }
  }
  const wait = (ms: number): void => {
    setTimeout(look, ms)
  }
  const look = (): void => {
    const start = performance.now()
    if (looksChanged()) onChange()
    const took = performance.now() - start
    wait(Math.max(pollMs, Math.min(took, lastTook) * LOOK_SHARE))
    lastTook = took
  }
  wait(pollMs)
}
