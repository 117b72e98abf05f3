/** The desktop client as Playwright drives it, on whichever Electron there is. */
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { chooseElectron } from '#tools/setup/start/electron.ts'
import type { CallInput, CallName, CallOutput, WindowApi } from '#contract/ipc.ts'
import { root } from './folders.ts'

export interface Client {
  readonly app: ElectronApplication
  readonly main: Page
  /** The consent window: the one that is open, or the next one that opens. */
  readonly consent: () => Promise<Page>
  readonly hasConsent: () => boolean
  /** A call of the main window, as its screens make them; throws the error's code. */
  readonly call: <Name extends CallName>(name: Name, input: CallInput<Name>) => Promise<CallOutput<Name>>
  readonly close: () => Promise<void>
}

export interface ClientOptions {
  readonly userData: string
  readonly env: Readonly<Record<string, string>>
  /** A packaged program in place of the working tree. */
  readonly executablePath?: string
  readonly display?: string
}

const isPage = (page: Page, name: string): boolean =>
  !page.isClosed() && new URL(page.url()).pathname.endsWith(`/${name}`)

const environment = (options: ClientOptions, dist: string): Record<string, string> => {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, NODE_OPTIONS: _options, ...inherited } = process.env
  const known = Object.entries(inherited).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    ...Object.fromEntries(known),
    ELECTRON_OVERRIDE_DIST_PATH: dist,
    ...(options.display ? { DISPLAY: options.display } : {}),
    ...options.env,
  }
}

const until = async (isTrue: () => Promise<boolean> | boolean, complaint: string, timeout = 30_000): Promise<void> => {
  const end = Date.now() + timeout
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(complaint)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const windowNamed = async (app: ElectronApplication, name: string): Promise<Page> => {
  const find = (): Page | undefined => app.windows().find((page) => isPage(page, name))
  await until(() => find() !== undefined, `There is no window ${name}`)
  const window = find()
  if (!window) throw new Error(`The window ${name} has closed`)
  return window
}

/** `window.yzt.call` of a window, as its own scripts use it. */
const callFrom =
  (window: Page) =>
  async <Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> => {
    const answer = await window.evaluate(
      ([called, given]) => (globalThis as unknown as { yzt: WindowApi }).yzt.call(called, given as never),
      [name, input] as [CallName, unknown],
    )
    if (!answer.ok) throw new Error(answer.error.code)
    return answer.value as CallOutput<Name>
  }

export const startClient = async (options: ClientOptions): Promise<Client> => {
  const electron = await chooseElectron()
  // Playwright asks the package `electron` in this very process where its binary is.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = electron.dist
  const userData = `--user-data-dir=${options.userData}`
  const app = await _electron.launch({
    ...(options.executablePath
      ? { executablePath: options.executablePath, args: [userData] }
      : { args: ['.', userData] }),
    cwd: root,
    env: environment(options, electron.dist),
    timeout: 60_000,
  })
  const main = await windowNamed(app, 'index.html')
  const call = callFrom(main)
  // The window is there before the bridge listens.
  await until(async () => (await call('bridge.state', undefined)).state === 'ready', 'The bridge does not listen')
  return {
    app,
    main,
    consent: () => windowNamed(app, 'consent.html'),
    hasConsent: () => app.windows().some((page) => isPage(page, 'consent.html')),
    call,
    close: () => app.close(),
  }
}
