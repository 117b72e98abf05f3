import { missingExport } from './guard.ts'
import { ipcMain } from './pages/ipc-main.ts'
import { protocol } from './pages/protocol.ts'
import { WebContents } from './pages/web-contents.ts'
import { WebFrameMain } from './pages/web-frame-main.ts'
import { clipboard } from './platform/clipboard.ts'
import { crashReporter } from './platform/crash-reporter.ts'
import { dialog } from './platform/dialog.ts'
import { Menu, MenuItem } from './platform/menu.ts'
import { nativeImage } from './platform/native-image.ts'
import { nativeTheme } from './platform/native-theme.ts'
import { net } from './platform/net.ts'
import { Notification } from './platform/notification.ts'
import { powerMonitor } from './platform/power-monitor.ts'
import { safeStorage } from './platform/safe-storage.ts'
import { screen } from './platform/screen.ts'
import { shell } from './platform/shell.ts'
import { Tray } from './platform/tray.ts'
import { app } from './process/app.ts'
import { Session, sessionModule } from './session.ts'
import { MessageChannelMain, MessagePortMain } from './utility/message-ports.ts'
import { utilityProcess } from './utility/utility-process.ts'
import { BrowserWindow } from './windows/browser-window.ts'

const implemented: Record<string, unknown> = {
  app,
  BrowserWindow,
  clipboard,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  MessagePortMain,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  Session,
  session: sessionModule,
  shell,
  Tray,
  utilityProcess,
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
