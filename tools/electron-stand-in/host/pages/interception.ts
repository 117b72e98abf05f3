import { STATUS_CODES } from 'node:http'
import type * as Electron from 'electron'
import type { CdpSession } from '../browser/cdp.ts'
import { errorText, note } from '../log.ts'
import { handlerOf, isCustomUrl, urls } from './protocol.ts'
import type { RequestFacts, WebRequestHost } from './web-request.ts'

export interface PausedRequest {
  requestId: string
  frameId: string
  resourceType: string
  request: { url: string; method: string; headers: Record<string, string>; postDataEntries?: { bytes?: string }[] }
  redirectedRequestId?: string
  responseStatusCode?: number
  responseStatusText?: string
  responseErrorReason?: string
  responseHeaders?: { name: string; value: string }[]
}

interface Page {
  webContents: Electron.WebContents
  webRequest: WebRequestHost
  frame(frameId: string): Electron.WebFrameMain | null
  /** false keeps the page from going there */
  allowsNavigation(paused: PausedRequest): boolean
}

type Headers = { name: string; value: string }[]

const RESOURCE_TYPES: Record<string, RequestFacts['resourceType']> = {
  Stylesheet: 'stylesheet',
  Image: 'image',
  Media: 'media',
  Font: 'font',
  Script: 'script',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
  WebSocket: 'webSocket',
}

let lastRequest = 0

/** Every request of a page stops here first: navigation checks, webRequest listeners, the program's own schemes. */
export function interceptRequests(session: CdpSession, page: Page): void {
  session.on<PausedRequest>('Fetch.requestPaused', (paused) => {
    handle(paused).catch((error: unknown) => {
      if (!session.isClosed) note(`${paused.request.url}: ${errorText(error)}`)
      fail(paused, 'Failed')
    })
  })
  session.post('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Request' }] })

  const fail = ({ requestId }: PausedRequest, errorReason: string): void =>
    session.post('Fetch.failRequest', { requestId, errorReason })

  async function handle(paused: PausedRequest): Promise<void> {
    const facts = factsOf(paused)
    if (paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined) {
      return continueResponse(paused, facts)
    }
    if (paused.resourceType === 'Document' && !page.allowsNavigation(paused)) {
      fail(paused, 'Aborted')
      return
    }
    const { cancel, redirectURL } = await page.webRequest.beforeRequest(facts)
    if (cancel) {
      fail(paused, 'BlockedByClient')
      return
    }
    if (redirectURL) {
      fulfil(paused, 307, [{ name: 'Location', value: urls.toBrowser(redirectURL) }], '')
      return
    }
    if (!isCustomUrl(paused.request.url)) {
      const { requestId } = paused
      const interceptResponse = page.webRequest.wantsHeaders(paused.request.url)
      session.post('Fetch.continueRequest', { requestId, interceptResponse })
      return
    }
    const handler = handlerOf(paused.request.url)
    // Electron's windows load no favicon.
    if (!handler || (paused.resourceType === 'Other' && new URL(paused.request.url).pathname === '/favicon.ico')) {
      fail(paused, 'Failed')
      return
    }
    const response = await handler(requestOf(paused))
    await fulfilResponse(paused, facts, response)
  }

  async function fulfilResponse(paused: PausedRequest, facts: RequestFacts, response: Response): Promise<void> {
    if (response.type === 'error') {
      fail(paused, 'Failed')
      return
    }
    const body = Buffer.from(await response.arrayBuffer())
    const received = await page.webRequest.headersReceived(facts, response.status, groupHeaders([...response.headers]))
    if (received.cancel) {
      fail(paused, 'BlockedByClient')
      return
    }
    const headers = received.responseHeaders ? listHeaders(received.responseHeaders) : pairsOf([...response.headers])
    // fetch has undone the encoding of a response that is passed on
    const plain = headers.filter(({ name }) => !/^content-(encoding|length)$/i.test(name))
    fulfil(paused, response.status, plain, body.toString('base64'))
  }

  function fulfil({ requestId }: PausedRequest, status: number, headers: Headers, body: string): void {
    session.post('Fetch.fulfillRequest', {
      requestId,
      responseCode: status,
      responsePhrase: STATUS_CODES[status] ?? 'Unknown',
      responseHeaders: headers.map(({ name, value }) => ({ name, value: translateHeader(name, value) })),
      body,
    })
  }

  async function continueResponse(paused: PausedRequest, facts: RequestFacts): Promise<void> {
    const { requestId, responseStatusCode, responseHeaders } = paused
    if (responseStatusCode === undefined) {
      session.post('Fetch.continueRequest', { requestId })
      return
    }
    const pairs = (responseHeaders ?? []).map(({ name, value }): [string, string] => [name, value])
    const received = await page.webRequest.headersReceived(facts, responseStatusCode, groupHeaders(pairs))
    if (received.cancel) {
      fail(paused, 'BlockedByClient')
      return
    }
    if (!received.responseHeaders) {
      session.post('Fetch.continueRequest', { requestId })
      return
    }
    session.post('Fetch.continueResponse', {
      requestId,
      responseCode: responseStatusCode,
      responsePhrase: paused.responseStatusText ?? '',
      responseHeaders: listHeaders(received.responseHeaders),
    })
  }

  function factsOf({ request, resourceType, frameId }: PausedRequest): RequestFacts {
    const frame = page.frame(frameId)
    const isDocument = resourceType === 'Document'
    return {
      id: ++lastRequest,
      url: request.url,
      method: request.method,
      resourceType: isDocument ? (frame?.parent ? 'subFrame' : 'mainFrame') : (RESOURCE_TYPES[resourceType] ?? 'other'),
      webContents: page.webContents,
      frame,
    }
  }
}

function requestOf({ request }: PausedRequest): Request {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  const parts = (request.postDataEntries ?? []).map(({ bytes }) => Buffer.from(bytes ?? '', 'base64'))
  return new Request(urls.fromBrowser(request.url), {
    method: request.method,
    headers: request.headers,
    ...(hasBody ? { body: Buffer.concat(parts) } : {}),
  })
}

const pairsOf = (pairs: [string, string][]): Headers => pairs.map(([name, value]) => ({ name, value }))

function groupHeaders(pairs: [string, string][]): Record<string, string[]> {
  const grouped: Record<string, string[]> = {}
  for (const [name, value] of pairs) (grouped[name] ??= []).push(value)
  return grouped
}

const listHeaders = (headers: Record<string, string | string[]>): Headers =>
  Object.entries(headers).flatMap(([name, value]) => [value].flat().map((item) => ({ name, value: item })))

/** Headers of the program's own pages name its scheme; Chromium knows the page by another one. */
function translateHeader(name: string, value: string): string {
  switch (name.toLowerCase()) {
    case 'content-security-policy':
    case 'content-security-policy-report-only':
      return urls.policy(value)
    case 'location':
    case 'access-control-allow-origin':
      return urls.toBrowser(value).replace(/\/$/, value.endsWith('/') ? '/' : '')
    default:
      return value
  }
}
