/**
 * Looks again and again whether something was plugged in or pulled out. A driver that takes long for a look is asked
 * less often, so that signatures in between do not wait for it.
 */
export const watchSlots = (pollMs: number, hasChanged: () => boolean, onChange: () => void): void => {
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
    wait(Math.max(pollMs, (performance.now() - start) * 10))
  }
  wait(pollMs)
}
