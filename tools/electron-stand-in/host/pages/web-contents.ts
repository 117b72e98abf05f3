import type * as Electron from 'electron'
import type { HostMessage, PageMessage } from '../../shared/messages.ts'
import type { PageTarget } from '../browser/targets.ts'
import { guardClass } from '../guard.ts'
import { errorText, note, warn } from '../log.ts'
import { NativeImage } from '../platform/native-image.ts'
import type { Session } from '../session.ts'
import { defaultSession } from '../session.ts'
import { answerInvoke, codec, createIpc, emitSend, ipcMain } from './ipc-main.ts'
import { LoadingContents } from './loading-contents.ts'
import type { ConsoleCall, PageEvents } from './page.ts'
import { createPage, isFirstDocument } from './page.ts'
import { createPageScripts } from './page-scripts.ts'
import { urls } from './protocol.ts'
import type { FrameOwner, WebFrameMain } from './web-frame-main.ts'
import { checkPreferences, defaultPreferences } from './web-preferences.ts'

type WindowOpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]
type WindowOpenDetails = Parameters<WindowOpenHandler>[0]

export interface WebContentsOwner {
  close(): void
  openWindow(details: WindowOpenDetails, response: Electron.WindowOpenHandlerResponse): void
  message(message: PageMessage): void
}

const all = new Map<number, WebContents>()
let lastId = 0

export class WebContents extends LoadingContents {
  readonly id = ++lastId
  readonly session: Session = defaultSession
  readonly ipc = createIpc('webContents.ipc')
  readonly hostWebContents = null
  private readonly preferences: Electron.WebPreferences
  private readonly owner: WebContentsOwner
  private openHandler: WindowOpenHandler | null = null
  private queue: HostMessage[] = []
  private zoom = 1
  /** what the page last asked a window for by a link or form; the browser's own pop-up follows and is closed */
  private asked: { url: string; frameName: string; features: string } | null = null

  constructor(owner: WebContentsOwner, preferences: Electron.WebPreferences) {
    super()
    checkPreferences(preferences)
    this.owner = owner
    this.preferences = { ...defaultPreferences, ...preferences }
    all.set(this.id, this)
  }

  static getAllWebContents(): WebContents[] {
    return [...all.values()]
  }

  static fromId(id: number): WebContents | undefined {
    return all.get(id)
  }

  static fromFrame(frame: WebFrameMain): WebContents | undefined {
    return [...all.values()].find((contents) => contents.mainFrame === frame.top)
  }

  static fromDevToolsTargetId(targetId: string): WebContents | undefined {
    return [...all.values()].find((contents) => contents.target?.targetId === targetId)
  }

  send(channel: string, ...args: unknown[]): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed')
    const message: HostMessage = { kind: 'event', channel, args: codec.encode(args) }
    if (!this.isListening || !this.page?.send(message)) this.queue.push(message)
  }

  async executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    if (this.loading) {
      await new Promise<void>((resolve) => {
        this.once('did-stop-loading', resolve)
      })
    }
    await this.attached.promise
    return this.page?.evaluate(code, 'main', userGesture)
  }

  async insertCSS(css: string): Promise<string> {
    const key = `css${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`
    await this.page?.evaluate(
      `(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(${JSON.stringify(css)});
        (globalThis.__sheets ??= new Map()).set(${JSON.stringify(key)}, sheet);
        document.adoptedStyleSheets.push(sheet) })()`,
      'preload',
    )
    return key
  }

  async removeInsertedCSS(key: string): Promise<void> {
    await this.page?.evaluate(
      `document.adoptedStyleSheets = document.adoptedStyleSheets.filter(
        (sheet) => sheet !== globalThis.__sheets?.get(${JSON.stringify(key)}))`,
      'preload',
    )
  }

  async capturePage(rect?: Electron.Rectangle): Promise<NativeImage> {
    await this.attached.promise
    const { data } = await this.requireTarget().session.send<{ data: string }>('Page.captureScreenshot', {
      format: 'png',
      ...(rect ? { clip: { ...rect, scale: 1 } } : {}),
    })
    return NativeImage.fromPng(Buffer.from(data, 'base64'))
  }

  async printToPDF(options: Electron.PrintToPDFOptions): Promise<Buffer> {
    const { landscape, printBackground, scale, pageRanges, preferCSSPageSize } = options
    const { data } = await this.requireTarget().session.send<{ data: string }>('Page.printToPDF', {
      landscape,
      printBackground,
      scale,
      pageRanges,
      preferCSSPageSize,
    })
    return Buffer.from(data, 'base64')
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.openHandler = handler
  }

  getType(): 'window' {
    return 'window'
  }

  getLastWebPreferences(): Electron.WebPreferences {
    return { ...this.preferences }
  }

  getOSProcessId(): number {
    return this.target?.browser.pid ?? 0
  }

  getProcessId(): number {
    return this.getOSProcessId()
  }

  focus(): void {
    this.target?.session.post('Page.bringToFront')
  }

  setZoomFactor(factor: number): void {
    if (!(factor > 0)) throw new Error("'zoomFactor' must be a double greater than 0.0")
    this.zoom = factor
    this.applyZoom()
  }

  getZoomFactor(): number {
    return this.zoom
  }

  setVisualZoomLevelLimits(): Promise<void> {
    note('setVisualZoomLevelLimits has no effect: pinch zoom is off')
    return Promise.resolve()
  }

  setBackgroundThrottling(): void {
    note('setBackgroundThrottling has no effect: throttling is off')
  }

  openDevTools(): void {
    const { browser, targetId } = this.requireTarget()
    if (browser.isHeaded) browser.cdp.root.post('Target.openDevTools', { targetId })
    else note('openDevTools has no effect without a display')
  }

  close(): void {
    if (!this.destroyed) this.owner.close()
  }

  /** Internal: the browser opened the page of this object. */
  async _attach(target: PageTarget): Promise<void> {
    this.target = target
    this.frames.set(target.targetId, this.mainFrame)
    const scripts = createPageScripts({
      preload: this.preferences.preload,
      additionalArguments: this.preferences.additionalArguments ?? [],
      isHeaded: target.browser.isHeaded,
      onPreloadError: (path, error) => this.preloadError(path, error),
    })
    const context = {
      webContents: this as unknown as Electron.WebContents,
      webRequest: this.session._webRequest,
      frame: (frameId: string) => (this.frames.get(frameId) ?? null) as unknown as Electron.WebFrameMain | null,
    }
    this.page = createPage(target, scripts, context, this.events())
    await this.page.start()
    this.attached.resolve(undefined)
  }

  /** Internal: the browser could not open a page. */
  _failAttach(error: Error): void {
    this.attached.reject(error)
  }

  /** Internal: the window is gone. */
  _destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.attached.reject(new Error('Object has been destroyed'))
    all.delete(this.id)
    this.emit('destroyed')
  }

  /** Internal: a link or form made the browser open a page of its own. */
  _browserOpened(): void {
    const asked = this.asked
    this.asked = null
    if (asked) this.windowOpen(asked.url, asked.frameName, asked.features)
  }

  private windowOpen(url: string, frameName: string, features: string): void {
    const details = {
      url: urls.fromBrowser(url),
      frameName,
      features,
      disposition: features === '' ? 'foreground-tab' : 'new-window',
      referrer: { url: this.getURL(), policy: 'strict-origin-when-cross-origin' },
    } as WindowOpenDetails
    const response = this.openHandler ? this.openHandler(details) : ({ action: 'allow' } as const)
    if (response.action === 'allow') this.owner.openWindow(details, response)
  }

  /** Internal: colour scheme and the like. */
  _emulate(features: { name: string; value: string }[]): void {
    this.target?.session.post('Emulation.setEmulatedMedia', { features })
  }

  protected frameOwner(): FrameOwner {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- `processId` is read through a getter
    const contents = this
    return {
      get processId() {
        return contents.getOSProcessId()
      },
      send: (channel: string, args: unknown[]) => this.send(channel, ...args),
      evaluate: (code: string, userGesture: boolean) => this.executeJavaScript(code, userGesture),
    }
  }

  private events(): PageEvents {
    return {
      message: (message, reply) => this.receive(message, reply),
      ...this.loadingEvents(),
      windowOpen: (request) => {
        this.asked = request
      },
      console: (call) => this.consoleMessage(call),
      crashed: () => {
        this.crashed = true
        this.isListening = false
        this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
      },
    }
  }

  private receive(message: PageMessage, reply: (message: HostMessage) => void): void {
    const scopes = [this.ipc, ipcMain]
    switch (message.kind) {
      case 'hello':
        this.mainFrame._commit(message.url)
        if (!isFirstDocument(message.url)) this.flush()
        this.owner.message(message)
        break
      case 'send':
        emitSend(scopes, this.ipcEvent(reply), message)
        break
      case 'invoke':
        void answerInvoke(scopes, this.ipcEvent(reply), message, reply)
        break
      case 'open':
        this.windowOpen(message.url, message.frameName, message.features)
        break
      case 'title':
        this.updateTitle(message.title)
        break
      case 'preload-error': {
        const error = Object.assign(new Error(message.message), { stack: message.stack })
        this.preloadError(this.preferences.preload ?? '', error)
        break
      }
      default:
        this.owner.message(message)
    }
  }

  private ipcEvent(reply: (message: HostMessage) => void) {
    return {
      type: 'frame',
      sender: this,
      senderFrame: this.mainFrame,
      frameId: this.mainFrame.routingId,
      processId: this.mainFrame.processId,
      frameTreeNodeId: this.mainFrame.frameTreeNodeId,
      ports: [],
      reply: (channel: string, ...args: unknown[]) => reply({ kind: 'event', channel, args: codec.encode(args) }),
    }
  }

  private flush(): void {
    this.isListening = true
    const waiting = this.queue
    this.queue = []
    for (const message of waiting) this.page?.send(message)
  }

  private preloadError(path: string, error: Error): void {
    warn(`Unable to load preload script: ${path}\n${errorText(error)}`)
    this.emit('preload-error', {}, path, error)
  }

  private consoleMessage({ type, args, stackTrace }: ConsoleCall): void {
    const message = args.map(({ value, description }) => description ?? String(value)).join(' ')
    const [place] = stackTrace?.callFrames ?? []
    const level = ({ error: 'error', warning: 'warning', debug: 'debug' } as Record<string, string>)[type] ?? 'info'
    const sourceId = urls.fromBrowser(place?.url ?? '')
    this.emit('console-message', {
      message,
      level,
      lineNumber: place?.lineNumber ?? 0,
      sourceId,
      frame: this.mainFrame,
    })
  }

  protected pageLoaded(): void {
    if (this.zoom !== 1) this.applyZoom()
  }

  private applyZoom(): void {
    const zoom = `document.documentElement.style.zoom = ${JSON.stringify(String(this.zoom))}`
    void this.page?.evaluate(zoom, 'preload').catch((error: unknown) => note(errorText(error)))
  }
}

guardClass(WebContents, 'WebContents')
