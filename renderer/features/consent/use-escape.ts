import { useEffect } from 'react'

/** Escape, unless an input method or a control has used it for itself. */
export const useEscape = (isActive: boolean, act: () => void): void => {
  useEffect(() => {
    if (!isActive) return
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return
      act()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [isActive, act])
}
