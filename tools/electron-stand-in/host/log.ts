/** Notes about effects the stand-in cannot show (a tray icon, always on top): printed when asked for. */
const isVerbose = process.env.ELECTRON_STAND_IN_DEBUG !== undefined

export function note(text: string): void {
  if (isVerbose) process.stderr.write(`[electron stand-in] ${text}\n`)
}

export function warn(text: string): void {
  process.stderr.write(`[electron stand-in] ${text}\n`)
}

export const errorText = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
