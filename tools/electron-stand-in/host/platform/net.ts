import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { guardObject } from '../guard.ts'
import { handlerOf, urls } from '../pages/protocol.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.xml': 'text/xml',
}

async function fetchFile(url: string): Promise<Response> {
  const path = fileURLToPath(url)
  const facts = await stat(path).catch(() => null)
  if (!facts?.isFile()) throw new Error('net::ERR_FILE_NOT_FOUND')
  const headers = {
    'content-type': TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
    'content-length': String(facts.size),
    'last-modified': facts.mtime.toUTCString(),
  }
  return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, { headers })
}

export async function netFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const url = input instanceof Request ? input.url : String(input)
  if (url.startsWith('file:')) return fetchFile(url)
  const handler = handlerOf(urls.toBrowser(url))
  if (handler) return handler(new Request(input, init))
  return fetch(input, init)
}

const isOnline = (): boolean =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal))

export const net = guardObject(
  {
    fetch: (input: string | Request, init?: RequestInit & { bypassCustomProtocolHandlers?: boolean }) =>
      netFetch(input, init),
    isOnline,
    get online() {
      return isOnline()
    },
  },
  'net',
)
