import type * as Electron from 'electron'
import { guardObject } from '../guard.ts'
import { urls } from './protocol.ts'

type BeforeRequest = (
  details: Electron.OnBeforeRequestListenerDetails,
  callback: (response: Electron.CallbackResponse) => void,
) => void
type HeadersReceived = (
  details: Electron.OnHeadersReceivedListenerDetails,
  callback: (response: Electron.HeadersReceivedResponse) => void,
) => void

interface Registered<Listener> {
  matches: (url: string) => boolean
  listener: Listener
}

export interface RequestFacts {
  id: number
  url: string
  method: string
  resourceType: Electron.OnBeforeRequestListenerDetails['resourceType']
  webContents: Electron.WebContents
  frame: Electron.WebFrameMain | null
}

/** Match patterns of extensions: `<all_urls>`, `*://host/path*`, `file:///*`. */
function patternToMatcher(pattern: string): (url: string) => boolean {
  if (pattern === '<all_urls>') return () => true
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/^\*:/, '[a-z]+:')
    .replaceAll('*', '.*')
  const expression = new RegExp(`^${source}$`, 'i')
  return (url) => expression.test(url)
}

function createSlot<Listener>() {
  let registered: Registered<Listener> | null = null
  return {
    find: (url: string): Listener | null => (registered?.matches(url) ? registered.listener : null),
    set: (filterOrListener: unknown, listener?: Listener | null): void => {
      const hasFilter = typeof filterOrListener === 'object' && filterOrListener !== null
      const chosen = hasFilter ? listener : (filterOrListener as Listener | null)
      const patterns = hasFilter ? (filterOrListener as Electron.WebRequestFilter).urls : ['<all_urls>']
      const matchers = (patterns.length === 0 ? ['<all_urls>'] : patterns).map(patternToMatcher)
      registered = chosen ? { listener: chosen, matches: (url) => matchers.some((matches) => matches(url)) } : null
    },
  }
}

export function createWebRequest() {
  const before = createSlot<BeforeRequest>()
  const received = createSlot<HeadersReceived>()

  const common = ({ id, url, method, resourceType, webContents, frame }: RequestFacts) => ({
    id,
    url: urls.fromBrowser(url),
    method,
    resourceType,
    webContents,
    webContentsId: webContents.id,
    frame,
    referrer: '',
    timestamp: Date.now(),
  })

  return {
    api: guardObject({ onBeforeRequest: before.set, onHeadersReceived: received.set }, 'webRequest'),
    wantsHeaders: (url: string): boolean => received.find(urls.fromBrowser(url)) !== null,
    beforeRequest(facts: RequestFacts): Promise<Electron.CallbackResponse> {
      const listener = before.find(urls.fromBrowser(facts.url))
      if (!listener) return Promise.resolve({})
      return new Promise((resolve) => {
        listener({ ...common(facts), uploadData: [] }, resolve)
      })
    },
    headersReceived(
      facts: RequestFacts,
      statusCode: number,
      responseHeaders: Record<string, string[]>,
    ): Promise<Electron.HeadersReceivedResponse> {
      const listener = received.find(urls.fromBrowser(facts.url))
      if (!listener) return Promise.resolve({})
      return new Promise((resolve) => {
        listener({ ...common(facts), statusCode, statusLine: `HTTP/1.1 ${statusCode}`, responseHeaders }, resolve)
      })
    },
  }
}

export type WebRequestHost = ReturnType<typeof createWebRequest>
