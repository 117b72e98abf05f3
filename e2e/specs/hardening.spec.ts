/** R16, read from the running program and not from its sources. */
import type { ElectronApplication, Page } from '@playwright/test'
import { clickLogin, clickSign, logIn, openPlatform, openTender } from '../support/bidding.ts'
import { documentQuestion, grantQuestion } from '../support/consent.ts'
import { expect, test } from '../support/test.ts'

interface Preferences {
  readonly contextIsolation: boolean
  readonly sandbox: boolean
  readonly nodeIntegration: boolean
  readonly webviewTag: boolean
  readonly webSecurity: boolean
}

const preferencesOf = (app: ElectronApplication): Promise<Preferences[]> =>
  app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => {
      const last = (contents as unknown as { getLastWebPreferences: () => Preferences }).getLastWebPreferences()
      const { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity } = last
      return { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity }
    }),
  )

const safe = { contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false, webSecurity: true }

const reachable = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', '__dirname'].filter((name) => name in (globalThis as object)),
  )

test('R16 every window is sandboxed, isolated and without Node', async ({ stage, client, bidder }) => {
  await openPlatform(bidder.page, stage.platform.origin)
  await logIn(client, bidder.page)
  await openTender(bidder.page)
  await clickSign(bidder.page)
  const consent = await documentQuestion(client)
  // The page is shown: the hidden viewer has drawn it.
  await expect(consent.getByRole('img', { name: /第 1 页的内容/ })).toBeVisible()
  const windows = client.app.windows()
  const names = windows.map((page) => new URL(page.url()).pathname.split('/').at(-1))
  expect(names.sort()).toEqual(['consent.html', 'index.html', 'viewer.html'])
  const preferences = await preferencesOf(client.app)
  expect(preferences).toHaveLength(3)
  for (const found of preferences) expect(found).toEqual(safe)
  for (const page of windows) {
    expect(await reachable(page)).toEqual([])
    expect(await page.evaluate(() => Object.keys((globalThis as unknown as { yzt: object }).yzt).sort())).toEqual([
      'call',
      'on',
    ])
  }
})

test('R16 the policy allows no inline script, no eval and no foreign address', async ({ stage, client }) => {
  // A server that answers: without the policy both requests would succeed.
  const broken = await client.main.evaluate(async (origin) => {
    const brokenBy = (act: () => void): Promise<string> =>
      new Promise((resolve) => {
        const listen = ({ violatedDirective }: SecurityPolicyViolationEvent): void => resolve(violatedDirective)
        document.addEventListener('securitypolicyviolation', listen, { once: true })
        setTimeout(() => {
          document.removeEventListener('securitypolicyviolation', listen)
          resolve('allowed')
        }, 3000)
        // Outside of this function's own turn: the debugger lifts the ban on eval for the code it runs itself.
        setTimeout(act)
      })
    const script = document.createElement('script')
    script.textContent = 'globalThis.injected = true'
    const picture = document.createElement('img')
    let isEvaluated = false
    const directives = [
      await brokenBy(() => document.body.append(script)),
      await brokenBy(() => {
        try {
          isEvaluated = Boolean((0, eval)('true'))
        } catch {
          isEvaluated = false
        }
      }),
      await brokenBy(() => void fetch(origin, { mode: 'no-cors' }).catch(() => undefined)),
      await brokenBy(() => (picture.src = `${origin}/favicon.ico`)),
    ]
    return { directives, isEvaluated, isInjected: 'injected' in globalThis }
  }, stage.platform.origin)
  expect(broken).toEqual({
    directives: ['script-src-elem', 'script-src', 'connect-src', 'img-src'],
    isEvaluated: false,
    isInjected: false,
  })
})

test('R16 no window is opened, nothing is navigated to, no permission is given', async ({ client }) => {
  const { main, app } = client
  await expect(main.getByRole('heading', { level: 1 })).toBeVisible()
  const before = main.url()
  const windows = app.windows().length
  expect(await main.evaluate(() => window.open('https://example.invalid/'))).toBeNull()
  await main.evaluate(() => {
    location.href = 'https://example.invalid/'
  })
  await main.waitForTimeout(1000)
  expect(main.url()).toBe(before)
  expect(app.windows()).toHaveLength(windows)
  const states = await main.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as PermissionName[]
    return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
  })
  expect(new Set(states)).toEqual(new Set(['denied']))
})

test('a call that is not meant for a window is refused there', async ({ stage, client, bidder }) => {
  await openPlatform(bidder.page, stage.platform.origin)
  await clickLogin(bidder.page)
  const consent = await grantQuestion(client)
  const codes = await consent.evaluate(async () => {
    const { yzt } = globalThis as unknown as {
      yzt: { call: (name: string, input: unknown) => Promise<{ ok: boolean; error?: { code: string } }> }
    }
    const answers = [await yzt.call('journal.list', { before: null, limit: 1 }), await yzt.call('no.such.call', {})]
    return answers.map(({ ok, error }) => (ok ? 'answered' : error?.code))
  })
  expect(codes).toEqual(['program.forbidden', 'program.forbidden'])
})
