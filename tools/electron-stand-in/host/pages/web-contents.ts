import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import type { HostMessage, PageMessage } from '../../shared/messages.ts'
import type { PageTarget } from '../browser/targets.ts'
import { guardClass, notImplemented } from '../guard.ts'
import { errorText, note, warn } from '../log.ts'
import { NativeImage } from '../platform/native-image.ts'
import type { Session } from '../session.ts'
import { defaultSession } from '../session.ts'
import { cancellable } from './cancellable.ts'
import { answerInvoke, codec, createIpc, emitSend, ipcMain } from './ipc-main.ts'
import type { ConsoleCall, Page, PageEvents } from './page.ts'
import { createPage, isFirstDocument } from './page.ts'
import { createPageScripts } from './page-scripts.ts'
import type { PausedRequest } from './interception.ts'
import { urls } from './protocol.ts'
import { WebFrameMain } from './web-frame-main.ts'

type WindowOpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]
type WindowOpenDetails = Parameters<WindowOpenHandler>[0]

export interface WebContentsOwner {
  close(): void
  openWindow(details: WindowOpenDetails, response: Electron.WindowOpenHandlerResponse): void
  message(message: PageMessage): void
}

const all = new Map<number, WebContents>()
let lastId = 0

const PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  javascript: true,
  images: true,
  spellcheck: true,
  devTools: true,
  backgroundThrottling: true,
}

/** The stand-in can only be as strict as Electron's defaults; it refuses to pretend to be laxer. */
function checkPreferences(preferences: Electron.WebPreferences): void {
  if (preferences.contextIsolation === false) throw notImplemented('contextIsolation: false')
  if (preferences.nodeIntegration === true) throw notImplemented('nodeIntegration: true')
  if (preferences.sandbox === false) throw notImplemented('sandbox: false')
  if (preferences.partition !== undefined) throw notImplemented('webPreferences.partition')
}

export class WebContents extends EventEmitter {
  readonly id = ++lastId
  readonly session: Session = defaultSession
  readonly mainFrame: WebFrameMain
  readonly ipc = createIpc('webContents.ipc')
  readonly hostWebContents = null
  private readonly preferences: Electron.WebPreferences
  private readonly owner: WebContentsOwner
  private readonly frames = new Map<string, WebFrameMain>()
  private readonly attached = Promise.withResolvers<undefined>()
  private page: Page | null = null
  private target: PageTarget | null = null
  private openHandler: WindowOpenHandler | null = null
  private queue: HostMessage[] = []
  private isListening = false
  private destroyed = false
  private crashed = false
  private loading = false
  private expected: string | null = null
  private loadedLoader = ''
  private title = ''
  private zoom = 1
  /** what the page last asked a window for by a link or form; the browser's own pop-up follows and is closed */
  private asked: { url: string; frameName: string; features: string } | null = null

  constructor(owner: WebContentsOwner, preferences: Electron.WebPreferences) {
    super()
    checkPreferences(preferences)
    this.owner = owner
    this.preferences = { ...PREFERENCES, ...preferences }
    this.mainFrame = new WebFrameMain(this.frameOwner(), `main-${this.id}`, null)
    this.attached.promise.catch(() => undefined)
    this.setMaxListeners(0)
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

  async loadURL(url: string, _options?: Electron.LoadURLOptions): Promise<void> {
    const browserUrl = urls.toBrowser(url)
    this.isListening = false
    this.loading = true
    this.expected = withoutHash(browserUrl)
    this.emit('did-start-loading')
    await this.attached.promise
    const { session } = this.requireTarget()
    const { errorText: failure, loaderId } = await session.send<{ errorText?: string; loaderId?: string }>(
      'Page.navigate',
      { url: browserUrl },
    )
    if (failure !== undefined) throw this.failLoad(failure, url)
    if (loaderId === undefined) {
      this.isListening = true
      this.stopLoading()
      return
    }
    await this.untilLoaded(loaderId, url)
  }

  loadFile(path: string): Promise<void> {
    return this.loadURL(new URL(`file://${path.replaceAll('\\', '/')}`).href)
  }

  reload(): void {
    this.expected = withoutHash(urls.toBrowser(this.getURL()))
    this.requireTarget().session.post('Page.reload')
  }

  stop(): void {
    this.target?.session.post('Page.stopLoading')
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

  getURL(): string {
    const { url } = this.mainFrame
    return isFirstDocument(url) ? '' : url
  }

  getTitle(): string {
    return this.title
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

  isDestroyed(): boolean {
    return this.destroyed
  }

  isCrashed(): boolean {
    return this.crashed
  }

  isLoading(): boolean {
    return this.loading
  }

  isLoadingMainFrame(): boolean {
    return this.loading
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

  private frameOwner() {
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

  private requireTarget(): PageTarget {
    if (this.destroyed || !this.target) throw new TypeError('Object has been destroyed')
    return this.target
  }

  private events(): PageEvents {
    return {
      message: (message, reply) => this.receive(message, reply),
      frameAttached: (frameId, parentId) => {
        const parent = this.frames.get(parentId) ?? this.mainFrame
        const frame = new WebFrameMain(this.frameOwner(), frameId, parent)
        parent.frames.push(frame)
        this.frames.set(frameId, frame)
      },
      frameDetached: (frameId) => this.detachFrame(frameId),
      committed: ({ id, url, urlFragment, name }) => {
        const frame = this.frames.get(id)
        frame?._commit(url + (urlFragment ?? ''), name)
        if (frame === this.mainFrame && !isFirstDocument(url)) this.commitMain()
      },
      movedWithinDocument: (frameId, url) => {
        const frame = this.frames.get(frameId)
        frame?._commit(url)
        this.emit('did-navigate-in-page', {}, urls.fromBrowser(url), frame === this.mainFrame, 0, 0)
      },
      lifecycle: (name, loaderId) => this.lifecycle(name, loaderId),
      windowOpen: (request) => {
        this.asked = request
      },
      console: (call) => this.consoleMessage(call),
      crashed: () => {
        this.crashed = true
        this.isListening = false
        this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
      },
      allowsNavigation: (paused) => this.allowsNavigation(paused),
    }
  }

  private detachFrame(frameId: string): void {
    const frame = this.frames.get(frameId)
    if (!frame?.parent) return
    frame.detached = true
    frame.parent.frames.splice(frame.parent.frames.indexOf(frame), 1)
    this.frames.delete(frameId)
  }

  private commitMain(): void {
    this.crashed = false
    this.expected = null
    this.emit('did-navigate', {}, this.getURL(), 200, 'OK')
  }

  private receive(message: PageMessage, reply: (message: HostMessage) => void): void {
    const scopes = [this.ipc, ipcMain]
    switch (message.kind) {
      case 'hello':
        this.mainFrame._commit(message.url)
        if (!isFirstDocument(message.url)) this.flush()
        {
          this.owner.message(message)
          return
        }
      case 'send': {
        emitSend(scopes, this.ipcEvent(reply), message)
        return
      }
      case 'invoke':
        return void answerInvoke(scopes, this.ipcEvent(reply), message, reply)
      case 'open': {
        this.windowOpen(message.url, message.frameName, message.features)
        return
      }
      case 'preload-error': {
        const error = Object.assign(new Error(message.message), { stack: message.stack })
        this.preloadError(this.preferences.preload ?? '', error)
        return
      }
      default: {
        this.owner.message(message)
        return
      }
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

  private lifecycle(name: string, loaderId: string): void {
    if (this.getURL() === '') return
    if (name === 'init') {
      if (!this.loading) this.emit('did-start-loading')
      this.loading = true
    } else if (name === 'DOMContentLoaded') this.emit('dom-ready', {})
    else if (name === 'firstPaint') this.emit('ready-to-show')
    else if (name === 'load') {
      this.loadedLoader = loaderId
      if (this.zoom !== 1) this.applyZoom()
      this.emit('did-frame-finish-load', {}, true, this.mainFrame.processId, this.mainFrame.routingId)
      this.emit('did-finish-load')
      this.emit('-loaded', loaderId)
      this.stopLoading()
      void this.refreshTitle()
    }
  }

  private stopLoading(): void {
    this.loading = false
    this.emit('did-stop-loading')
  }

  private async refreshTitle(): Promise<void> {
    const title = String(await this.page?.evaluate('document.title', 'preload').catch(() => ''))
    if (title === '' || title === this.title) return
    this.title = title
    this.emit('page-title-updated', cancellable(), title, true)
  }

  private untilLoaded(loaderId: string, url: string): Promise<void> {
    if (this.loadedLoader === loaderId) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const onLoaded = (loaded: string): void => {
        if (loaded === loaderId) settle(resolve)
        else settle(() => reject(loadError('ERR_ABORTED', -3, url)))
      }
      const onGone = (): void => settle(() => reject(new TypeError('Object has been destroyed')))
      const settle = (act: () => void): void => {
        this.off('-loaded', onLoaded)
        this.off('destroyed', onGone)
        act()
      }
      this.on('-loaded', onLoaded)
      this.on('destroyed', onGone)
    })
  }

  private failLoad(failure: string, url: string): Error {
    const code = failure.replace(/^net::/, '')
    const error = loadError(code, code === 'ERR_ABORTED' ? -3 : -2, url)
    this.emit('did-fail-load', {}, error.errno, code, url, true, this.mainFrame.processId, this.mainFrame.routingId)
    this.stopLoading()
    return error
  }

  private allowsNavigation(paused: PausedRequest): boolean {
    const frame = this.frames.get(paused.frameId) ?? this.mainFrame
    const isMainFrame = frame === this.mainFrame
    const url = urls.fromBrowser(paused.request.url)
    if (isMainFrame && this.expected === withoutHash(paused.request.url)) return true
    const event = Object.assign(cancellable(), { url, frame, isMainFrame, isSameDocument: false, initiator: frame })
    if (paused.redirectedRequestId !== undefined) {
      this.emit('will-redirect', event, url, false, isMainFrame, frame.processId, frame.routingId)
    } else {
      this.emit('will-frame-navigate', event)
      if (isMainFrame && !event.defaultPrevented) this.emit('will-navigate', event, url, false, true)
    }
    return !event.defaultPrevented
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

  private applyZoom(): void {
    const zoom = `document.documentElement.style.zoom = ${JSON.stringify(String(this.zoom))}`
    void this.page?.evaluate(zoom, 'preload').catch((error: unknown) => note(errorText(error)))
  }
}

guardClass(WebContents, 'WebContents')

const withoutHash = (url: string): string => url.replace(/#.*$/, '')

const loadError = (code: string, errno: number, url: string): Error & { errno: number } =>
  Object.assign(new Error(`${code} (${errno}) loading '${url}'`), { code, errno, url })
