import type { BrowserProcess } from './browser/browser-process.ts'
import type { Targets } from './browser/targets.ts'

export interface Running {
  browser: BrowserProcess
  targets: Targets
}

let resolveStarted: (running: Running) => void

/** The browser starts after the main script has run; windows made at `ready` wait for it here. */
export const started = new Promise<Running>((resolve) => {
  resolveStarted = resolve
})

export let running: Running | null = null

export function setRunning(value: Running): void {
  running = value
  resolveStarted(value)
}

/** Facts the launcher's package carries. */
export interface Distribution {
  electronVersion: string
  executable: string
  resources: string
  /** where the stand-in's own files are */
  folder: string
  /** scripts for the two worlds of a page */
  mainWorld: string
  preloadWorld: string
}

export let distribution: Distribution

export function setDistribution(value: Distribution): void {
  distribution = value
}

const node = process.execPath

/** The Node that runs this, whose path `process.execPath` no longer tells. */
export const nodeExecutable = (): string => node
