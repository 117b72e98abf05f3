import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import { guardClass, notImplemented } from './guard.ts'
import { note } from './log.ts'
import { protocol } from './pages/protocol.ts'
import type { WebRequestHost } from './pages/web-request.ts'
import { createWebRequest } from './pages/web-request.ts'
import { appPath } from './process/app-paths.ts'
import { netFetch } from './platform/net.ts'
import { started } from './runtime.ts'

type RequestHandler = NonNullable<Parameters<Electron.Session['setPermissionRequestHandler']>[0]>
type CheckHandler = NonNullable<Parameters<Electron.Session['setPermissionCheckHandler']>[0]>
type DeviceHandler = NonNullable<Parameters<Electron.Session['setDevicePermissionHandler']>[0]>

export class Session extends EventEmitter {
  readonly protocol = protocol
  readonly _webRequest: WebRequestHost = createWebRequest()
  readonly webRequest = this._webRequest.api
  _permissionRequest: RequestHandler | null = null
  _permissionCheck: CheckHandler | null = null
  _devicePermission: DeviceHandler | null = null

  get storagePath(): string {
    return appPath('sessionData')
  }

  setPermissionRequestHandler(handler: RequestHandler | null): void {
    this._permissionRequest = handler
  }

  setPermissionCheckHandler(handler: CheckHandler | null): void {
    this._permissionCheck = handler
  }

  setDevicePermissionHandler(handler: DeviceHandler | null): void {
    this._devicePermission = handler
    note('setDevicePermissionHandler: pages get no USB, HID or serial device in the stand-in')
  }

  isPersistent(): boolean {
    return true
  }

  getStoragePath(): string {
    return this.storagePath
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    if (enabled) throw notImplemented('setSpellCheckerEnabled(true)')
  }

  fetch(input: string | Request, init?: RequestInit): Promise<Response> {
    return netFetch(input, init)
  }

  async clearStorageData(): Promise<void> {
    const { browser } = await started
    await browser.cdp.root.send('Storage.clearCookies')
    for (const origin of new Set(this._origins)) {
      await browser.cdp.root.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
    }
  }

  clearCache(): Promise<void> {
    // Answers of the program's own schemes are never cached, and nothing else is loaded into windows.
    return Promise.resolve()
  }

  /** Internal: origins whose documents were loaded, as the browser knows them. */
  readonly _origins = new Set<string>()
}

guardClass(Session, 'Session')

export const defaultSession = new Session()

export const sessionModule = {
  defaultSession,
  fromPartition(partition: string) {
    if (partition === '') return defaultSession
    throw notImplemented(`session.fromPartition('${partition}')`)
  },
}
