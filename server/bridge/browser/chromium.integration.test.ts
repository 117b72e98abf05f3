import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startBridge } from '../testing/harness.ts'
import { startPlatform } from './platform.ts'

let platform: Awaited<ReturnType<typeof startPlatform>>
let browser: Browser

const origin = 'https://platform.example'

beforeAll(async () => {
  platform = await startPlatform()
  const { securePort, plainPort } = platform
  const hosts = ['platform.example', 'outer.example'].map((name) => `MAP ${name}:443 127.0.0.1:${securePort}`)
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      `--host-resolver-rules=${[...hosts, `MAP platform.example:80 127.0.0.1:${plainPort}`].join(', ')}`,
      // The platform's pages count as public, so that Local Network Access applies to them as on the internet.
      `--ip-address-space-overrides=127.0.0.1:${securePort}=public,127.0.0.1:${plainPort}=public`,
    ],
  })
})
afterAll(async () => {
  await browser.close()
  platform.close()
})

/** DevTools denies whatever it does not grant; left alone, the browser would ask. */
const permissions = { granted: ['local-network-access'], denied: [], notAsked: null }

const openPage = async (address = `${origin}/`, permission: keyof typeof permissions = 'granted') => {
  const context: BrowserContext = await browser.newContext({ ignoreHTTPSErrors: true })
  onTestFinished(() => context.close())
  const given = permissions[permission]
  if (given !== null) await context.grantPermissions(given, { origin: new URL(address).origin })
  const page = await context.newPage()
  await page.goto(address)
  return { context, page }
}

/** Runs code in the page with `sdk` and `port`; what it throws comes back as the code of the error. */
const inPage = (page: Pick<Page, 'evaluate'>, port: number, code: string): Promise<unknown> =>
  page.evaluate(`(async () => {
    while (globalThis.sdk === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
    const sdk = globalThis.sdk, port = ${port}, options = { systemCode: 'TEST-01', ports: [port] }
    try { ${code} } catch (error) { return 'threw ' + (error.code ?? error.message) }
  })()`)

const diagnose =
  'const { code, sentence, remedy } = await sdk.diagnose(options); return sentence.zh && remedy.en && code'

describe('Chromium: a public https page and the bridge', () => {
  test('permission not yet asked, then granted: the SDK tells the first and works after the second', async () => {
    const { port } = await startBridge()
    const { page, context } = await openPage(`${origin}/`, 'notAsked')
    expect(await inPage(page, port, diagnose)).toBe('permission_not_asked')
    await context.grantPermissions(['local-network-access'], { origin })
    expect(await inPage(page, port, diagnose)).toBe('ready')
  })

  test('without permission nothing reaches the bridge', async () => {
    const { port, fake } = await startBridge()
    const { page } = await openPage(`${origin}/`, 'notAsked')
    const code = `return fetch('http://127.0.0.1:' + port + '/health').then(() => 'reached', () => 'not reached')`
    expect(await inPage(page, port, code)).toBe('not reached')
    expect(fake.logged.filter(({ message }) => message.includes('request'))).toEqual([])
  })

  test('connect raises the question, which a browser without a window answers with no', async () => {
    const { port, fake } = await startBridge()
    const { page } = await openPage(`${origin}/`, 'notAsked')
    expect(await inPage(page, port, 'await sdk.connect(options)')).toBe('threw sdk.permission_denied')
    expect(fake.logged.filter(({ message }) => message.includes('request'))).toEqual([])
  })

  test('permission denied is told apart', async () => {
    const { port } = await startBridge()
    const { page } = await openPage(`${origin}/`, 'denied')
    expect(await inPage(page, port, diagnose)).toBe('permission_denied')
    expect(await inPage(page, port, 'await sdk.connect(options)')).toBe('threw sdk.permission_denied')
  })

  test('a page over plain http is told that it is not secure', async () => {
    const { port } = await startBridge()
    const { page } = await openPage('http://platform.example/', 'notAsked')
    expect(await inPage(page, port, diagnose)).toBe('page_not_secure')
  })

  test('a frame without allow is told so, and one with it works', async () => {
    const { port } = await startBridge()
    const frameOf = async (allow: string) => {
      const address = `https://outer.example/outer?inner=${encodeURIComponent(`${origin}/`)}${allow}`
      const { page, context } = await openPage(address)
      await context.grantPermissions(['local-network-access'], { origin })
      const frame = page.frame({ url: `${origin}/` })
      if (frame === null) throw new Error('no frame')
      return inPage(frame, port, diagnose)
    }
    expect(await frameOf('')).toBe('iframe_not_allowed')
    expect(await frameOf(`&allow=${encodeURIComponent('local-network-access; loopback-network')}`)).toBe('ready')
  })

  test('no client: not installed the first time, not running once it was seen', async () => {
    const { port, bridge } = await startBridge()
    const { page } = await openPage()
    expect(await inPage(page, 9, diagnose)).toBe('not_installed')
    expect(await inPage(page, port, diagnose)).toBe('ready')
    await bridge.close()
    expect(await inPage(page, port, diagnose)).toBe('not_running')
    expect(await inPage(page, port, 'return (await sdk.diagnose(options)).isCertain')).toBe(false)
  })

  test('a paused bridge and one that is too old', async () => {
    const { port, fake } = await startBridge()
    const { page } = await openPage()
    fake.state.isPaused = true
    expect(await inPage(page, port, diagnose)).toBe('paused')
    await page.route(`http://127.0.0.1:${port}/health`, async (route) => {
      const response = await route.fetch()
      const health = (await response.json()) as object
      await route.fulfill({ response, json: { ...health, apiVersion: 0 } })
    })
    expect(await inPage(page, port, diagnose)).toBe('version_too_old')
  })
})

describe('Chromium: the SDK from grant to signed document', () => {
  test('every step, with progress', async () => {
    const { port, fake } = await startBridge()
    fake.state.autoApprove = true
    const { page } = await openPage()
    const result = await inPage(
      page,
      port,
      `const states = [], sent = [], received = []
       const bridge = await sdk.connect(options)
       const onChange = ({ state }) => states.at(-1) === state || states.push(state)
       await bridge.requestGrant(['login', 'sign', 'seal', 'verify'], { onChange })
       const [certificate] = await bridge.certificates({ keyType: 'rsa' })
       const login = await bridge.login(new Uint8Array(32), { certificateId: certificate.id })
       const signed = await bridge.signMessage(['投标', new Blob(['x'])], { names: ['a', 'b'] })
       const report = await bridge.verifyMessage(signed.signatures[0], { content: '投标' })
       const file = new File(['%PDF-1.7'], '投标文件.pdf')
       const uploaded = await bridge.upload(file, { onProgress: (...step) => sent.push(step) })
       const { documents: [document] } = await bridge.signDocument(uploaded.id, { sealId: null })
       const blob = await bridge.download(document.id, { onProgress: (...step) => received.push(step) })
       const verified = await bridge.verifyDocument(document.id)
       await bridge.deleteDocument(document.id)
       return { states: states.filter((state) => state !== 'working'), sent: sent.slice(-1), received, name: uploaded.name, token: login.loginToken.length, report: report.verdict,
         signatures: signed.signatures.length, text: await blob.text(), verified: verified.verdict,
         scopes: bridge.grant.scopes, token: 'token' in bridge.grant }`,
    )
    expect(result).toEqual({
      states: ['waiting', 'done'],
      sent: [[8, 8]],
      received: [[15, 15]],
      name: '投标文件.pdf',
      token: false,
      report: 'unknown',
      signatures: 2,
      text: '%PDF-1.7\nsigned',
      verified: 'unsigned',
      scopes: ['login', 'sign', 'seal', 'verify'],
    })
  })

  test('a remembered grant is used without asking again, a revoked one is asked for again', async () => {
    const { port, fake } = await startBridge()
    fake.state.autoApprove = true
    const { page } = await openPage()
    const ask = `const bridge = await sdk.connect(options); await bridge.requestGrant(['sign'])`
    await inPage(page, port, ask)
    await page.reload()
    await inPage(page, port, ask)
    expect(fake.operations.size).toBe(1)
    await inPage(page, port, `${ask}; await bridge.dropGrant()`)
    await inPage(page, port, ask)
    expect(fake.operations.size).toBe(2)
  })

  test('a refused grant and a cancelled operation have codes of their own', async () => {
    const { port, fake, grant } = await startBridge()
    const { page } = await openPage()
    const refused = inPage(page, port, `const bridge = await sdk.connect(options); await bridge.requestGrant(['sign'])`)
    await expect.poll(() => fake.waiting(), { timeout: 5000 }).toBeDefined()
    fake.fail(fake.waiting() ?? '', 'operation.cancelled_by_user')
    expect(await refused).toBe('threw sdk.grant_refused')
    const token = JSON.stringify({ token: grant(['sign']), scopes: ['sign'], expiresAt: '2099-01-01T00:00:00Z' })
    const cancelled = inPage(
      page,
      port,
      `localStorage.setItem('yzt-bridge', '{"grants":{"instance-1/TEST-01":' + ${JSON.stringify(token)} + '}}')
       const bridge = await sdk.connect(options)
       try { await bridge.signMessage('x') } catch (error) { return (await sdk.diagnose({ error })).code }`,
    )
    await expect.poll(() => fake.waiting(), { timeout: 5000 }).toBeDefined()
    fake.fail(fake.waiting() ?? '', 'operation.cancelled_by_user')
    expect(await cancelled).toBe('user_cancelled')
  })

  test('an aborted signal cancels the operation in the client', async () => {
    const { port, fake } = await startBridge()
    const { page } = await openPage()
    const code = `const bridge = await sdk.connect(options), stop = new AbortController()
      const onChange = () => setTimeout(() => stop.abort(), 100)
      await bridge.requestGrant(['sign'], { signal: stop.signal, onChange })`
    expect(await inPage(page, port, code)).toMatch(/^threw/)
    await expect.poll(() => fake.cancelled.map(({ reason }) => reason), { timeout: 5000 }).toEqual(['caller'])
  })

  test('a page that is closed while the person is asked lets the operation end', async () => {
    const { port, fake } = await startBridge()
    const { page } = await openPage()
    const gone = inPage(page, port, `const bridge = await sdk.connect(options); await bridge.requestGrant(['sign'])`)
    await expect.poll(() => fake.waiting(), { timeout: 5000 }).toBeDefined()
    const id = fake.waiting()
    await new Promise((resolve) => setTimeout(resolve, 500))
    await Promise.all([page.close(), gone.catch(() => undefined)])
    await expect.poll(() => fake.cancelled, { timeout: 6000 }).toEqual([{ id, reason: 'caller_gone' }])
  })

  test('events of keys reach the page, and the loss of the client too', async () => {
    const { port, fake, bridge } = await startBridge()
    fake.state.autoApprove = true
    const { page } = await openPage()
    await inPage(
      page,
      port,
      `const bridge = await sdk.connect(options); await bridge.requestGrant(['sign']); globalThis.seen = []
       for (const name of ['keyInserted', 'keyRemoved', 'disconnected']) bridge.on(name, () => seen.push(name))`,
    )
    await expect.poll(() => fake.eventListeners.size, { timeout: 5000 }).toBe(1)
    fake.emit({ type: 'key_inserted', at: '2026-11-23T00:00:00.000Z' })
    await expect.poll(() => page.evaluate('seen'), { timeout: 5000 }).toEqual(['keyInserted'])
    await bridge.close()
    await expect.poll(() => page.evaluate('seen'), { timeout: 5000 }).toEqual(['keyInserted', 'disconnected'])
  })

  test('the SOF layer signs and verifies, refuses a PIN and says what a page cannot do', async () => {
    const { port, fake } = await startBridge()
    fake.state.autoApprove = true
    const { page } = await openPage()
    const result = await inPage(
      page,
      port,
      `const bridge = await sdk.connect(options); await bridge.requestGrant(['sign', 'verify'])
       const sof = sdk.createSof(bridge), list = await sof.SOF_GetUserList(), id = list.split('||')[1].slice(0, 64)
       const number = (promise) => promise.then(() => 0, (error) => error.number)
       return {
         list, login: await sof.SOF_Login(id), der: await sof.SOF_ExportUserCert(id),
         raw: (await sof.SOF_SignData(id, 'x')).slice(0, 4), cms: (await sof.SOF_SignMessage(0, id, 'x')).slice(0, 4),
         valid: await sof.SOF_VerifySignedMessage('AAAA', 'x'), random: atob(await sof.SOF_GenRandom(16)).length,
         pin: await number(sof.SOF_Login(id, '12345678')), change: await number(sof.SOF_ChangePassWd(id, 'a', 'b')),
         last: await sof.SOF_GetLastError(), none: await number(sof.SOF_Login('00')), after: await sof.SOF_GetLastError(),
       }`,
    )
    expect(result).toEqual({
      list: `张三||${'ab'.repeat(32)}&&&`,
      login: true,
      der: 'MIIB',
      raw: 'c2ln',
      cms: 'c2ln',
      valid: false,
      random: 16,
      pin: 0x0b000002,
      change: 0x0b000002,
      last: 0x0b000002,
      none: 0x0b000012,
      after: 0x0b000012,
    })
  })
})

describe('Chromium: what a page can send without a preflight has no effect (R5)', () => {
  const attempts: Record<string, string> = {
    'a form': `const form = document.createElement('form'); form.method = 'POST'; form.target = 'sink'
      form.action = base + '/v1/grants'; form.innerHTML = '<input name=scopes value=sign>'
      const frame = document.createElement('iframe'); frame.name = 'sink'; document.body.append(frame, form); form.submit()`,
    'a text/plain form': `const form = document.createElement('form'); form.method = 'POST'; form.enctype = 'text/plain'
      form.action = base + '/v1/grants'; form.target = 'sink'
      form.innerHTML = '<input name=\\'{"scopes":["sign"],"systemCode":"TEST-01","a":"\\' value=\\'"}\\'>'
      const frame = document.createElement('iframe'); frame.name = 'sink'; document.body.append(frame, form); form.submit()`,
    'a no-cors fetch': `await fetch(base + '/v1/grants', { method: 'POST', mode: 'no-cors', body })`,
    'a beacon': `navigator.sendBeacon(base + '/v1/grants', body)`,
    'an image': `new Image().src = base + '/v1/grants?scopes=sign'`,
    'a script': `const script = document.createElement('script'); script.src = base + '/v1/certificates'; document.head.append(script)`,
    'a frame': `const frame = document.createElement('iframe'); frame.src = base + '/v1/certificates'; document.body.append(frame)`,
    'a fetch with cookies': `await fetch(base + '/v1/grants', { method: 'POST', credentials: 'include', body,
      headers: { 'Content-Type': 'application/json', 'X-Bridge': '1' } })`,
    'a fetch with a foreign header': `await fetch(base + '/v1/grants', { method: 'POST', body,
      headers: { 'Content-Type': 'application/json', 'X-Bridge': '1', 'X-Evil': '1' } })`,
  }
  for (const [name, code] of Object.entries(attempts)) {
    test(`fail/${name}`, async () => {
      const { port, fake } = await startBridge()
      const { page } = await openPage()
      const answer = await inPage(
        page,
        port,
        `const base = 'http://127.0.0.1:' + port, body = JSON.stringify({ scopes: ['sign'], systemCode: 'TEST-01' })
         let outcome = 'sent'
         try { ${code} } catch { outcome = 'failed' }
         await new Promise((resolve) => setTimeout(resolve, 300))
         return outcome`,
      )
      expect(answer).toMatch(/sent|failed/)
      expect([fake.operations.size, fake.state.portCalls]).toEqual([0, 0])
    })
  }

  test('ok/the same page with the right shape starts an operation', async () => {
    const { port, fake } = await startBridge()
    const { page } = await openPage()
    const status = await inPage(
      page,
      port,
      `const headers = { 'Content-Type': 'application/json', 'X-Bridge': '1' }
       const body = JSON.stringify({ scopes: ['sign'], systemCode: 'TEST-01' })
       return (await fetch('http://127.0.0.1:' + port + '/v1/grants', { method: 'POST', headers, body })).status`,
    )
    expect([status, fake.operations.size]).toEqual([202, 1])
  })
})
