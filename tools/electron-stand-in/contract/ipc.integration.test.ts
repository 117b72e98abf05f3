import { expect, test } from 'vitest'
import { eventually, launchPage } from './launch.ts'

test('values of every structured kind survive the way from a page to the main process and back', async () => {
  const { page } = await launchPage()
  const result = await page.evaluate<unknown>(`(async () => {
    const shared = { x: 1 }
    const cycle = { name: 'cycle' }
    cycle.self = cycle
    const input = [
      'text', 1.5, -0, NaN, Infinity, 12345678901234567890n, true, null, undefined,
      new Date(1700000000000), new Map([[{ key: 1 }, new Set([1, 2])]]), /a+b/gi,
      new Uint8Array([1, 2, 255]), new Float64Array([0.5]), new Uint8Array([7, 8, 9]).buffer,
      [shared, shared], cycle, new RangeError('out'), { __proto__: null, ['__proto__x']: 1 }, [[], {}],
    ]
    const output = await contract.invoke('echo', ...input)
    const name = (value) => Object.prototype.toString.call(value)
    return {
      names: output.map(name).join() === input.map(name).join(),
      primitives: output.slice(0, 9).every((value, index) => Object.is(value, input[index])),
      date: output[9].getTime(),
      map: [...output[10]].map(([key, value]) => [key.key, [...value]]),
      regexp: String(output[11]),
      bytes: [...output[12]], floats: [...output[13]], buffer: [...new Uint8Array(output[14])],
      shared: output[15][0] === output[15][1],
      cycle: output[16].self === output[16],
      error: [output[17] instanceof Error, output[17].message],
    }
  })()`)
  expect(result).toEqual({
    names: true,
    primitives: true,
    date: 1_700_000_000_000,
    map: [[1, [1, 2]]],
    regexp: '/a+b/gi',
    bytes: [1, 2, 255],
    floats: [0.5],
    buffer: [7, 8, 9],
    shared: true,
    cycle: true,
    error: [true, 'out'],
  })
})

test('bytes reach the main process as a Uint8Array, and a Buffer reaches the page as one', async () => {
  const { page } = await launchPage()
  expect(await page.evaluate(`contract.invoke('types', new Uint8Array([1]))`)).toEqual(['Uint8Array', true, false])
  expect(await page.evaluate(`contract.invoke('make', 'buffer').then((b) => [b.constructor.name, ...b])`)).toEqual([
    'Uint8Array',
    97,
    98,
    99,
  ])
})

test('a payload of four megabytes survives', async () => {
  const { page } = await launchPage()
  const result = await page.evaluate(`(async () => {
    const bytes = new Uint8Array(4_000_000).map((_, index) => index * 31)
    const [back] = await contract.invoke('echo', bytes)
    return [back.length, back.every((value, index) => value === bytes[index])]
  })()`)
  expect(result).toEqual([4_000_000, true])
})

test('functions cannot be sent', async () => {
  const { page } = await launchPage()
  expect(await page.evaluate(`contract.invoke('echo', { inner: [() => 1] }).catch((e) => e.message)`)).toMatch(
    /could not be cloned/,
  )
})

test('a failing handler and a missing one are told to the page in the words of Electron', async () => {
  const { page } = await launchPage()
  expect(await page.evaluate(`contract.invoke('fail').catch((e) => e.message)`)).toBe(
    "Error invoking remote method 'fail': RangeError: no such thing",
  )
  expect(await page.evaluate(`contract.invoke('nobody').catch((e) => e.message)`)).toBe(
    "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
  )
})

test('a handler sees which frame of which window calls', async () => {
  const { page } = await launchPage()
  expect(await page.evaluate(`contract.invoke('sender')`)).toMatchObject({
    url: 'app://bundle/index.html',
    origin: 'app://bundle',
    isTop: true,
  })
})

test('the sender follows navigation within the document', async () => {
  const { page } = await launchPage()
  await page.evaluate(`location.hash = '#/next'`)
  expect(await page.evaluate(`contract.invoke('sender')`)).toMatchObject({ url: 'app://bundle/index.html#/next' })
})

test('send reaches ipcMain, reply and webContents.send reach the page in order', async () => {
  const { app, page } = await launchPage()
  const pong = page.evaluate(`new Promise((resolve) => { contract.on('pong', resolve); contract.send('ping', 41) })`)
  expect(await pong).toBe(42)
  await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    for (let index = 0; index < 50; index++) window?.webContents.send('news', index, new Uint8Array([index]))
  })
  await eventually(() => page.evaluate('received.length === 50')).toBe(true)
  expect(await page.evaluate(`received.every(([i, bytes], index) => i === index && bytes[0] === index)`)).toBe(true)
})

test('a message sent while the page loads arrives when its preload has run', async () => {
  const { app, page } = await launchPage()
  await app.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    const loading = window?.loadURL('app://bundle/index.html?again')
    window?.webContents.once('did-finish-load', () => window.webContents.send('news', 'loaded'))
    await loading
  })
  await eventually(() => page.evaluate(`window.received?.some(([text]) => text === 'loaded')`)).toBe(true)
  expect(page.url()).toContain('again')
})

test('a channel takes one handler at a time', async () => {
  const { app } = await launchPage()
  const messages = await app.evaluate(({ ipcMain }) => {
    const attempt = (): string => {
      try {
        ipcMain.handle('echo', () => 2)
        return 'accepted'
      } catch (error) {
        return (error as Error).message
      }
    }
    const first = attempt()
    ipcMain.removeHandler('echo')
    return [first, attempt()]
  })
  expect(messages).toEqual(["Attempted to register a second handler for 'echo'", 'accepted'])
})
