import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBridge } from '../testing/harness.ts'
import { instanceIdFor } from '../http/instance-id.ts'
import { inPage, origin, startChromium, type TestChromium } from './chromium.ts'

let chromium: TestChromium
beforeAll(async () => {
  chromium = await startChromium()
})
afterAll(() => chromium.close())

describe('Chromium: the SDK from grant to signed document', () => {
  test('every step, with progress', async () => {
    const { port, fake } = await startBridge()
    fake.state.autoApprove = true
    const { page } = await chromium.openPage()
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
    const { page } = await chromium.openPage()
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
    const { page } = await chromium.openPage()
    const refused = inPage(page, port, `const bridge = await sdk.connect(options); await bridge.requestGrant(['sign'])`)
    await expect.poll(() => fake.waiting(), { timeout: 5000 }).toBeDefined()
    fake.fail(fake.waiting() ?? '', 'operation.cancelled_by_user')
    expect(await refused).toBe('threw sdk.grant_refused')
    const instanceId = instanceIdFor('instance-1', origin)
    const token = JSON.stringify({ token: grant(['sign']), scopes: ['sign'], expiresAt: '2099-01-01T00:00:00Z' })
    const cancelled = inPage(
      page,
      port,
      `localStorage.setItem('yzt-bridge', '{"grants":{"${instanceId}/TEST-01":' + ${JSON.stringify(token)} + '}}')
       const bridge = await sdk.connect(options)
       try { await bridge.signMessage('x') } catch (error) { return (await sdk.diagnose({ error })).code }`,
    )
    await expect.poll(() => fake.waiting(), { timeout: 5000 }).toBeDefined()
    fake.fail(fake.waiting() ?? '', 'operation.cancelled_by_user')
    expect(await cancelled).toBe('user_cancelled')
  })

  test('an aborted signal cancels the operation in the client', async () => {
    const { port, fake } = await startBridge()
    const { page } = await chromium.openPage()
    const code = `const bridge = await sdk.connect(options), stop = new AbortController()
      const onChange = () => setTimeout(() => stop.abort(), 100)
      await bridge.requestGrant(['sign'], { signal: stop.signal, onChange })`
    expect(await inPage(page, port, code)).toMatch(/^threw/)
    await expect.poll(() => fake.cancelled.map(({ reason }) => reason), { timeout: 5000 }).toEqual(['caller'])
  })

  test('a page that is closed while the person is asked lets the operation end', async () => {
    const { port, fake } = await startBridge()
    const { page } = await chromium.openPage()
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
    const { page } = await chromium.openPage()
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

  test("SOF_VerifySignedData guesses nothing about somebody else's key", async () => {
    const { port, fake } = await startBridge()
    fake.state.autoApprove = true
    const { page } = await chromium.openPage()
    await inPage(
      page,
      port,
      `const bridge = await sdk.connect(options); await bridge.requestGrant(['verify'])
       return sdk.createSof(bridge).SOF_VerifySignedData('MIIB', 'x', 'AAAA')`,
    )
    expect(fake.verified).toEqual([{ format: 'raw', signature: 'AAAA', content: 'eA==', certificateDer: 'MIIB' }])
  })

  test('the SOF layer signs and verifies, refuses a PIN and says what a page cannot do', async () => {
    const { port, fake } = await startBridge()
    fake.state.autoApprove = true
    const { page } = await chromium.openPage()
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
