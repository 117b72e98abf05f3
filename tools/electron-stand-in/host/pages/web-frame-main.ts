import { guardClass } from '../guard.ts'
import { urls } from './protocol.ts'

export interface FrameOwner {
  processId: number
  send(channel: string, args: unknown[]): void
  evaluate(code: string, userGesture: boolean): Promise<unknown>
}

let lastTreeNode = 0

/** A frame of a page. One object lives as long as its frame and follows it from document to document. */
export class WebFrameMain {
  readonly frameTreeNodeId = ++lastTreeNode
  readonly routingId = this.frameTreeNodeId
  readonly frameToken: string
  readonly parent: WebFrameMain | null
  readonly frames: WebFrameMain[] = []
  name = ''
  detached = false
  private browserUrl = 'about:blank'
  private readonly owner: FrameOwner

  constructor(owner: FrameOwner, frameToken: string, parent: WebFrameMain | null) {
    this.owner = owner
    this.frameToken = frameToken
    this.parent = parent
  }

  get url(): string {
    return urls.fromBrowser(this.browserUrl)
  }

  get origin(): string {
    return urls.origin(this.browserUrl)
  }

  get top(): WebFrameMain {
    return this.parent?.top ?? this
  }

  get processId(): number {
    return this.owner.processId
  }

  get osProcessId(): number {
    return this.owner.processId
  }

  get framesInSubtree(): WebFrameMain[] {
    return [this, ...this.frames.flatMap((frame) => frame.framesInSubtree)]
  }

  isDestroyed(): boolean {
    return this.detached
  }

  send(channel: string, ...args: unknown[]): void {
    this.owner.send(channel, args)
  }

  executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    return this.owner.evaluate(code, userGesture)
  }

  /** Internal: a document was committed. */
  _commit(browserUrl: string, name?: string): void {
    this.browserUrl = browserUrl
    if (name !== undefined) this.name = name
  }
}

guardClass(WebFrameMain, 'WebFrameMain')
