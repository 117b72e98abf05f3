import type * as Electron from 'electron'
import type { HostMessage, PageMessage } from '../../shared/messages.ts'
import { FROM_HOST, PRELOAD_WORLD, TO_HOST } from '../../shared/messages.ts'
import type { CdpSession } from '../browser/cdp.ts'
import type { PageTarget } from '../browser/targets.ts'
import { FIRST_DOCUMENT } from '../browser/targets.ts'
import type { PausedRequest } from './interception.ts'
import { interceptRequests } from './interception.ts'
import type { PageScripts } from './page-scripts.ts'
import type { WebRequestHost } from './web-request.ts'

interface FrameInfo {
  id: string
  parentId?: string
  loaderId: string
  name?: string
  url: string
  urlFragment?: string
}

interface ContextInfo {
  id: number
  name: string
  auxData?: { frameId: string; isDefault: boolean }
}

export interface ConsoleCall {
  type: string
  args: { value?: unknown; description?: string }[]
  stackTrace?: { callFrames: { url: string; lineNumber: number }[] }
}

export interface PageEvents {
  message(message: PageMessage, reply: (message: HostMessage) => void): void
  frameAttached(frameId: string, parentId: string): void
  frameDetached(frameId: string): void
  committed(frame: FrameInfo): void
  movedWithinDocument(frameId: string, url: string): void
  lifecycle(name: string, loaderId: string): void
  windowOpen(request: { url: string; frameName: string; features: string }): void
  console(call: ConsoleCall): void
  crashed(): void
  allowsNavigation(paused: PausedRequest): boolean
}

export interface PageContext {
  webContents: Electron.WebContents
  webRequest: WebRequestHost
  frame(frameId: string): Electron.WebFrameMain | null
}

export const isFirstDocument = (url: string): boolean => url === 'about:blank' || url === '' || url === FIRST_DOCUMENT

/** Binds one page target: injects the worlds, follows its frames and documents, carries messages. */
export function createPage(
  { session, targetId, browser }: PageTarget,
  scripts: PageScripts,
  context: PageContext,
  events: PageEvents,
) {
  let preloadContext: number | null = null
  let mainContext: number | null = null

  const deliver = (executionContextId: number, message: HostMessage): void =>
    session.post('Runtime.callFunctionOn', {
      functionDeclaration: `function (message) { ${FROM_HOST}(message) }`,
      arguments: [{ value: message }],
      executionContextId,
      returnByValue: true,
      silent: true,
    })

  session.on<{ name: string; payload: string; executionContextId: number }>('Runtime.bindingCalled', (call) => {
    // Only the current document's preload world speaks for the page.
    if (call.name !== TO_HOST || call.executionContextId !== preloadContext) return
    const message = JSON.parse(call.payload) as PageMessage
    events.message(message, (reply) => deliver(call.executionContextId, reply))
  })
  session.on<{ context: ContextInfo }>('Runtime.executionContextCreated', ({ context: created }) => {
    if (created.auxData?.frameId !== targetId) return
    if (created.name === PRELOAD_WORLD) preloadContext = created.id
    else if (created.auxData.isDefault) mainContext = created.id
  })
  session.on<{ executionContextId: number }>('Runtime.executionContextDestroyed', ({ executionContextId }) => {
    if (executionContextId === preloadContext) preloadContext = null
    if (executionContextId === mainContext) mainContext = null
  })
  session.on('Runtime.executionContextsCleared', () => {
    preloadContext = null
    mainContext = null
  })
  session.on<{ frameId: string; parentFrameId: string }>('Page.frameAttached', ({ frameId, parentFrameId }) =>
    events.frameAttached(frameId, parentFrameId),
  )
  session.on<{ frameId: string; reason: string }>('Page.frameDetached', ({ frameId, reason }) => {
    if (reason === 'remove') events.frameDetached(frameId)
  })
  session.on<{ frame: FrameInfo }>('Page.frameNavigated', ({ frame }) => events.committed(frame))
  session.on<{ frameId: string; url: string }>('Page.navigatedWithinDocument', ({ frameId, url }) =>
    events.movedWithinDocument(frameId, url),
  )
  session.on<{ frameId: string; loaderId: string; name: string }>(
    'Page.lifecycleEvent',
    ({ frameId, loaderId, name }) => {
      if (frameId === targetId) events.lifecycle(name, loaderId)
    },
  )
  session.on<{ url: string; windowName: string; windowFeatures: string[] }>('Page.windowOpen', (request) =>
    events.windowOpen({
      url: request.url,
      frameName: request.windowName,
      features: request.windowFeatures.join(','),
    }),
  )
  session.on<ConsoleCall>('Runtime.consoleAPICalled', (call) => events.console(call))
  session.on('Inspector.targetCrashed', () => events.crashed())

  const watch = (part: CdpSession): void => {
    interceptRequests(part, { ...context, allowsNavigation: (paused) => events.allowsNavigation(paused) })
    part.post('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true })
    // Workers and frames of other sites are targets of their own: their requests must stop here too.
    part.on<{ sessionId: string }>('Target.attachedToTarget', ({ sessionId }) => {
      const child = browser.cdp.session(sessionId)
      watch(child)
      child.post('Runtime.runIfWaitingForDebugger')
    })
    part.on<{ sessionId: string }>('Target.detachedFromTarget', ({ sessionId }) => browser.cdp.drop(sessionId))
  }

  return {
    async start(): Promise<void> {
      watch(session)
      session.post('Page.enable')
      session.post('Runtime.enable')
      session.post('Inspector.enable')
      session.post('Page.setLifecycleEventsEnabled', { enabled: true })
      session.post('Runtime.addBinding', { name: TO_HOST, executionContextName: PRELOAD_WORLD })
      session.post('Page.addScriptToEvaluateOnNewDocument', { source: scripts.mainWorld })
      session.post('Page.addScriptToEvaluateOnNewDocument', { source: scripts.preloadWorld, worldName: PRELOAD_WORLD })
      session.post('Emulation.setFocusEmulationEnabled', { enabled: true })
      await session.send('Runtime.runIfWaitingForDebugger')
    },
    /** false when the page has no document that could receive it */
    send(message: HostMessage): boolean {
      if (preloadContext === null) return false
      deliver(preloadContext, message)
      return true
    },
    async evaluate(expression: string, world: 'main' | 'preload', userGesture = false): Promise<unknown> {
      const contextId = world === 'main' ? mainContext : preloadContext
      const { result, exceptionDetails } = await session.send<Evaluation>('Runtime.evaluate', {
        expression,
        ...(contextId === null ? {} : { contextId }),
        awaitPromise: true,
        returnByValue: true,
        userGesture,
      })
      if (!exceptionDetails) return result.value
      throw new Error(exceptionDetails.exception?.description?.split('\n')[0] ?? exceptionDetails.text)
    },
  }
}

interface Evaluation {
  result: { value?: unknown }
  exceptionDetails?: { text: string; exception?: { description?: string } }
}

export type Page = ReturnType<typeof createPage>
