import type { WindowApi } from '#contract/ipc.ts'

declare global {
  interface Window {
    /** Put there by the preload of each window. */
    readonly yzt: WindowApi
  }
}
