import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from 'node:events'
import { buildSdk } from '../testing/build-sdk.ts'

const run = promisify(execFile)

const page = `<!doctype html><meta charset="utf-8"><title>platform</title><link rel="icon" href="data:,">
<button>go</button><script type="module">import * as sdk from '/sdk.js'; globalThis.sdk = sdk</script>`

/** The outer page of another platform, with the platform in a frame; `allow` is given in the query. */
const outer = (
  allow: string | null,
  inner: string,
) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<iframe src="${inner}" ${allow === null ? '' : `allow="${allow}"`}></iframe>`

const listenAt = async (server: Server): Promise<number> => {
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A trading platform's site with the built SDK: https with a name of its own, and the same without TLS. */
export const startPlatform = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-'))
  const [key, cert, sdk] = ['key.pem', 'cert.pem', 'sdk.js'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const subject = ['-subj', '/CN=platform.example', '-addext', 'subjectAltName=DNS:platform.example,DNS:outer.example']
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-days',
    '2',
    ...subject,
  ])
  await buildSdk(sdk)
  const script = await readFile(sdk)
  const options = { key: await readFile(key), cert: await readFile(cert) }
  await rm(folder, { recursive: true })

  const serve: RequestListener = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://platform.example')
    const isScript = pathname === '/sdk.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    if (isScript) response.end(script)
    else if (pathname === '/outer') response.end(outer(searchParams.get('allow'), searchParams.get('inner') ?? ''))
    else response.end(page)
  }
  const secure = createHttps(options, serve)
  const plain = createHttp(serve)
  const securePort = await listenAt(secure)
  const plainPort = await listenAt(plain)
  const loopback = createHttp(serve)
  const loopbackPort = await listenAt(loopback)
  return {
    securePort,
    plainPort,
    loopbackPort,
    close: () => {
      for (const server of [secure, plain, loopback]) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}
