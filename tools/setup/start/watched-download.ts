import { spawn } from 'node:child_process'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'

export interface DownloadLimits {
  /** Until the first byte. An office network often swallows a request without an answer. */
  readonly firstMs: number
  /** Without another byte. */
  readonly stallMs: number
}

/** `silent`: nothing ever came. `failed`: something came, or the installer said no. */
export type DownloadOutcome = 'done' | 'silent' | 'failed'

const LOOK_MS = 250

const sizeOf = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const sizes = files.map((file) =>
    stat(path.join(file.parentPath, file.name)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/**
 * Runs an installer (a Node script) that downloads into its temporary folder and unpacks into `target`. It is ended when
 * nothing arrives any more; a slow line is given the time it needs. What it downloads is looked at from outside, because
 * Electron's installer tells nothing while it works.
 */
export const runInstaller = async (
  script: string,
  target: string,
  temporary: string,
  limits: DownloadLimits,
  onBytes: (bytes: number) => void,
): Promise<DownloadOutcome> => {
  await mkdir(temporary, { recursive: true })
  const started = Date.now()
  const seen: { bytes: number; changedAt: number | null } = { bytes: 0, changedAt: null }
  const look = async (): Promise<void> => {
    const bytes = (await sizeOf(temporary)) + (await sizeOf(target))
    if (bytes !== seen.bytes) {
      seen.changedAt = Date.now()
      seen.bytes = bytes
      onBytes(bytes)
    }
    const limitMs = seen.changedAt === null ? limits.firstMs : limits.stallMs
    if (Date.now() - (seen.changedAt ?? started) > limitMs) child.kill('SIGKILL')
  }
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, TMPDIR: temporary, TMP: temporary, TEMP: temporary },
    stdio: 'ignore',
  })
  const watch = setInterval(() => void look(), LOOK_MS)
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', resolve)
  })
  clearInterval(watch)
  await rm(temporary, { recursive: true, force: true })
  if (code === 0) return 'done'
  return seen.changedAt === null ? 'silent' : 'failed'
}
