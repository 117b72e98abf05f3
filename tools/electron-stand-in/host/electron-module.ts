import { missingExport } from './guard.ts'
import { ipcMain } from './pages/ipc-main.ts'
import { protocol } from './pages/protocol.ts'
import { WebContents } from './pages/web-contents.ts'
import { WebFrameMain } from './pages/web-frame-main.ts'
import { nativeImage } from './platform/native-image.ts'
import { nativeTheme } from './platform/native-theme.ts'
import { net } from './platform/net.ts'
import { screen } from './platform/screen.ts'
import { app } from './process/app.ts'
import { Session, sessionModule } from './session.ts'
import { BrowserWindow } from './windows/browser-window.ts'

const implemented: Record<string, unknown> = {
  app,
  BrowserWindow,
  ipcMain,
  nativeImage,
  nativeTheme,
  net,
  protocol,
  screen,
  Session,
  session: sessionModule,
  webContents: WebContents,
  WebContents,
  WebFrameMain,
}

/** Main-process exports of Electron that are not here: any use of them throws. */
const MISSING = [
  'BaseWindow',
  'BrowserView',
  'ImageView',
  'ShareMenu',
  'TouchBar',
  'View',
  'WebContentsView',
  'autoUpdater',
  'contentTracing',
  'desktopCapturer',
  'globalShortcut',
  'inAppPurchase',
  'netLog',
  'powerSaveBlocker',
  'pushNotifications',
  'serviceWorkerMain',
  'sharedTexture',
  'systemPreferences',
  'webFrameMain',
]

export const electronModule: Record<string, unknown> = {
  ...implemented,
  ...Object.fromEntries(MISSING.filter((name) => !(name in implemented)).map((name) => [name, missingExport(name)])),
}
