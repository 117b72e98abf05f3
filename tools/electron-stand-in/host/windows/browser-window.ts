import type * as Electron from 'electron'
import type { PageMessage } from '../../shared/messages.ts'
import type { PageTarget } from '../browser/targets.ts'
import { guardClass } from '../guard.ts'
import { errorText, warn } from '../log.ts'
import { cancellable } from '../pages/cancellable.ts'
import { decidePermissions } from '../pages/permissions.ts'
import { urls } from '../pages/protocol.ts'
import { WebContents } from '../pages/web-contents.ts'
import { themeFeatures } from '../platform/native-theme.ts'
import type { NativeImage } from '../platform/native-image.ts'
import { reportScreen } from '../platform/screen.ts'
import { app, windowsAllClosed } from '../process/app.ts'
import type { Running } from '../runtime.ts'
import { running, started } from '../runtime.ts'
import { defaultSession } from '../session.ts'
import { WindowFrame } from './window-frame.ts'

type Options = Electron.BrowserWindowConstructorOptions
type WindowState = 'normal' | 'minimized' | 'maximized' | 'fullscreen'

const all = new Map<number, BrowserWindow>()
let lastId = 0
let focused: BrowserWindow | null = null

/** Where a window of a real display waits while it must not be seen. */
const OFF_SCREEN = { x: -32_000, y: -32_000 }

export class BrowserWindow extends WindowFrame {
  readonly id = ++lastId
  readonly webContents: WebContents
  private target: PageTarget | null = null
  private readonly children = new Set<BrowserWindow>()
  private parent: BrowserWindow | null = null
  private readonly modal: boolean
  private title: string
  private state: WindowState = 'normal'
  private visible: boolean
  private destroyed = false

  constructor(options: Options = {}) {
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    super(options)
    this.title = options.title ?? app.name
    this.modal = options.modal ?? false
    this.visible = options.show ?? true
    if (options.fullscreen) this.state = 'fullscreen'
    this.webContents = this.createContents(options.webPreferences ?? {})
    this.setParentWindow((options.parent as unknown as BrowserWindow | undefined) ?? null)
    all.set(this.id, this)
    if (this.visible) takeFocus(this)
    this.open().catch((error: unknown) => {
      if (this.destroyed) return
      warn(`a window could not be opened: ${errorText(error)}`)
      this.webContents._failAttach(error instanceof Error ? error : new Error(String(error)))
    })
    app.emit('web-contents-created', {}, this.webContents)
    app.emit('browser-window-created', {}, this)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...all.values()]
  }

  static fromId(id: number): BrowserWindow | null {
    return all.get(id) ?? null
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...all.values()].find((window) => window.webContents === contents) ?? null
  }

  static getFocusedWindow(): BrowserWindow | null {
    return focused
  }

  loadURL(url: string, options?: Electron.LoadURLOptions): Promise<void> {
    return this.webContents.loadURL(url, options)
  }

  loadFile(path: string): Promise<void> {
    return this.webContents.loadFile(path)
  }

  reload(): void {
    this.webContents.reload()
  }

  capturePage(rect?: Electron.Rectangle): Promise<NativeImage> {
    return this.webContents.capturePage(rect)
  }

  show(): void {
    this.reveal()
    this.focus()
  }

  showInactive(): void {
    this.reveal()
  }

  hide(): void {
    if (!this.visible) return
    this.visible = false
    this.place()
    this.blur()
    this.emit('hide')
  }

  focus(): void {
    if (!this.visible || this.destroyed) return
    this.webContents.focus()
    takeFocus(this)
  }

  blur(): void {
    if (focused === this) takeFocus(null)
  }

  moveTop(): void {
    if (this.visible) this.webContents.focus()
  }

  minimize(): void {
    this.setState('minimized', 'minimize')
  }

  maximize(): void {
    this.setState('maximized', 'maximize')
  }

  unmaximize(): void {
    if (this.state === 'maximized') this.setState('normal', 'unmaximize')
  }

  restore(): void {
    if (this.state === 'minimized') this.setState('normal', 'restore')
    else this.unmaximize()
  }

  setFullScreen(flag: boolean): void {
    this.setState(flag ? 'fullscreen' : 'normal', flag ? 'enter-full-screen' : 'leave-full-screen')
  }

  isMinimized(): boolean {
    return this.state === 'minimized'
  }

  isMaximized(): boolean {
    return this.state === 'maximized'
  }

  isFullScreen(): boolean {
    return this.state === 'fullscreen'
  }

  isNormal(): boolean {
    return this.state === 'normal'
  }

  isVisible(): boolean {
    return this.visible && !this.destroyed
  }

  isFocused(): boolean {
    return focused === this
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  isModal(): boolean {
    return this.modal
  }

  getTitle(): string {
    return this.title
  }

  setTitle(title: string): void {
    this.title = title
  }

  getParentWindow(): BrowserWindow | null {
    return this.parent
  }

  getChildWindows(): BrowserWindow[] {
    return [...this.children]
  }

  setParentWindow(parent: BrowserWindow | null): void {
    this.parent?.children.delete(this)
    this.parent = parent
    parent?.children.add(this)
  }

  getMediaSourceId(): string {
    return `window:${this.id}:0`
  }

  close(): void {
    if (this.destroyed) return
    const event = cancellable()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    for (const child of this.children) child.destroy()
    this.setParentWindow(null)
    all.delete(this.id)
    if (focused === this) takeFocus(null)
    if (this.target) running?.targets.close(this.target.targetId)
    this.webContents._destroy()
    this.emit('closed')
    if (all.size === 0) windowsAllClosed()
  }

  protected applyBounds(): void {
    this.place()
  }

  private createContents(preferences: Electron.WebPreferences): WebContents {
    const contents = new WebContents(
      {
        close: () => this.close(),
        message: (message) => this.receive(message),
        openWindow: ({ url }, response) => {
          if (response.action !== 'allow') return
          const inherited = { webPreferences: preferences }
          const window = new BrowserWindow({ ...inherited, ...response.overrideBrowserWindowOptions })
          void window.loadURL(url).catch((error: unknown) => warn(errorText(error)))
          contents.emit('did-create-window', window, { url })
        },
      },
      preferences,
    )
    contents.once('ready-to-show', () => this.emit('ready-to-show'))
    contents.on('page-title-updated', (event: Electron.Event, title: string, explicitSet: boolean) => {
      this.emit('page-title-updated', event, title, explicitSet)
      if (!event.defaultPrevented) this.title = title
    })
    return contents
  }

  private async open(): Promise<void> {
    const runtime: Running = await started
    if (this.destroyed) return
    const bounds = this.getBounds()
    const target = await runtime.targets.create(this.visible ? bounds : { ...bounds, ...OFF_SCREEN })
    if (this.isDestroyed()) {
      runtime.targets.close(target.targetId)
      return
    }
    this.target = target
    runtime.targets.onGone(target.targetId, () => this.closedByUser())
    await this.webContents._attach(target)
    this.webContents._emulate(themeFeatures())
    this.place()
  }

  /** The page is gone already: listeners of `close` are told, but cannot keep it. */
  private closedByUser(): void {
    if (this.destroyed) return
    this.emit('close', cancellable())
    this.destroy()
  }

  private reveal(): void {
    if (this.destroyed || this.visible) return
    this.visible = true
    if (this.state === 'minimized') this.state = 'normal'
    this.place()
    this.emit('show')
  }

  private setState(state: WindowState, event: string): void {
    if (this.destroyed || this.state === state) return
    this.state = state
    this.place()
    if (state === 'minimized') this.blur()
    this.emit(event)
  }

  /** Brings size, place and state to the browser's window, whatever they are by now. */
  private place(): void {
    if (!this.target || !running || this.destroyed) return
    const { session, windowId, browser } = this.target
    const { width, height, ...position } = this.getBounds()
    if (!browser.isHeaded) {
      const metrics = { width, height, deviceScaleFactor: 0, mobile: false }
      session.post('Emulation.setDeviceMetricsOverride', metrics)
      return
    }
    running.targets.setBounds(windowId, { windowState: 'normal' })
    running.targets.setBounds(windowId, { ...(this.visible ? position : OFF_SCREEN), width, height })
    if (this.state !== 'normal' && this.visible) running.targets.setBounds(windowId, { windowState: this.state })
  }

  private receive(message: PageMessage): void {
    if (message.kind === 'hello') {
      reportScreen(message.screen)
      if (!running || !URL.canParse(message.url)) return
      defaultSession._origins.add(new URL(message.url).origin)
      const contents = this.webContents as unknown as Electron.WebContents
      if (urls.fromBrowser(message.url) !== message.url) decidePermissions(running.browser, contents, message.url)
    } else if (message.kind === 'geometry') {
      const { x, y, width, height } = message
      if (this.visible && this.state === 'normal') this.boundsReported({ x, y, width, height })
    } else if (message.kind === 'focus') {
      if (message.focused) takeFocus(this)
      else this.blur()
    }
  }
}

guardClass(BrowserWindow, 'BrowserWindow')

function takeFocus(window: BrowserWindow | null): void {
  if (focused === window) return
  const before = focused
  focused = window
  if (before && !before.isDestroyed()) {
    before.emit('blur')
    app.emit('browser-window-blur', {}, before)
  }
  if (window) {
    window.emit('focus')
    app.emit('browser-window-focus', {}, window)
  }
}

/** true when nothing is left open */
export function closeAllWindows(): boolean {
  for (const window of all.values()) window.close()
  return all.size === 0
}

export function destroyAllWindows(): void {
  for (const window of all.values()) window.destroy()
}
