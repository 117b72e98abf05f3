import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { windowKinds, type WindowKind } from '#contract/ipc.ts'
import { policyFor } from '#contract/page-policy.ts'
import { pageOf } from '../ipc/dispatch.ts'

/** The windows' own scheme: files of the built renderer, nothing else of the disk, nothing of the network. */
export const appScheme = 'app'
export const appHost = 'bundle'
export const pageUrl = (kind: WindowKind): string => `${appScheme}://${appHost}${pageOf[kind]}`

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.bcmap': 'application/octet-stream',
  '.pfb': 'application/octet-stream',
  '.icc': 'application/octet-stream',
}

const NONCE_PLACE = '__CSP_NONCE__'

const commonHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

const refuse = (status: 403 | 404 | 405): Response => new Response(null, { status, headers: commonHeaders })

/** The file a request names, or null when it leaves the folder or says it in a roundabout way. */
const resolveFile = (root: string, url: URL): string | null => {
  let name: string
  try {
    name = decodeURIComponent(url.pathname)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
  if (!/^\/[\w./@+-]+$/u.test(name) || name.split('/').includes('..')) return null
  const file = path.join(root, name)
  return file.startsWith(root + path.sep) ? file : null
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR', 'ENOTDIR'].includes(String(error.code))

/** Answers requests of the windows. Every page gets a policy with a nonce of its own (Ant Design's styles carry it). */
export const createAppHandler = (rendererRoot: string) => {
  const root = path.resolve(rendererRoot)

  return async (request: Pick<Request, 'url' | 'method'>): Promise<Response> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405)
    const url = URL.parse(request.url)
    if (url?.host !== appHost) return refuse(403)
    const file = resolveFile(root, url)
    const type = file === null ? undefined : TYPES[path.extname(file)]
    if (file === null || type === undefined) return refuse(403)
    try {
      const bytes = await readFile(file)
      if (path.extname(file) !== '.html') {
        return new Response(new Uint8Array(bytes), { headers: { ...commonHeaders, 'Content-Type': type } })
      }
      const kind = windowKinds.find((candidate) => pageOf[candidate] === url.pathname)
      if (kind === undefined) return refuse(404)
      const nonce = randomBytes(18).toString('base64')
      return new Response(bytes.toString('utf8').replaceAll(NONCE_PLACE, nonce), {
        headers: { ...commonHeaders, 'Content-Type': type, 'Content-Security-Policy': policyFor(kind, nonce) },
      })
    } catch (error) {
      if (isMissing(error)) return refuse(404)
      throw error
    }
  }
}
