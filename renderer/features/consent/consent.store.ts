import { create } from 'zustand'
import type { ConsentView, Settings } from '#contract/client.ts'
import { ask } from '../../ui/ipc.ts'

interface ConsentSession {
  /** `undefined` until main answered; `null` when nothing waits. */
  readonly view: ConsentView | null | undefined
  readonly settings: Settings | undefined
  readonly error: unknown
  readonly refresh: () => Promise<void>
  readonly refreshSettings: () => Promise<void>
  readonly show: (view: ConsentView) => void
}

/** What main last said. Never the PIN: that stays in its input element. */
export const useConsent = create<ConsentSession>((set) => {
  let asked = 0
  return {
    view: undefined,
    settings: undefined,
    error: null,
    refresh: async () => {
      asked += 1
      const mine = asked
      try {
        const view = await ask('consent.get', undefined)
        // A slow answer must not replace a newer one.
        if (mine === asked) set({ view, error: null })
      } catch (error) {
        if (mine === asked) set({ error })
      }
    },
    refreshSettings: async () => {
      try {
        set({ settings: await ask('settings.get', undefined) })
      } catch {
        // The window works with the system's theme and Chinese when the settings cannot be read.
        set({ settings: undefined })
      }
    },
    show: (view) => {
      asked += 1
      set({ view, error: null })
    },
  }
})
