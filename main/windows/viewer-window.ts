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
        window: { show: false, width: 800, height: 600, skipTaskbar: true, focusable: false },
      })
      current = opened
      const lost = () => {
        if (current === opened) crashed()
      }
      opened.window.once('closed', lost)
      opened.window.webContents.once('render-process-gone', lost)
      opened.loaded.catch((error: unknown) => {
        failed(error)
        lost()
      })
    },
    send: (name, payload) => current?.send(name, payload),
    destroy: () => {
      const leaving = current
      current = null
      leaving?.window.destroy()
    },
  }
}
