import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { CdpConnection } from './cdp.ts'
import { createCdpConnection } from './cdp.ts'
import { browserSwitches } from './switches.ts'

export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

export interface BrowserProcess {
  readonly pid: number
  readonly cdp: CdpConnection
  readonly chromeVersion: string
  readonly isHeaded: boolean
  /** A chromeless window needs a second command line, which the running browser takes over. */
  openAppWindow(url: string, bounds: Bounds): void
  close(): Promise<void>
  /** For process exit, where nothing can be awaited. */
  kill(): void
}

export interface BrowserOptions {
  executable: string
  profile: string
  isHeaded: boolean
  /** what the desktop's window list groups the windows under */
  name: string
  /** switches of the application's own command line */
  switches: ReadonlyMap<string, string>
}

export async function startBrowser(options: BrowserOptions): Promise<BrowserProcess> {
  mkdirSync(options.profile, { recursive: true, mode: 0o700 })
  const child = spawn(options.executable, browserSwitches(options, 'first'), {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  if (child.stderr) forwardLog(child.stderr)
  const cdp = createCdpConnection(child.stdio[3] as Writable, child.stdio[4] as Readable)
  const version = await cdp.root.send<{ product: string }>('Browser.getVersion')
  const pid = child.pid ?? 0
  const kill = (): void => killGroup(pid)

  return {
    pid,
    cdp,
    isHeaded: options.isHeaded,
    chromeVersion: version.product.replace(/^.*\//, ''),
    openAppWindow(url, { x, y, width, height }) {
      const window = [`--app=${url}`, `--window-position=${x},${y}`, `--window-size=${width},${height}`]
      spawn(options.executable, [...browserSwitches(options, 'second'), ...window], { stdio: 'ignore' }).unref()
    },
    async close() {
      cdp.root.post('Browser.close')
      await Promise.race([exited, delay(1_500, undefined, { ref: false })])
      kill()
    },
    kill,
  }
}

function killGroup(pid: number): void {
  if (pid === 0) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: the group has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Playwright waits for this line on the program's own standard error. */
function forwardLog(stream: Readable): void {
  const isLogging = process.env.ELECTRON_ENABLE_LOGGING !== undefined
  createInterface({ input: stream }).on('line', (line) => {
    if (isLogging || line.startsWith('DevTools listening on ')) process.stderr.write(`${line}\n`)
  })
}
