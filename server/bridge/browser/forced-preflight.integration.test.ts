import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBridge } from '../testing/harness.ts'
import { inPage, startChromium, type TestChromium } from './chromium.ts'

let chromium: TestChromium
beforeAll(async () => {
  chromium = await startChromium()
})
afterAll(() => chromium.close())

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
      const { page } = await chromium.openPage()
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
    const { page } = await chromium.openPage()
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
