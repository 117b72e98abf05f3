/** What crosses between the host (Node) and a page's preload world. Arguments are codec text. */
export type PageMessage =
  | { kind: 'hello'; url: string; screen: ScreenReport }
  | { kind: 'send'; channel: string; args: string }
  | { kind: 'invoke'; id: number; channel: string; args: string }
  | { kind: 'open'; url: string; frameName: string; features: string }
  | { kind: 'geometry'; x: number; y: number; width: number; height: number }
  | { kind: 'focus'; focused: boolean }
  | { kind: 'title'; title: string }
  | { kind: 'preload-error'; message: string; stack: string }

export type HostMessage =
  | { kind: 'event'; channel: string; args: string }
  | { kind: 'result'; id: number; value: string }
  | { kind: 'failure'; id: number; message: string }

export interface ScreenReport {
  width: number
  height: number
  availWidth: number
  availHeight: number
  scaleFactor: number
}

/** Name of the isolated world and of the two globals that exist only in it. */
export const PRELOAD_WORLD = 'electron-preload'
export const TO_HOST = '__electronStandInToHost'
export const FROM_HOST = '__electronStandInFromHost'

export interface PreloadOptions {
  /** random per window: the event name over which the two worlds of a page talk */
  secret: string
  preload: { path: string } | null
  processInfo: { platform: string; arch: string; versions: Record<string, string>; argv: string[] }
  /** a real user may close or move the window: report it */
  headed: boolean
}
