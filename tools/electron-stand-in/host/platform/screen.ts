import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import type { ScreenReport } from '../../shared/messages.ts'
import { guardClass } from '../guard.ts'
import { app } from '../process/app.ts'

/** What a headless browser has; the first page reports what there really is. */
let report: ScreenReport = { width: 1920, height: 1080, availWidth: 1920, availHeight: 1080, scaleFactor: 1 }

export function reportScreen(value: ScreenReport): void {
  // A headless window's screen is as large as the window: no fact about a screen.
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY || process.platform !== 'linux') report = value
}

export const workArea = (): Electron.Rectangle => ({ x: 0, y: 0, width: report.availWidth, height: report.availHeight })

class Screen extends EventEmitter {
  getPrimaryDisplay(): Electron.Display {
    if (!app.isReady()) throw new Error("The 'screen' module can't be used before the app 'ready' event")
    const { width, height, scaleFactor } = report
    return {
      id: 1,
      label: '',
      bounds: { x: 0, y: 0, width, height },
      workArea: workArea(),
      size: { width, height },
      workAreaSize: { width: report.availWidth, height: report.availHeight },
      nativeOrigin: { x: 0, y: 0 },
      scaleFactor,
      rotation: 0,
      internal: false,
      detected: true,
      touchSupport: 'unknown',
      accelerometerSupport: 'unknown',
      monochrome: false,
      colorDepth: 24,
      colorSpace: '',
      depthPerComponent: 8,
      displayFrequency: 60,
      maximumCursorSize: { width: 0, height: 0 },
    }
  }

  getAllDisplays(): Electron.Display[] {
    return [this.getPrimaryDisplay()]
  }

  /** DevTools does not tell: the middle of the screen. */
  getCursorScreenPoint(): Electron.Point {
    return { x: Math.round(report.width / 2), y: Math.round(report.height / 2) }
  }

  getDisplayNearestPoint(_point: Electron.Point): Electron.Display {
    return this.getPrimaryDisplay()
  }

  getDisplayMatching(_rect: Electron.Rectangle): Electron.Display {
    return this.getPrimaryDisplay()
  }
}

guardClass(Screen, 'screen')

export const screen = new Screen()
