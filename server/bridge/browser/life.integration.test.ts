import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startBridge } from '../testing/harness.ts'
import { inPage, origin, startChromium, type TestChromium } from './chromium.ts'

let chromium: TestChromium
beforeAll(async () => {
  chromium = await startChromium()
})
afterAll(() => chromium.close())

const within = `const within = (promise, ms) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, 'nothing happened'))])
  const outcome = (promise) => within(promise.then(() => 'done', (error) => error.code ?? error.message), 15_000);`

/** A program that accepts connections and never says a word. */
const startSilence = async (): Promise<number> => {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('a client that goes away', () => {
  test('is told as such, also when the signal of connect has run out long before', async () => {
    const { port, fake, bridge } = await startBridge()
    fake.state.autoApprove = true
    const { page } = await chromium.openPage()
    await inPage(
      page,
      port,
      `globalThis.bridge = await sdk.connect({ ...options, signal: AbortSignal.timeout(2000) })
       await bridge.requestGrant(['sign'])
       await new Promise((resolve) => setTimeout(resolve, 2000))`,
    )
    await bridge.close()
    const code = `${within} return [
      await outcome(bridge.upload(new Blob(['x']), { onProgress: () => undefined })),
      await outcome(bridge.certificates())]`
    expect(await inPage(page, port, code)).toEqual(['sdk.not_running', 'sdk.not_running'])
  })

  test('and comes back is heard again, without a word to the page', async () => {
    const { port: free, bridge: first } = await startBridge()
    await first.close()
    const { port, fake, bridge } = await startBridge({ ports: [free] })
    fake.state.autoApprove = true
    const { page } = await chromium.openPage()
    await inPage(
      page,
      port,
      `const bridge = await sdk.connect(options); await bridge.requestGrant(['sign']); globalThis.seen = []
       for (const name of ['keyInserted', 'disconnected']) bridge.on(name, () => seen.push(name))`,
    )
    await expect.poll(() => fake.eventListeners.size, { timeout: 5000 }).toBe(1)
    await bridge.close()
    await expect.poll(() => fake.eventListeners.size, { timeout: 5000 }).toBe(0)
    await bridge.listen()
    await expect.poll(() => fake.eventListeners.size, { timeout: 8000 }).toBe(1)
    fake.emit({ type: 'key_inserted', at: '2026-11-23T00:00:00.000Z' })
    await expect.poll(() => page.evaluate('seen'), { timeout: 5000 }).toEqual(['keyInserted'])
  })
})

describe('bridge.close()', () => {
  test('ends a waiting operation at once, and nothing begins after it', async () => {
    const { port, fake } = await startBridge()
    const { page } = await chromium.openPage()
    const code = `${within}
      const bridge = await sdk.connect(options)
      const waiting = outcome(bridge.requestGrant(['sign'], { onChange: () => setTimeout(bridge.close, 200) }))
      return [await waiting, await outcome(bridge.certificates()),
        await outcome(bridge.upload(new Blob(['x']), { onProgress: () => undefined }))]`
    // DOMException.ABORT_ERR
    expect(await inPage(page, port, code)).toEqual([20, 20, 20])
    await expect.poll(() => fake.cancelled.map(({ reason }) => reason), { timeout: 2500 }).toEqual(['caller'])
  })
})

describe('a page that is left', () => {
  test('ends its operation, and works again when the person comes back to it', async () => {
    const { port, fake } = await startBridge()
    const { page } = await chromium.openPage()
    await inPage(
      page,
      port,
      `globalThis.bridge = await sdk.connect({ ...options, storage: null })
       addEventListener('pageshow', ({ persisted }) => (globalThis.persisted = persisted))
       bridge.requestGrant(['sign']).catch((error) => (globalThis.ended = error.name))`,
    )
    await expect.poll(() => fake.waiting(), { timeout: 5000 }).toBeDefined()
    await page.goto(`${origin}/elsewhere`)
    await expect.poll(() => fake.cancelled.length, { timeout: 15_000 }).toBe(1)
    await page.goBack({ waitUntil: 'commit' })
    await expect.poll(() => page.evaluate('globalThis.persisted'), { timeout: 5000 }).toBe(true)
    expect(await page.evaluate('globalThis.ended')).toBe('AbortError')
    fake.state.autoApprove = true
    expect(await inPage(page, port, `${within} return outcome(bridge.requestGrant(['sign']))`)).toBe('done')
  })
})

describe("an exception of the page's own onChange", () => {
  test.each([
    ['at the first call', '() => { throw new Error("of the page") }'],
    ['at a later one', '({ state }) => { if (state !== "waiting") throw new Error("of the page") }'],
  ])('%s reaches the page and ends the operation', async (_name, onChange) => {
    const { port, fake } = await startBridge()
    const { page } = await chromium.openPage()
    const ended = inPage(
      page,
      port,
      `${within} const bridge = await sdk.connect(options)
       return outcome(bridge.requestGrant(['sign'], { onChange: ${onChange} }))`,
    )
    await expect.poll(() => fake.operations.size, { timeout: 5000 }).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const id = fake.waiting()
    if (id !== undefined) fake.approve(id)
    expect(await ended).toBe('of the page')
  })
})

describe('a program on one of the ports that never answers', () => {
  test('does not hide the client on a later port', async () => {
    const silent = await startSilence()
    const { port } = await startBridge()
    const { page } = await chromium.openPage()
    const code = `${within} return outcome(sdk.connect({ ...options, ports: [${silent}, port] }))`
    expect(await inPage(page, port, code)).toBe('done')
  })

  test('alone is no client', async () => {
    const silent = await startSilence()
    const { page } = await chromium.openPage()
    expect(await inPage(page, silent, `${within} return outcome(sdk.connect(options))`)).toBe('sdk.not_installed')
  })
})

test('a page on loopback with no client there is told so, not that the browser will ask', async () => {
  const { page } = await chromium.openPage(chromium.loopbackAddress, 'notAsked')
  expect(await inPage(page, 9, `return (await sdk.diagnose({ ...options, ask: true })).code`)).toBe('not_installed')
  expect(await inPage(page, 9, `return (await sdk.diagnose(options)).code`)).toBe('not_installed')
  expect(await inPage(page, 9, `await sdk.connect(options)`)).toBe('threw sdk.not_installed')
  await page.evaluate(`localStorage.setItem('yzt-bridge', '{"port":9}')`)
  expect(await inPage(page, 9, `return (await sdk.diagnose(options)).code`)).toBe('not_running')
})

test('a long name is cut between characters', async () => {
  const { port, fake } = await startBridge()
  fake.state.autoApprove = true
  const { page } = await chromium.openPage()
  const code = `const bridge = await sdk.connect(options); await bridge.requestGrant(['sign'])
    return (await bridge.upload(new Blob(['x']), { name: 'a'.repeat(199) + '😀.pdf' })).name.length`
  expect(await inPage(page, port, code)).toBe(199)
})
