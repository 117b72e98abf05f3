/** R16, read from the running program and not from its sources. */
import type { ElectronApplication, Page } from '@playwright/test'
import { clickLogin, openPlatform } from '../support/bidding.ts'
import { grantQuestion } from '../support/consent.ts'
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
  await clickLogin(bidder.page)
  const consent = await grantQuestion(client)
  const preferences = await preferencesOf(client.app)
  expect(preferences.length).toBeGreaterThanOrEqual(2)
  for (const found of preferences) expect(found).toEqual(safe)
  for (const page of [client.main, consent]) {
    expect(await reachable(page)).toEqual([])
    expect(await page.evaluate(() => Object.keys((globalThis as unknown as { yzt: object }).yzt).sort())).toEqual([
      'call',
      'on',
    ])
  }
})

test('R16 the policy allows no inline script, no eval and no foreign address', async ({ client }) => {
  const blocked = await client.main.evaluate(async () => {
    const results: Record<string, boolean> = {}
    const script = document.createElement('script')
    script.textContent = 'globalThis.injected = true'
    document.body.append(script)
    results['inline script'] = !('injected' in globalThis)
    // Outside of this function's own turn: the debugger lifts the ban for the code it runs itself.
    results.eval = await new Promise<boolean>((resolve) => {
      setTimeout(() => {
        try {
          resolve(Boolean((0, eval)('false')))
        } catch {
          resolve(true)
        }
      })
    })
    try {
      await fetch('http://127.0.0.1:1/')
      results.fetch = false
    } catch {
      results.fetch = true
    }
    const violation = new Promise<boolean>((resolve) => {
      document.addEventListener('securitypolicyviolation', () => resolve(true), { once: true })
      setTimeout(() => resolve(false), 3000)
    })
    const picture = document.createElement('img')
    picture.src = 'http://127.0.0.1:1/x.png'
    document.body.append(picture)
    results['foreign picture'] = await violation
    return results
  })
  expect(blocked).toEqual({ 'inline script': true, eval: true, fetch: true, 'foreign picture': true })
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
