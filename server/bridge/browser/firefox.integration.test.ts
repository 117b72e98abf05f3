import puppeteer, { type Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBridge } from '../testing/harness.ts'
import { startPlatform } from './platform.ts'

let platform: Awaited<ReturnType<typeof startPlatform>>

/** `permissions.default.*`, as Firefox counts: the answer to its question about the local network. */
const answers = { allowed: 1, denied: 2 }
const browsers = new Map<keyof typeof answers, Browser>()

const launch = (answer: keyof typeof answers) =>
  puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr',
    protocol: 'webDriverBiDi',
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      'network.dns.localDomains': 'platform.example',
      // The platform counts as public, so that Local Network Access applies to it as on the internet.
      'network.lna.address_space.public.override': `127.0.0.1:${platform.securePort}`,
      'permissions.default.loopback-network': answers[answer],
    },
  })

beforeAll(async () => {
  platform = await startPlatform()
  browsers.set('allowed', await launch('allowed'))
  browsers.set('denied', await launch('denied'))
})
afterAll(async () => {
  for (const browser of browsers.values()) await browser.close()
  platform.close()
})

const inPage = async (port: number, code: string, answer: keyof typeof answers = 'allowed'): Promise<unknown> => {
  const page = await browsers.get(answer)!.newPage()
  try {
    await page.goto(`https://platform.example:${platform.securePort}/`)
    return await page.evaluate(`(async () => {
      while (globalThis.sdk === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
      const sdk = globalThis.sdk, options = { systemCode: 'TEST-01', ports: [${port}] }
      try { ${code} } catch (error) { return 'threw ' + (error.code ?? error.message) }
    })()`)
  } finally {
    await page.close()
  }
}

describe('Firefox: an https page and the bridge over WebDriver BiDi', () => {
  test('the SDK from grant to signed document', async () => {
    const { port, fake } = await startBridge()
    fake.state.autoApprove = true
    const result = await inPage(
      port,
      `const bridge = await sdk.connect(options)
       await bridge.requestGrant(['login', 'sign', 'seal'])
       const login = await bridge.login(new Uint8Array(32))
       const uploaded = await bridge.upload(new File(['%PDF-1.7'], '投标文件.pdf'), { onProgress: () => undefined })
       const { documents: [document] } = await bridge.signDocument(uploaded.id)
       return [login.kind, uploaded.name, await (await bridge.download(document.id)).text()]`,
    )
    expect(result).toEqual(['login', '投标文件.pdf', '%PDF-1.7\nsigned'])
    const origins = [...fake.operations.values()].map(({ origin }) => origin)
    expect(new Set(origins)).toEqual(new Set([`https://platform.example:${platform.securePort}`]))
  })

  test('the diagnosis: ready, and not installed where nothing answers', async () => {
    const { port } = await startBridge()
    const diagnose = `return (await sdk.diagnose({ ...options, storage: null, ask: true })).code`
    expect(await inPage(port, diagnose)).toBe('ready')
    expect(await inPage(9, diagnose)).toBe('not_installed')
  })

  test('without permission nothing reaches the bridge', async () => {
    const { port, fake } = await startBridge()
    expect(await inPage(port, 'await sdk.connect(options)', 'denied')).toMatch(/^threw sdk\./)
    expect([fake.operations.size, fake.state.portCalls]).toEqual([0, 0])
  })

  test('a page that leaves while the person is asked lets the operation end', async () => {
    const { port, fake } = await startBridge()
    const code = `const bridge = await sdk.connect({ ...options, storage: null })
      await new Promise((resolve) => void bridge.requestGrant(['sign'], { onChange: resolve }).catch(() => undefined))
      await new Promise((resolve) => setTimeout(resolve, 500))`
    await inPage(port, code)
    await expect.poll(() => fake.cancelled.map(({ reason }) => reason), { timeout: 15_000 }).toEqual(['caller_gone'])
  })

  test('what can be sent without a preflight has no effect', async () => {
    const { port, fake } = await startBridge()
    await inPage(
      port,
      `const address = 'http://127.0.0.1:${port}/v1/grants', body = '{"scopes":["sign"],"systemCode":"TEST-01"}'
       navigator.sendBeacon(address, body)
       await fetch(address, { method: 'POST', mode: 'no-cors', body }).catch(() => undefined)
       await fetch(address, { method: 'POST', body }).catch(() => undefined)
       new Image().src = address
       await new Promise((resolve) => setTimeout(resolve, 300))`,
    )
    expect([fake.operations.size, fake.state.portCalls]).toEqual([0, 0])
  })
})
