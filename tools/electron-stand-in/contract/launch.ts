import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronApplication, Page } from 'playwright'
import { _electron } from 'playwright'
import { expect, onTestFinished } from 'vitest'
import { buildDist } from '../build-dist.mjs'

export const APP = join(import.meta.dirname, '..', 'testdata', 'app')

/** The contract holds on the stand-in, and on real Electron when YZT_REAL_ELECTRON names its distribution. */
export const distribution = async (): Promise<string> => process.env.YZT_REAL_ELECTRON ?? (await buildDist())

export const isRealElectron = process.env.YZT_REAL_ELECTRON !== undefined

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  return folder
}

export interface Launched {
  app: ElectronApplication
  profile: string
}

export interface LaunchOptions {
  env?: Record<string, string>
  profile?: string
  args?: string[]
}

export async function launch({ env = {}, profile, args = [] }: LaunchOptions = {}): Promise<Launched> {
  const folder = profile ?? temporaryFolder()
  // Playwright reads the distribution from its own environment.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = await distribution()
  const app = await _electron.launch({
    args: [APP, `--user-data-dir=${folder}`, ...args],
    env: { ...definedEnvironment(), ...env },
  })
  app.context().setDefaultTimeout(20_000)
  onTestFinished(() => app.close())
  await app.evaluate(({ app: program }) => program.whenReady())
  return { app, profile: folder }
}

/** With the program's first window, once its page has run. */
export async function launchPage(options: LaunchOptions = {}): Promise<Launched & { page: Page }> {
  const launched = await launch(options)
  const page = await launched.app.firstWindow()
  await page.locator('html[data-module=ran]').waitFor()
  await page.waitForLoadState()
  return { ...launched, page }
}

/** What happens after a while, on a busy machine too. */
export const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 20_000, interval: 100 })

export const definedEnvironment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
