export const holdMs = 500
/** Some window managers give focus without an event: the state is looked at as well. */
const lookMs = 200

export interface Foreground {
  readonly isFocused: boolean
  /** In front for `holdMs` without a break. */
  readonly isHeld: boolean
}

export interface ForegroundPorts {
  readonly isInFront: () => boolean
  /** Calls back at every event that may have changed it; returns the end of listening. */
  readonly listen: (look: () => void) => () => void
}

/** Reports every change until the returned function is called. */
export const watchForeground = (ports: ForegroundPorts, report: (state: Foreground) => void): (() => void) => {
  let isFocused = false
  let hold: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    const isNow = ports.isInFront()
    if (isNow === isFocused) return
    isFocused = isNow
    clearTimeout(hold)
    report({ isFocused, isHeld: false })
    if (isNow) hold = setTimeout(() => report({ isFocused: true, isHeld: true }), holdMs)
  }
  look()
  const timer = setInterval(look, lookMs)
  const stop = ports.listen(look)
  return () => {
    clearInterval(timer)
    clearTimeout(hold)
    stop()
  }
}
