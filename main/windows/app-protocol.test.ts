import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAppHandler } from './app-protocol.ts'

const base = mkdtempSync(path.join(tmpdir(), 'yzt-app-'))
const root = path.join(base, 'renderer')
const handle = createAppHandler(root)
const get = (url: string, method = 'GET') => handle({ url, method })

beforeAll(() => {
  mkdirSync(path.join(root, 'assets'), { recursive: true })
  for (const page of ['index', 'consent', 'viewer', 'other']) {
    writeFileSync(path.join(root, `${page}.html`), '<meta name="csp-nonce" content="__CSP_NONCE__">')
  }
  writeFileSync(path.join(root, 'assets', 'a.js'), 'export {}')
  writeFileSync(path.join(root, 'assets', 'secret.db'), 'x')
  writeFileSync(path.join(base, 'outside.js'), 'secret')
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

const directives = (policy: string | null): Record<string, string> =>
  Object.fromEntries(
    (policy ?? '').split('; ').map((part): [string, string] => {
      const [name = '', ...values] = part.split(' ')
      return [name, values.join(' ')]
    }),
  )

describe('R16 the windows’ own scheme', () => {
  test('ok/a page gets a policy, and a nonce of its own each time', async () => {
    const read = async () => {
      const response = await get('app://bundle/index.html')
      const policy = directives(response.headers.get('content-security-policy'))
      const nonce = /content="([^"]+)"/.exec(await response.text())?.[1]
      return { policy, nonce }
    }
    const [first, second] = [await read(), await read()]
    expect(first.nonce).toMatch(/^[A-Za-z0-9+/=]{24}$/)
    expect(first.nonce).not.toBe(second.nonce)
    expect(first.policy).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': `'self' 'nonce-${String(first.nonce)}'`,
      'connect-src': "'none'",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'object-src': "'none'",
    })
  })

  test('ok/only the viewer may run WebAssembly and read its own files', async () => {
    const policy = async (page: string) =>
      directives((await get(`app://bundle/${page}.html`)).headers.get('content-security-policy'))
    expect((await policy('viewer'))['script-src']).toContain('wasm-unsafe-eval')
    expect((await policy('consent'))['script-src']).toBe("'self'")
    expect((await policy('consent'))['connect-src']).toBe("'none'")
  })

  test('ok/scripts come with their type', async () => {
    const response = await get('app://bundle/assets/a.js')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    ['a way out', 'app://bundle/../outside.js', 404],
    ['an encoded way out', 'app://bundle/%2e%2e/outside.js', 404],
    ['a way out with encoded slashes', 'app://bundle/..%2foutside.js', 403],
    ['a way out with backslashes', 'app://bundle/..%5coutside.js', 403],
    ['a null byte', 'app://bundle/index.html%00.js', 403],
    ['a broken escape', 'app://bundle/%zz.js', 403],
    ['another host', 'app://other/index.html', 403],
    ['a kind of file that is none of ours', 'app://bundle/assets/secret.db', 403],
    ['a folder', 'app://bundle/assets', 403],
    ['a missing file', 'app://bundle/assets/b.js', 404],
    ['a page without a window', 'app://bundle/other.html', 404],
  ])('fail/%s', async (_name, url, status) => {
    const response = await get(url)
    expect(response.status).toBe(status)
    expect(await response.text()).toBe('')
  })

  test('fail/other methods', async () => {
    expect((await get('app://bundle/index.html', 'POST')).status).toBe(405)
  })
})
