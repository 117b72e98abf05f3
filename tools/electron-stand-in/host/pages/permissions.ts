import type * as Electron from 'electron'
import type { BrowserProcess } from '../browser/browser-process.ts'
import { errorText, note } from '../log.ts'
import { defaultSession } from '../session.ts'
import { urls } from './protocol.ts'

/** Electron's name of a permission → the descriptors of Chromium it stands for. */
const PERMISSIONS: Record<string, object[]> = {
  media: [{ name: 'camera' }, { name: 'microphone' }],
  geolocation: [{ name: 'geolocation' }],
  notifications: [{ name: 'notifications' }],
  midi: [{ name: 'midi' }],
  midiSysex: [{ name: 'midi', sysex: true }],
  'clipboard-read': [{ name: 'clipboard-read' }],
  'clipboard-sanitized-write': [{ name: 'clipboard-write' }],
  'idle-detection': [{ name: 'idle-detection' }],
  'storage-access': [{ name: 'storage-access' }],
  'window-management': [{ name: 'window-management' }],
  'persistent-storage': [{ name: 'persistent-storage' }],
  'screen-wake-lock': [{ name: 'screen-wake-lock' }],
  sensors: [{ name: 'accelerometer' }, { name: 'gyroscope' }, { name: 'magnetometer' }],
}

const set = (browser: BrowserProcess, permission: object, setting: string, origin?: string): void =>
  browser.cdp.root.post('Browser.setPermission', { permission, setting, ...(origin ? { origin } : {}) })

/** Before any page: nothing is allowed, whether or not the program brought handlers. */
export function denyAllPermissions(browser: BrowserProcess): void {
  for (const descriptor of Object.values(PERMISSIONS).flat()) set(browser, descriptor, 'denied')
  browser.cdp.root.post('Browser.setDownloadBehavior', { behavior: 'deny' })
}

/**
 * DevTools has no event for a page that asks. So the program's handlers are asked for each permission when a document
 * arrives, and Chromium is told the answers for its origin.
 */
export function decidePermissions(browser: BrowserProcess, contents: Electron.WebContents, browserUrl: string): void {
  const { _permissionCheck: check, _permissionRequest: request } = defaultSession
  if (!check && !request) return
  const { origin } = new URL(browserUrl)
  const requestingUrl = urls.fromBrowser(browserUrl)
  for (const [name, descriptors] of Object.entries(PERMISSIONS)) {
    const permission = name as Parameters<NonNullable<typeof check>>[1]
    const decide = (isGranted: boolean): void => {
      for (const descriptor of descriptors) set(browser, descriptor, isGranted ? 'granted' : 'denied', origin)
    }
    try {
      const details = { isMainFrame: true, requestingUrl }
      if (check) decide(check(contents, permission, urls.origin(browserUrl), details))
      else request?.(contents, name as Parameters<NonNullable<typeof request>>[1], decide, details)
    } catch (error) {
      note(errorText(error))
      decide(false)
    }
  }
}
