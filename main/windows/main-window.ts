import type { EventName, EventPayload } from '#contract/ipc.ts'
import { createSecureWindow, type SecureWindow } from './secure-window.ts'

export interface MainWindow {
  /** Opens it, or brings it to the front. */
  readonly show: () => void
  readonly navigate: (path: string) => void
  readonly send: <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void
}

export interface MainWindowPorts {
  readonly preload: string
  readonly title: string
  readonly failed: (error: unknown) => void
}

export const createMainWindow = ({ preload, title, failed }: MainWindowPorts): MainWindow => {
  let current: SecureWindow | null = null
  let isLoaded = false
  let wantedPath: string | null = null

  const open = (): SecureWindow => {
    const opened = createSecureWindow({
      kind: 'main',
      preload,
      window: { title, width: 1180, height: 760, minWidth: 1024, minHeight: 680 },
      // An empty frame helps nobody: the next `show` makes a new one.
      lost: (error) => {
        failed(error)
        opened.window.destroy()
      },
    })
    opened.window.once('closed', () => {
      if (current === opened) current = null
    })
    isLoaded = false
    void opened.loaded.then((isThere) => {
      if (!isThere || current !== opened) return
      isLoaded = true
      if (wantedPath !== null) opened.send('navigate', { path: wantedPath })
      wantedPath = null
    })
    return opened
  }

  const show = () => {
    if (current === null) {
      current = open()
      return
    }
    if (current.window.isMinimized()) current.window.restore()
    current.window.show()
    current.window.focus()
  }

  return {
    show,
    navigate: (path) => {
      show()
      if (isLoaded) current?.send('navigate', { path })
      else wantedPath = path
    },
    send: (name, payload) => current?.send(name, payload),
  }
}
