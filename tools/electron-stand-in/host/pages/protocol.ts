import type * as Electron from 'electron'
import { guardObject } from '../guard.ts'
import { createUrlMap } from './urls.ts'

type Handler = (request: Request) => Response | Promise<Response>

const privileged = new Map<string, Electron.Privileges>()
const handlers = new Map<string, Handler>()

const BUILT_IN = new Set(['http', 'https', 'file', 'data', 'blob', 'about', 'javascript', 'ws', 'wss', 'devtools'])

export const urls = createUrlMap((scheme) => privileged.has(scheme) || handlers.has(scheme))

const api = {
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]) {
    for (const { scheme, privileges } of schemes) privileged.set(scheme, privileges ?? {})
  },
  handle(scheme: string, handler: Handler) {
    if (BUILT_IN.has(scheme)) throw new Error(`protocol.handle('${scheme}') is not implemented in the stand-in`)
    if (handlers.has(scheme)) throw new Error(`The scheme has been registered: ${scheme}`)
    handlers.set(scheme, handler)
  },
  unhandle(scheme: string) {
    if (!handlers.delete(scheme)) throw new Error(`The scheme has not been registered: ${scheme}`)
  },
  isProtocolHandled: (scheme: string) => handlers.has(scheme) || BUILT_IN.has(scheme),
} satisfies Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle' | 'unhandle' | 'isProtocolHandled'>

export const protocol = guardObject(api, 'protocol')

/** The handler of the scheme a browser URL stands for; undefined where the network answers. */
export function handlerOf(browserUrl: string): Handler | undefined {
  const url = urls.fromBrowser(browserUrl)
  return url === browserUrl ? undefined : handlers.get(url.slice(0, url.indexOf(':')).toLowerCase())
}

export const isCustomUrl = (browserUrl: string): boolean => urls.fromBrowser(browserUrl) !== browserUrl
