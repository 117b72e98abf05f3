import { useEffect, useState } from 'react'
import { watchForeground, type Foreground, type ForegroundPorts } from './foreground.ts'

const ports: ForegroundPorts = {
  isInFront: () => document.visibilityState === 'visible' && document.hasFocus(),
  listen: (look) => {
    window.addEventListener('focus', look)
    window.addEventListener('blur', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      window.removeEventListener('focus', look)
      window.removeEventListener('blur', look)
      document.removeEventListener('visibilitychange', look)
    }
  },
}

/** Whether the window is in front, and whether it has been there for 500 ms without a break. */
export const useForeground = (): Foreground => {
  const [state, setState] = useState<Foreground>({ isFocused: false, isHeld: false })
  useEffect(() => watchForeground(ports, setState), [])
  return state
}
