import type * as Electron from 'electron'
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

/** What the classes do is declared against Electron's own types, so that a new Electron with another shape shows here. */
type AppMembers =
  | 'quit'
  | 'exit'
  | 'relaunch'
  | 'focus'
  | 'isReady'
  | 'whenReady'
  | 'isPackaged'
  | 'name'
  | 'getVersion'
  | 'getName'
  | 'setName'
  | 'getPath'
  | 'setPath'
  | 'getAppPath'
  | 'getLocale'
  | 'requestSingleInstanceLock'
  | 'hasSingleInstanceLock'
  | 'releaseSingleInstanceLock'
  | 'setAsDefaultProtocolClient'
  | 'removeAsDefaultProtocolClient'
  | 'isDefaultProtocolClient'
  | 'getLoginItemSettings'
  | 'setLoginItemSettings'
  | 'setAppUserModelId'
  | 'getAppMetrics'
  | 'commandLine'
type WindowMembers =
  | 'id'
  | 'loadURL'
  | 'show'
  | 'showInactive'
  | 'hide'
  | 'focus'
  | 'blur'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
  | 'isVisible'
  | 'isFocused'
  | 'isMinimized'
  | 'isMaximized'
  | 'minimize'
  | 'maximize'
  | 'restore'
  | 'moveTop'
  | 'setAlwaysOnTop'
  | 'isAlwaysOnTop'
  | 'flashFrame'
  | 'getTitle'
  | 'setTitle'
  | 'getBounds'
  | 'setBounds'
  | 'setMenuBarVisibility'
  | 'removeMenu'
  | 'center'
  | 'setContentProtection'
  | 'isModal'
type ContentsMembers =
  | 'id'
  | 'loadURL'
  | 'send'
  | 'getURL'
  | 'getTitle'
  | 'executeJavaScript'
  | 'insertCSS'
  | 'setZoomFactor'
  | 'getZoomFactor'
  | 'setWindowOpenHandler'
  | 'isDestroyed'
  | 'isLoading'
  | 'reload'
  | 'stop'
  | 'openDevTools'
  | 'close'
type FrameMembers = 'url' | 'origin' | 'send' | 'executeJavaScript' | 'processId' | 'routingId' | 'frameTreeNodeId'

const asApp = app satisfies Pick<Electron.App, AppMembers>
const asWindow = BrowserWindow satisfies new (
  options?: Electron.BrowserWindowConstructorOptions,
) => Pick<Electron.BrowserWindow, WindowMembers>
const asContents = WebContents satisfies new (...args: never[]) => Pick<Electron.WebContents, ContentsMembers>
const asFrame = WebFrameMain satisfies new (...args: never[]) => Pick<Electron.WebFrameMain, FrameMembers>

const implemented: Record<string, unknown> = {
  app: asApp,
  BrowserWindow: asWindow,
  clipboard,
  crashReporter,
  dialog: dialog satisfies Pick<
    Electron.Dialog,
    'showOpenDialog' | 'showSaveDialog' | 'showMessageBox' | 'showErrorBox'
  >,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  MessagePortMain,
  nativeImage,
  nativeTheme: nativeTheme satisfies Pick<Electron.NativeTheme, 'themeSource' | 'shouldUseDarkColors'>,
  net: net satisfies Pick<Electron.Net, 'fetch' | 'isOnline'>,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen: screen satisfies Pick<Electron.Screen, 'getPrimaryDisplay' | 'getAllDisplays' | 'getCursorScreenPoint'>,
  Session,
  session: sessionModule,
  shell,
  Tray,
  utilityProcess,
  webContents: asContents,
  WebContents: asContents,
  WebFrameMain: asFrame,
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
