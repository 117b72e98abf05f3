import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { pino, type Logger } from 'pino'

/**
 * One logger for the process: JSON lines in a file of the user's data folder, two generations. Nothing is sent anywhere
 * (R18). What could hold a secret is cut out by name, at any of the first three levels.
 */
const SECRET_NAMES = [
  'pin',
  'oldPin',
  'newPin',
  'adminPin',
  'soPin',
  'token',
  'authorization',
  'loginToken',
  'password',
]
const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

const MAX_BYTES = 5 * 1024 * 1024

export interface LogOptions {
  readonly directory: string
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

const rotate = (file: string) => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size < MAX_BYTES) return
  const older = file.replace(/\.log$/, '.1.log')
  rmSync(older, { force: true })
  renameSync(file, older)
}

/** `cause` is logged with its chain; errors are shown by name, code and stack, never with fields a driver may have set. */
const errorFields = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const code = 'code' in error ? error.code : undefined
  return { name: error.name, message: error.message, code, stack: error.stack, cause: errorFields(error.cause) }
}

export const createLog = ({ directory, level = 'info' }: LogOptions): Logger => {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths, censor: '[redacted]' },
    serializers: { error: errorFields, cause: errorFields, err: errorFields },
  }
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const file = path.join(directory, 'client.log')
    rotate(file)
    // Written in the background in pieces, so that a slow disk never holds up the event loop.
    return pino(options, pino.destination({ dest: file, mode: 0o600, sync: false, minLength: 0 }))
  } catch (error) {
    // A folder that cannot be written is reported by the store, which the program cannot do without; a log it can.
    const fallback = pino({ ...options, level: 'silent' })
    fallback.warn({ error }, 'no log file')
    return fallback
  }
}
