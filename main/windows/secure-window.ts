import { app, BrowserWindow, nativeTheme, protocol, session, type WebContents } from 'electron'
import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron'
import { canvasColor } from '#contract/canvas-color.ts'
import type { EventName, EventPayload, WindowKind } from '#contract/ipc.ts'
import { eventChannel } from '#contract/ipc-channels.ts'
import { appScheme, createAppHandler, pageUrl } from './app-protocol.ts'

/**
 * Every rule that makes a window safe stands here (R16): no window is made elsewhere, and a test reads these at run time
 * through `app.on('web-contents-created')`.
 */
export const securePreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  safeDialogs: true,
  spellcheck: false,
  devTools: !app.isPackaged,
} as const satisfies WebPreferences

export interface SecureWindowOptions {
  readonly kind: WindowKind
  /** Absolute path of the preload bundle. */
  readonly preload: string
  readonly window: Omit<BrowserWindowConstructorOptions, 'webPreferences' | 'show' | 'backgroundColor'>
  /** Timers of a hidden window run on, and it is never shown. */
  readonly isBackground?: boolean
  /** Its page cannot be loaded, or its process has ended. */
  readonly lost: (error: unknown) => void
}

const NETWORK = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'file:///*'] as const

const kinds = new WeakMap<WebContents, WindowKind>()

/** Which of our windows it is; null for anything else. */
export const kindOf = (contents: WebContents): WindowKind | null => kinds.get(contents) ?? null

/** Before the program is ready. */
export const registerScheme = (): void => {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Everything is denied but writing plain text to the clipboard: serial numbers and digests are there to be copied. */
const mayDo = (contents: WebContents, permission: string): boolean =>
  permission === 'clipboard-sanitized-write' && kindOf(contents) !== null

const denyAll = (contents: WebContents): void => {
  const deny = (event: { preventDefault: () => void }) => event.preventDefault()
  contents.on('will-navigate', deny)
  contents.on('will-redirect', deny)
  contents.on('will-attach-webview', deny)
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Once, when the program is ready and before the first window. */
export const secureSession = (rendererRoot: string): void => {
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((contents, permission, answer) => answer(mayDo(contents, permission)))
  defaultSession.setPermissionCheckHandler((contents, permission) => contents !== null && mayDo(contents, permission))
  defaultSession.setDevicePermissionHandler(() => false)
  defaultSession.on('will-download', (event) => event.preventDefault())
  // The policy of each page says the same; this holds for whatever a policy does not reach (R18).
  defaultSession.webRequest.onBeforeRequest({ urls: [...NETWORK] }, (_details, answer) => answer({ cancel: true }))
  protocol.handle(appScheme, createAppHandler(rendererRoot))
  app.on('web-contents-created', (_event, contents) => denyAll(contents))
}

/** Shows itself when its page has drawn, so that nothing flashes. */
export const createSecureWindow = ({
  kind,
  preload,
  window: options,
  isBackground = false,
  lost,
}: SecureWindowOptions) => {
  const window = new BrowserWindow({
    ...options,
    show: false,
    backgroundColor: canvasColor[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    webPreferences: { ...securePreferences, preload, backgroundThrottling: !isBackground },
  })
  kinds.set(window.webContents, kind)
  window.removeMenu()
  if (!isBackground) window.once('ready-to-show', () => window.show())
  window.webContents.once('render-process-gone', (_event, { reason }) =>
    lost(new Error(`the page's process ended: ${reason}`)),
  )

  return {
    window,
    /** True when the page is there. */
    loaded: window.loadURL(pageUrl(kind)).then(
      () => true,
      (error: unknown) => {
        // A window that was closed meanwhile is no error.
        if (!window.isDestroyed()) lost(error)
        return false
      },
    ),
    send: <Name extends EventName>(name: Name, payload: EventPayload<Name>): void => {
      if (!window.isDestroyed()) window.webContents.send(eventChannel, { name, payload })
    },
  }
}

export type SecureWindow = ReturnType<typeof createSecureWindow>
