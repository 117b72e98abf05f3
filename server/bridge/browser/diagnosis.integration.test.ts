import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBridge } from '../testing/harness.ts'
import { inPage, origin, startChromium, type TestChromium } from './chromium.ts'

let chromium: TestChromium
beforeAll(async () => {
  chromium = await startChromium()
})
afterAll(() => chromium.close())

const diagnose =
  'const { code, sentence, remedy } = await sdk.diagnose(options); return sentence.zh && remedy.en && code'

describe('Chromium: a public https page and the bridge', () => {
  test('permission not yet asked, then granted: the SDK tells the first and works after the second', async () => {
    const { port } = await startBridge()
    const { page, context } = await chromium.openPage(`${origin}/`, 'notAsked')
    expect(await inPage(page, port, diagnose)).toBe('permission_not_asked')
    await context.grantPermissions(['local-network-access'], { origin })
    expect(await inPage(page, port, diagnose)).toBe('ready')
  })

  test('without permission nothing reaches the bridge', async () => {
    const { port, fake } = await startBridge()
    const { page } = await chromium.openPage(`${origin}/`, 'notAsked')
    const code = `return fetch('http://127.0.0.1:' + port + '/health').then(() => 'reached', () => 'not reached')`
    expect(await inPage(page, port, code)).toBe('not reached')
    expect(fake.logged.filter(({ message }) => message.includes('request'))).toEqual([])
  })

  test('connect raises the question, which a browser without a window answers with no', async () => {
    const { port, fake } = await startBridge()
    const { page } = await chromium.openPage(`${origin}/`, 'notAsked')
    expect(await inPage(page, port, 'await sdk.connect(options)')).toBe('threw sdk.permission_denied')
    expect(fake.logged.filter(({ message }) => message.includes('request'))).toEqual([])
  })

  test('permission denied is told apart', async () => {
    const { port } = await startBridge()
    const { page } = await chromium.openPage(`${origin}/`, 'denied')
    expect(await inPage(page, port, diagnose)).toBe('permission_denied')
    expect(await inPage(page, port, 'await sdk.connect(options)')).toBe('threw sdk.permission_denied')
  })

  test('a page over plain http is told that it is not secure', async () => {
    const { port } = await startBridge()
    const { page } = await chromium.openPage('http://platform.example/', 'notAsked')
    expect(await inPage(page, port, diagnose)).toBe('page_not_secure')
  })

  test('a frame without allow is told so, and one with it works', async () => {
    const { port } = await startBridge()
    const frameOf = async (allow: string) => {
      const address = `https://outer.example/outer?inner=${encodeURIComponent(`${origin}/`)}${allow}`
      const { page, context } = await chromium.openPage(address)
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
    const { page } = await chromium.openPage()
    expect(await inPage(page, 9, diagnose)).toBe('not_installed')
    expect(await inPage(page, port, diagnose)).toBe('ready')
    await bridge.close()
    expect(await inPage(page, port, diagnose)).toBe('not_running')
    expect(await inPage(page, port, 'return (await sdk.diagnose(options)).isCertain')).toBe(false)
  })

  test('a paused bridge and one that is too old', async () => {
    const { port, fake } = await startBridge()
    const { page } = await chromium.openPage()
    fake.state.isPaused = true
    expect(await inPage(page, port, diagnose)).toBe('paused')
    await page.route(`http://127.0.0.1:${port}/health`, async (route) => {
      const response = await route.fetch()
      const health = (await response.json()) as object
      await route.fulfill({ response, json: { ...health, apiVersion: 0 } })
    })
    expect(await inPage(page, port, diagnose)).toBe('version_too_old')
  })

  test('an error of a call is told by its own code; what the page itself threw is not from the bridge', async () => {
    const { port } = await startBridge()
    const { page } = await chromium.openPage()
    const told = await inPage(
      page,
      port,
      `const bridge = await sdk.connect(options), sof = sdk.createSof(bridge)
       const of = async (call) => {
         try { await call() } catch (error) {
           const { code, sentence, remedy } = await sdk.diagnose({ error })
           return [code, sentence.en, remedy.en, error.details?.field]
         }
       }
       return [
         await of(() => bridge.certificates()), await of(() => sof.SOF_Login('00')),
         await of(() => bridge.requestGrant(['sing'])), await of(() => bridge.requestGrant('sign')),
         await of(() => sdk.connect({})), await of(() => sdk.connect()), await of(() => null.x),
       ]`,
    )
    const text = (part: string): unknown => expect.stringContaining(part)
    const grant = ['grant.missing', text('no grant'), text('requestGrant'), undefined]
    const invalid = (field: string, part: string) => ['request.invalid', text(part), text('error.details'), field]
    expect(told).toEqual([
      grant,
      grant,
      invalid('body.scopes.0', 'schema'),
      invalid('scopes', 'scopes: a list'),
      invalid('systemCode', 'systemCode: a string'),
      invalid('systemCode', 'systemCode: a string'),
      ['not_from_bridge', text('page itself'), text('error itself'), undefined],
    ])
  })
})
