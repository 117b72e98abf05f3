import { appendFile, appendFileSync, closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { pino, type DestinationStream, type Logger } from 'pino'

/**
 * One logger for the process: JSON lines in a file of the user's data folder, two generations. Nothing is sent anywhere
 * (R18), and a disk that takes no more costs lines, never the program. What could hold a secret is cut out by name, at any of the first three levels.
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
/** What a disk that does not write lets wait in memory; further lines are dropped. */
const MAX_WAITING = 1024 * 1024

export interface LogOptions {
  readonly directory: string
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly maxBytes?: number
}

/**
 * Appends in the background, one write at a time, so that a slow disk never holds up the event loop. (pino's own
 * destination tries a full disk again without end while the process exits.)
 */
const createRotatingFile = (file: string, maxBytes: number): DestinationStream => {
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  let fd: number | null = null
  const waiting: string[] = []
  let waitingLength = 0
  let isWriting = false

  const open = (): number => {
    if (size >= maxBytes) {
      const older = file.replace(/\.log$/, '.1.log')
      rmSync(older, { force: true })
      renameSync(file, older)
      size = 0
    }
    return openSync(file, 'a', 0o600)
  }

  /** As many lines as the file still takes, one at least. */
  const take = (): Buffer => {
    let count = 0
    for (let length = 0; count < waiting.length && (count === 0 || size + length < maxBytes); count += 1) {
      length += waiting[count]?.length ?? 0
    }
    const text = waiting.splice(0, count).join('')
    waitingLength -= text.length
    return Buffer.from(text)
  }

  // What the disk does not take is lost: saying so here would only fail again.
  const written = () => {
    isWriting = false
    writeNext()
  }

  const writeNext = () => {
    if (isWriting || waiting.length === 0) return
    isWriting = true
    try {
      if (size >= maxBytes && fd !== null) {
        closeSync(fd)
        fd = null
      }
      fd ??= open()
      const piece = take()
      size += piece.length
      appendFile(fd, piece, written)
    } catch {
      // The next line tries again.
      waiting.length = 0
      waitingLength = 0
      isWriting = false
    }
  }

  process.once('exit', () => {
    try {
      if (fd !== null) appendFileSync(fd, waiting.join(''))
    } catch (error) {
      process.stderr.write(`the log's end is lost: ${String(error)}\n`)
    }
  })
  fd = open()

  return {
    write: (line) => {
      if (waitingLength > MAX_WAITING) return
      waiting.push(line)
      waitingLength += line.length
      writeNext()
    },
  }
}

/** `cause` is logged with its chain; errors are shown by name, code and stack, never with fields a driver may have set. */
const errorFields = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const code = 'code' in error ? error.code : undefined
  return { name: error.name, message: error.message, code, stack: error.stack, cause: errorFields(error.cause) }
}

export const createLog = ({ directory, level = 'info', maxBytes = MAX_BYTES }: LogOptions): Logger => {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths, censor: '[redacted]' },
    serializers: { error: errorFields, cause: errorFields, err: errorFields },
  }
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return pino(options, createRotatingFile(path.join(directory, 'client.log'), maxBytes))
  } catch {
    // A folder that cannot be written is reported by the store, which the program cannot do without; a log it can.
    return pino({ ...options, level: 'silent' })
  }
}
