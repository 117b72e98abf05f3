import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import type { PageTarget } from '../browser/targets.ts'
import { cancellable } from './cancellable.ts'
import type { PausedRequest } from './interception.ts'
import type { Page, PageEvents } from './page.ts'
import { isFirstDocument } from './page.ts'
import { urls } from './protocol.ts'
import type { FrameOwner } from './web-frame-main.ts'
import { WebFrameMain } from './web-frame-main.ts'

/** The part of WebContents that brings documents into the page and follows them. */
export abstract class LoadingContents extends EventEmitter {
  readonly mainFrame: WebFrameMain
  protected readonly frames = new Map<string, WebFrameMain>()
  protected readonly attached = Promise.withResolvers<undefined>()
  protected page: Page | null = null
  protected target: PageTarget | null = null
  /** the document's preload has run, so messages have somewhere to go */
  protected isListening = false
  protected destroyed = false
  protected crashed = false
  protected loading = false
  private expected: string | null = null
  private loadedLoader = ''
  private title = ''

  constructor() {
    super()
    this.setMaxListeners(0)
    this.mainFrame = new WebFrameMain(this.frameOwner(), 'main', null)
    this.attached.promise.catch(() => undefined)
  }

  protected abstract frameOwner(): FrameOwner

  protected abstract pageLoaded(): void

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

  getURL(): string {
    const { url } = this.mainFrame
    return isFirstDocument(url) ? '' : url
  }

  getTitle(): string {
    return this.title
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

  protected requireTarget(): PageTarget {
    if (this.destroyed || !this.target) throw new TypeError('Object has been destroyed')
    return this.target
  }

  protected loadingEvents(): Pick<
    PageEvents,
    'frameAttached' | 'frameDetached' | 'committed' | 'movedWithinDocument' | 'lifecycle' | 'allowsNavigation'
  > {
    return {
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

  private lifecycle(name: string, loaderId: string): void {
    if (this.getURL() === '') return
    if (name === 'init') {
      if (!this.loading) this.emit('did-start-loading')
      this.loading = true
    } else if (name === 'DOMContentLoaded') this.emit('dom-ready', {})
    else if (name === 'firstPaint') this.emit('ready-to-show')
    else if (name === 'load') {
      this.loadedLoader = loaderId
      this.pageLoaded()
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
    this.updateTitle(String(await this.page?.evaluate('document.title', 'preload').catch(() => '')))
  }

  protected updateTitle(title: string): void {
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
}

const withoutHash = (url: string): string => url.replace(/#.*$/, '')

const loadError = (code: string, errno: number, url: string): Error & { errno: number } =>
  Object.assign(new Error(`${code} (${errno}) loading '${url}'`), { code, errno, url })
