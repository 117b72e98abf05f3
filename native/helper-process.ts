/** A running helper process, however it was started. The Electron one lives in main/, Node's in spawn-child-process.ts. */
export interface HelperProcess {
  /** Structured clone; the message is serialised before this returns. */
  readonly postMessage: (message: unknown) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
  /** Called once, also when the process could not be started. */
  readonly onExit: (listener: (code: number | null) => void) => void
  /** Ends it at once: a driver that hangs ignores anything softer than SIGKILL. */
  readonly kill: () => void
}

/** `env` is added to the process's environment (SOFTHSM2_CONF and the like). */
export type SpawnHelper = (modulePath: string, driverId: string, env: Readonly<Record<string, string>>) => HelperProcess
