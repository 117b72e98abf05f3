import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { clickLogin, expectNotice, logIn, openPlatform } from '../support/bidding.ts'
import { grantQuestion } from '../support/consent.ts'
import { expect, test } from '../support/test.ts'

test.describe('local network access denied', () => {
  test.use({ access: 'denied' })

  test('the page says how to allow it, and nothing reached the client', async ({ stage, client, bidder }) => {
    await openPlatform(bidder.page, stage.platform.origin)
    await clickLogin(bidder.page)
    await expectNotice(bidder.page, 'sdk.permission_denied', /允许/)
    expect(client.hasConsent()).toBe(false)
  })
})

interface Answer {
  readonly status: number
  readonly code: string
}

interface Attack {
  readonly method?: string
  readonly headers: Record<string, string>
  readonly body?: string
}

/** A request as a hostile page makes it; status 0: the browser did not let the page see the answer. */
const attack = (page: Page, url: string, init: Attack): Promise<Answer> =>
  page.evaluate(
    async ([address, options]) => {
      try {
        const answer = await fetch(address, options)
        const text = await answer.text()
        return { status: answer.status, code: /"code":\s*"([^"]+)"/.exec(text)?.[1] ?? '' }
      } catch {
        return { status: 0, code: '' }
      }
    },
    [url, init] as const,
  )

test.describe('a hostile page on another origin', () => {
  let evil: Server
  let evilOrigin: string

  test.beforeEach(async () => {
    evil = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<h1>evil</h1>'))
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
    evilOrigin = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`
  })
  test.afterEach(() => {
    evil.close()
    evil.closeAllConnections()
  })

  test('R9 cannot use the grant of another origin, even with its token', async ({ stage, client, bidder }) => {
    await openPlatform(bidder.page, stage.platform.origin)
    await logIn(client, bidder.page)
    const stored = await bidder.page.evaluate(() => Object.values(localStorage).join())
    const token = /token\W+?([A-Za-z0-9_-]{20,})/.exec(stored)?.[1]
    expect(token).toBeDefined()
    const { port } = await client.call('bridge.state', undefined)
    const base = `http://127.0.0.1:${String(port)}`
    const headers = { 'X-Bridge': '1', Authorization: `Bearer ${token!}` }

    const own = await attack(bidder.page, `${base}/v1/certificates`, { headers })
    expect(own.status).toBe(200)

    const page = await bidder.context.newPage()
    await page.goto(evilOrigin)
    const stolen = await attack(page, `${base}/v1/certificates`, { headers })
    expect([0, 401, 403]).toContain(stolen.status)
    const login = await attack(page, `${base}/v1/logins`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ challenge: btoa('x'.repeat(32)) }),
    })
    expect([0, 401, 403]).toContain(login.status)
    expect((await client.call('bridge.state', undefined)).pending).toBe(0)
  })

  test('R5 a form, a picture and a script of another site do nothing', async ({ client, bidder }) => {
    const { port } = await client.call('bridge.state', undefined)
    const { page } = bidder
    await page.goto(evilOrigin)
    await page.evaluate(
      (base) => {
        const form = document.createElement('form')
        form.method = 'post'
        form.action = `${base}/v1/grants`
        form.enctype = 'text/plain'
        form.target = 'frame'
        const field = document.createElement('input')
        field.name = '{"scopes":["login"],"systemCode":"HDJY-DEMO-01","x":"'
        field.value = '"}'
        form.append(field)
        const frame = document.createElement('iframe')
        frame.name = 'frame'
        const script = document.createElement('script')
        script.src = `${base}/v1/certificates`
        const picture = document.createElement('img')
        picture.src = `${base}/v1/certificates`
        document.body.append(frame, form, script, picture)
        form.submit()
        navigator.sendBeacon(`${base}/v1/grants`, '{"scopes":["login"],"systemCode":"HDJY-DEMO-01"}')
      },
      `http://127.0.0.1:${String(port)}`,
    )
    await page.waitForTimeout(2000)
    expect(client.hasConsent()).toBe(false)
    expect((await client.call('bridge.state', undefined)).pending).toBe(0)
  })

  test('a platform code of another site is shown as not registered', async ({ client, bidder }) => {
    const { port } = await client.call('bridge.state', undefined)
    const { page } = bidder
    await page.goto(evilOrigin)
    const answer = await attack(page, `http://127.0.0.1:${String(port)}/v1/grants`, {
      method: 'POST',
      headers: { 'X-Bridge': '1', 'Content-Type': 'application/json' },
      body: JSON.stringify({ scopes: ['login'], systemCode: 'HDJY-DEMO-01' }),
    })
    expect(answer.status).toBe(202)
    const window = await grantQuestion(client)
    await expect(window.locator('body')).toContainText(evilOrigin)
    await expect(window.locator('body')).toContainText('未登记的平台')
  })
})
