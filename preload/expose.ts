import { contextBridge, ipcRenderer } from 'electron'
import type { EventName, WindowApi } from '#contract/ipc.ts'
import { callChannel, eventChannel } from '#contract/ipc-channels.ts'

interface EventMessage {
  readonly name: string
  readonly payload: unknown
}

/**
 * Exposes `window.yzt`: two fixed channels, no more. Which calls a window may make is checked in main by its frame, so a
 * page that gets hold of this function gains nothing.
 */
export const exposeApi = (): void => {
  const listeners = new Map<EventName, Set<(payload: never) => void>>()

  ipcRenderer.on(eventChannel, (_event, { name, payload }: EventMessage) => {
    for (const listener of listeners.get(name as EventName) ?? []) (listener as (value: unknown) => void)(payload)
  })

  const api: WindowApi = {
    call: (name, input) => ipcRenderer.invoke(callChannel, { name, input }) as ReturnType<WindowApi['call']> as never,
    on: (name, listener) => {
      const known = listeners.get(name) ?? new Set()
      listeners.set(name, known)
      known.add(listener)
      return () => {
        known.delete(listener)
      }
    },
  }
  contextBridge.exposeInMainWorld('yzt', api)
}
