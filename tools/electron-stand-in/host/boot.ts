import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveApplication } from './application.ts'
import { startBrowser } from './browser/browser-process.ts'
import { findBrowser } from './browser/find-browser.ts'
import { createTargets } from './browser/targets.ts'
import { electronModule } from './electron-module.ts'
import { errorText, warn } from './log.ts'
import { provideElectron } from './module-hooks.ts'
import { denyAllPermissions } from './pages/permissions.ts'
import { WebContents } from './pages/web-contents.ts'
import { app, becomeReady, browserEnded, connectWindows, describeApp } from './process/app.ts'
import { measureScreen } from './platform/measure-screen.ts'
import { appPath, setAppPath } from './process/app-paths.ts'
import { parseArguments, switches } from './process/command-line.ts'
import type { Distribution } from './runtime.ts'
import { setDistribution, setRunning } from './runtime.ts'
import { BrowserWindow, closeAllWindows, destroyAllWindows } from './windows/browser-window.ts'

/** Starts the program as Electron's binary would; `process.execPath` becomes the launcher. */
export async function boot(distribution: Distribution): Promise<void> {
  setDistribution(distribution)
  becomeElectron(distribution)
  const parsed = parseArguments(process.argv.slice(1), app.isPackaged)
  for (const [name, value] of parsed.switches) switches.set(name, value)
  if (switches.has('version')) {
    process.stdout.write(`v${distribution.electronVersion}\n`)
    process.exit(0)
  }
  provideElectron(electronModule, dirname(distribution.executable))
  const application = resolveApplication(parsed.application, distribution)
  if (!app.isPackaged) Object.defineProperty(process, 'defaultApp', { value: true })
  describeApp(application)
  const userData = switches.get('user-data-dir')
  if (userData) setAppPath('userData', resolve(userData))
  connectWindows({
    closeWindows: closeAllWindows,
    destroyWindows: destroyAllWindows,
    focusWindow: () => BrowserWindow.getAllWindows()[0]?.focus(),
  })
  const require = createRequire(join(application.path, 'package.json'))
  for (const preload of parsed.preloads) require(preload)
  await import(pathToFileURL(application.main).href)
  setImmediate(() => {
    startPages().catch((error: unknown) => {
      warn(errorText(error))
      process.exit(1)
    })
  })
}

/** The command line may still have been changed by the main script, so the browser starts after it. */
async function startPages(): Promise<void> {
  const isHeaded =
    !switches.has('headless') &&
    (process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY))
  const executable = findBrowser()
  const profile = join(appPath('sessionData'), 'Chromium')
  const browser = await startBrowser({ executable, profile, name: app.name, isHeaded, switches })
  Object.defineProperty(process.versions, 'chrome', { value: browser.chromeVersion, enumerable: true })
  browser.cdp.onClose(browserEnded)
  const targets = createTargets(browser, ({ openerId }) => {
    const opener = openerId === undefined ? undefined : WebContents.fromDevToolsTargetId(openerId)
    opener?._browserOpened()
  })
  await targets.start()
  // A window made for this would pass for the program's first one where tests are connected.
  if (isHeaded && !switches.has('remote-debugging-port')) await measureScreen(targets)
  denyAllPermissions(browser)
  setRunning({ browser, targets })
  becomeReady()
}

function becomeElectron({ executable, resources, electronVersion }: Distribution): void {
  process.argv = [executable, ...process.argv.slice(2)]
  process.execArgv = []
  const facts = { type: 'browser', resourcesPath: resources }
  for (const [name, value] of Object.entries(facts)) Object.defineProperty(process, name, { value, enumerable: true })
  process.execPath = executable
  Object.defineProperty(process.versions, 'electron', { value: electronVersion, enumerable: true })
}
