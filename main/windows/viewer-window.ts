import { createSecureWindow, type SecureWindow } from './secure-window.ts'
import type { ViewerSurface } from './viewer.ts'

export interface ViewerWindowPorts {
  readonly preload: string
  readonly crashed: () => void
  readonly failed: (error: unknown) => void
}

/** Hidden, sandboxed, without PIN: here a document of unknown origin is parsed (ADR 0004). */
export const createViewerWindow = ({ preload, crashed, failed }: ViewerWindowPorts): ViewerSurface => {
  let current: SecureWindow | null = null

  return {
    open: () => {
      const opened = createSecureWindow({
        kind: 'viewer',
        preload,
        isBackground: true,
        window: { width: 800, height: 600, skipTaskbar: true, focusable: false },
        lost: (error) => {
          failed(error)
          gone()
        },
      })
      const gone = () => {
        if (current === opened) crashed()
      }
      current = opened
      opened.window.once('closed', gone)
    },
    send: (name, payload) => current?.send(name, payload),
    destroy: () => {
      const leaving = current
      current = null
      leaving?.window.destroy()
    },
  }
}
