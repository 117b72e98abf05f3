import { useEffect, useState } from 'react'

export const holdMs = 500

const isForeground = () => document.visibilityState === 'visible' && document.hasFocus()

/** Whether the window is in front, and whether it has been there for 500 ms without a break. */
export const useForeground = (): { readonly isFocused: boolean; readonly isHeld: boolean } => {
  const [isFocused, setIsFocused] = useState(isForeground)
  const [isHeld, setIsHeld] = useState(false)

  useEffect(() => {
    const look = () => {
      const isNow = isForeground()
      setIsFocused(isNow)
      if (!isNow) setIsHeld(false)
    }
    // Some window managers give focus without an event: the state is looked at as well.
    const timer = setInterval(look, 200)
    window.addEventListener('focus', look)
    window.addEventListener('blur', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      window.removeEventListener('focus', look)
      window.removeEventListener('blur', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])

  useEffect(() => {
    if (!isFocused) return
    const timer = setTimeout(() => setIsHeld(isForeground()), holdMs)
    return () => clearTimeout(timer)
  }, [isFocused])

  return { isFocused, isHeld: isFocused && isHeld }
}
