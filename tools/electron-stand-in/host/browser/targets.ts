import { setTimeout as delay } from 'node:timers/promises'
import type { Bounds, BrowserProcess } from './browser-process.ts'
import type { CdpSession } from './cdp.ts'

export interface PageTarget {
  targetId: string
  session: CdpSession
  browser: BrowserProcess
  windowId: number
}

interface TargetInfo {
  targetId: string
  type: string
  url: string
  openerId?: string
}

interface Attached {
  sessionId: string
  targetInfo: TargetInfo
  waitingForDebugger: boolean
}

/** The document a window starts with; with a display it also tells the new window from any other. */
export const FIRST_DOCUMENT = 'data:text/html,<!--electron-stand-in-->'

const CREATION_LIMIT_MS = 20_000

export type Targets = ReturnType<typeof createTargets>

export function createTargets(browser: BrowserProcess, onUnasked: (info: TargetInfo) => void) {
  const { root } = browser.cdp
  const sessionsByTarget = new Map<string, string>()
  const goneListeners = new Map<string, () => void>()
  let waiting: ((attached: Attached) => void) | null = null
  let queue: Promise<unknown> = Promise.resolve()

  root.on<Attached>('Target.attachedToTarget', (attached) => {
    const { targetInfo, sessionId } = attached
    if (targetInfo.type === 'page' && targetInfo.openerId === undefined && waiting) {
      const take = waiting
      waiting = null
      sessionsByTarget.set(targetInfo.targetId, sessionId)
      take(attached)
      return
    }
    browser.cdp.session(sessionId).post('Runtime.runIfWaitingForDebugger')
    if (targetInfo.type === 'page') {
      root.post('Target.closeTarget', { targetId: targetInfo.targetId })
      onUnasked(targetInfo)
    }
  })
  root.on<{ sessionId: string }>('Target.detachedFromTarget', ({ sessionId }) => {
    browser.cdp.drop(sessionId)
    const [targetId] = [...sessionsByTarget].find(([, session]) => session === sessionId) ?? []
    if (targetId === undefined) return
    sessionsByTarget.delete(targetId)
    goneListeners.get(targetId)?.()
    goneListeners.delete(targetId)
  })

  /** One at a time: in windowed mode nothing but the order tells which new page belongs to which request. */
  async function createNow(bounds: Bounds): Promise<PageTarget> {
    const attached = new Promise<Attached>((resolve) => {
      waiting = resolve
    })
    const { width, height } = bounds
    if (browser.isHeaded) browser.openAppWindow(FIRST_DOCUMENT, bounds)
    else await root.send('Target.createTarget', { url: 'about:blank', newWindow: true, width, height })
    const timeout = delay(CREATION_LIMIT_MS, null, { ref: false })
    const result = await Promise.race([attached, timeout])
    if (!result) throw new Error('The browser opened no window in time')
    const { targetId } = result.targetInfo
    const session = browser.cdp.session(result.sessionId)
    const { windowId } = await root.send<{ windowId: number }>('Browser.getWindowForTarget', { targetId })
    return { targetId, session, browser, windowId }
  }

  return {
    /** To be awaited before the first window is made. */
    start: () => root.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
    create(bounds: Bounds): Promise<PageTarget> {
      const created = queue.then(() => createNow(bounds))
      queue = created.catch(() => undefined)
      return created
    },
    /** Someone other than the program closed the page: the user, or the browser itself. */
    onGone: (targetId: string, listener: () => void) => void goneListeners.set(targetId, listener),
    close: (targetId: string) => root.post('Target.closeTarget', { targetId }),
    setBounds: (windowId: number, bounds: Partial<Bounds> & { windowState?: string }) =>
      root.post('Browser.setWindowBounds', {
        windowId,
        bounds: { ...('x' in bounds ? { left: bounds.x, top: bounds.y } : {}), ...withoutPosition(bounds) },
      }),
  }
}

function withoutPosition({ x: _x, y: _y, ...rest }: Partial<Bounds> & { windowState?: string }): object {
  return rest
}
