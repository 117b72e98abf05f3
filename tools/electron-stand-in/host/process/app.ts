import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { basename, join } from 'node:path'
import type * as Electron from 'electron'
import { guardClass, notImplemented } from '../guard.ts'
import { note } from '../log.ts'
import { cancellable } from '../pages/cancellable.ts'
import { running } from '../runtime.ts'
import { appPath, setAppPath, setPathName } from './app-paths.ts'
import { commandLine } from './command-line.ts'
import { appMetrics } from './metrics.ts'
import { createInstanceLock } from './single-instance.ts'

const life = {
  name: 'Electron',
  version: '',
  path: '',
  isReady: false,
  isQuitting: false,
  isExiting: false,
  relaunch: null as Electron.RelaunchOptions | null,
  closeWindows: (): boolean => true,
  destroyWindows: (): void => undefined,
  focusWindow: (): void => undefined,
}

const ready = Promise.withResolvers<undefined>()
const lock = createInstanceLock(() => join(appPath('userData'), 'Instance'))

class App extends EventEmitter {
  readonly commandLine = commandLine
  /** macOS only */
  readonly dock = undefined
  accessibilitySupportEnabled = false
  badgeCount = 0
  readonly runningUnderARM64Translation = false

  get name(): string {
    return life.name
  }

  set name(value: string) {
    this.setName(value)
  }

  get isPackaged(): boolean {
    return !/^electron(\.exe|\.cmd)?$/.test(basename(process.execPath).toLowerCase())
  }

  isReady(): boolean {
    return life.isReady
  }

  whenReady(): Promise<void> {
    return ready.promise
  }

  quit(): void {
    if (life.isExiting) return
    const event = cancellable()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    life.isQuitting = true
    life.isQuitting = life.closeWindows()
    if (life.isQuitting) leave()
  }

  exit(code = 0): void {
    if (life.isExiting) return
    life.isExiting = true
    life.destroyWindows()
    this.emit('quit', {}, code)
    void end(code)
  }

  relaunch(options: Electron.RelaunchOptions = {}): void {
    life.relaunch = options
  }

  focus(): void {
    life.focusWindow()
  }

  getVersion(): string {
    return life.version
  }

  getName(): string {
    return life.name
  }

  setName(name: string): void {
    life.name = name
    setPathName(name)
  }

  getAppPath(): string {
    return life.path
  }

  getPath(name: Parameters<Electron.App['getPath']>[0]): string {
    return appPath(name)
  }

  setPath(name: string, path: string): void {
    setAppPath(name, path)
  }

  setAppLogsPath(path?: string): void {
    if (path !== undefined) setAppPath('logs', path)
  }

  getLocale(): string {
    const posix = (process.env.LC_ALL ?? process.env.LC_MESSAGES ?? process.env.LANG ?? '').replace(/\..*$/, '')
    const locale = commandLine.getSwitchValue('lang') || posix.replace('_', '-')
    return locale === '' || locale === 'C' || locale === 'POSIX' ? 'en-US' : locale
  }

  getSystemLocale(): string {
    return this.getLocale()
  }

  getPreferredSystemLanguages(): string[] {
    return [this.getLocale()]
  }

  getLocaleCountryCode(): string {
    return this.getLocale().split('-')[1] ?? ''
  }

  requestSingleInstanceLock(additionalData: Record<string, unknown> = {}): boolean {
    const greeting = { argv: process.argv, cwd: process.cwd(), additionalData }
    return lock.request(greeting, ({ argv, cwd, additionalData: data }) => {
      this.emit('second-instance', {}, argv, cwd, data)
    })
  }

  hasSingleInstanceLock(): boolean {
    return lock.has()
  }

  releaseSingleInstanceLock(): void {
    lock.release()
  }

  setAsDefaultProtocolClient(protocol: string): boolean {
    note(`setAsDefaultProtocolClient('${protocol}') does not touch the desktop's settings`)
    protocols.add(protocol)
    return true
  }

  removeAsDefaultProtocolClient(protocol: string): boolean {
    return protocols.delete(protocol)
  }

  isDefaultProtocolClient(protocol: string): boolean {
    return protocols.has(protocol)
  }

  getLoginItemSettings(): Electron.LoginItemSettings {
    return { ...loginItem }
  }

  setLoginItemSettings(settings: Electron.Settings): void {
    if (process.platform === 'linux') return // as in Electron: macOS and Windows only
    note('setLoginItemSettings is remembered for this run only')
    loginItem.openAtLogin = settings.openAtLogin ?? false
  }

  setAppUserModelId(id: string): void {
    note(`setAppUserModelId('${id}') concerns Windows' taskbar only`)
  }

  setDesktopName(name: string): void {
    note(`setDesktopName('${name}') concerns the desktop's window list only`)
  }

  getAppMetrics(): Electron.ProcessMetric[] {
    return appMetrics()
  }

  getGPUFeatureStatus(): Electron.GPUFeatureStatus {
    throw notImplemented('app.getGPUFeatureStatus')
  }

  disableHardwareAcceleration(): void {
    commandLine.appendSwitch('disable-gpu')
  }

  enableSandbox(): void {
    note('enableSandbox changes nothing: every page is sandboxed')
  }

  isAccessibilitySupportEnabled(): boolean {
    return this.accessibilitySupportEnabled
  }

  setAccessibilitySupportEnabled(enabled: boolean): void {
    this.accessibilitySupportEnabled = enabled
  }

  setBadgeCount(count = 0): boolean {
    this.badgeCount = count
    return false // no launcher shows it
  }

  getBadgeCount(): number {
    return this.badgeCount
  }

  setAboutPanelOptions(): void {
    note('setAboutPanelOptions has no effect')
  }

  isEmojiPanelSupported(): boolean {
    return false
  }

  isInApplicationsFolder(): boolean {
    return false
  }
}

guardClass(App, 'app')

const protocols = new Set<string>()
const loginItem: Electron.LoginItemSettings = {
  openAtLogin: false,
  wasOpenedAtLogin: false,
  status: 'not-registered',
  executableWillLaunchAtLogin: false,
  launchItems: [],
}

export const app = new App()

export function describeApp(facts: { name: string; version: string; path: string }): void {
  app.setName(facts.name)
  life.version = facts.version
  life.path = facts.path
}

/** The browser runs: from now on windows can be made. */
export function becomeReady(): void {
  life.isReady = true
  app.emit('will-finish-launching')
  app.emit('ready', {}, {})
  ready.resolve(undefined)
}

export function connectWindows(ports: Pick<typeof life, 'closeWindows' | 'destroyWindows' | 'focusWindow'>): void {
  Object.assign(life, ports)
}

export function windowsAllClosed(): void {
  if (life.isQuitting || life.isExiting) return
  if (app.listenerCount('window-all-closed') === 0) app.quit()
  else app.emit('window-all-closed')
}

function leave(): void {
  const event = cancellable()
  app.emit('will-quit', event)
  if (event.defaultPrevented) {
    life.isQuitting = false
    return
  }
  life.isExiting = true
  app.emit('quit', {}, 0)
  void end(0)
}

async function end(code: number): Promise<void> {
  await running?.browser.close()
  lock.release()
  if (life.relaunch) {
    const { execPath = process.execPath, args = process.argv.slice(1) } = life.relaunch
    spawn(execPath, args, { detached: true, stdio: 'ignore' }).unref()
  }
  process.exit(code)
}

process.on('exit', () => {
  running?.browser.kill()
  lock.release()
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())

/** The browser ended without being asked: nothing can be shown any more. */
export function browserEnded(): void {
  if (life.isExiting || life.isQuitting) return
  process.stderr.write('[electron stand-in] the browser has ended\n')
  app.exit(1)
}
