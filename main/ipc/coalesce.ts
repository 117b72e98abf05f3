/**
 * "Something changed" said once for many changes in a row: a batch of a hundred signatures must not make the window ask
 * a hundred times.
 */
export const coalesce = <Name extends string>(tell: (name: Name) => void, delayMs = 40) => {
  const waiting = new Set<Name>()
  return (name: Name): void => {
    if (waiting.has(name)) return
    waiting.add(name)
    setTimeout(() => {
      waiting.delete(name)
      tell(name)
    }, delayMs).unref()
  }
}
