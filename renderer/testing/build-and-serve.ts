import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { policyFor } from '#contract/page-policy.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
}

/** Builds the renderer as the product does and serves it with the product's policy. */
export const buildAndServe = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'yzt-renderer-'))
  await build({
    configFile: path.resolve(import.meta.dirname, '../../vite.renderer.config.mts'),
    build: { outDir: folder, emptyOutDir: true },
    logLevel: 'error',
  })
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname).slice(1)
    readFile(path.join(folder, path.normalize(name))).then(
      (bytes) => {
        response.setHeader('Content-Type', types[path.extname(name)] ?? 'application/octet-stream')
        if (!name.endsWith('.html')) return response.end(bytes)
        const nonce = randomBytes(18).toString('base64')
        response.setHeader('Content-Security-Policy', policyFor(name === 'viewer.html' ? 'viewer' : 'main', nonce))
        return response.end(bytes.toString('utf8').replaceAll('__CSP_NONCE__', nonce))
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (page: string) => `http://127.0.0.1:${port}/${page}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
