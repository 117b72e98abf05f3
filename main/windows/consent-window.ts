import type { ConsentSurface } from '../operations/consent-desk.ts'
import { createSecureWindow, type SecureWindow } from './secure-window.ts'

export interface ConsentWindowPorts {
  readonly preload: string
  readonly title: string
  /** The person closed it. */
  readonly closed: () => void
  /** It is gone by itself, which is nobody's answer. */
  readonly lost: (error: unknown) => void
}

/**
 * The one window where a PIN is typed: always on top, one process for one consent, gone with it, so that nothing of a
 * PIN is left in a renderer's memory.
 */
export const createConsentWindow = (ports: ConsentWindowPorts): ConsentSurface & { settingsChanged: () => void } => {
  let current: SecureWindow | null = null

  const discard = () => {
    const leaving = current
    current = null
    leaving?.window.destroy()
  }

  const open = (): SecureWindow => {
    const opened = createSecureWindow({
      kind: 'consent',
      preload: ports.preload,
      window: {
        title: ports.title,
        width: 960,
        height: 720,
        minWidth: 760,
        minHeight: 560,
        center: true,
        alwaysOnTop: true,
        fullscreenable: false,
        maximizable: false,
      },
      lost: (error) => {
        if (current !== opened) return
        discard()
        ports.lost(error)
      },
    })
    opened.window.once('show', () => {
      opened.window.setAlwaysOnTop(true, 'modal-panel')
      opened.window.moveTop()
      opened.window.focus()
      opened.window.flashFrame(true)
    })
    opened.window.once('closed', () => {
      // `discard` has already forgotten it: closing by the program is no answer of the person.
      if (current !== opened) return
      current = null
      ports.closed()
    })
    return opened
  }

  return {
    show: () => {
      discard()
      current = open()
    },
    changed: () => current?.send('consent.changed', undefined),
    settingsChanged: () => current?.send('settings.changed', undefined),
    hide: discard,
  }
}
