import { expect, test } from 'vitest'
import { eventually, launchPage } from './launch.ts'

test('the page sees what the preload exposes, frozen, and nothing else of the preload', async () => {
  const { page } = await launchPage()
  const seen = await page.evaluate(`(() => {
    'use strict'
    const refusals = []
    for (const act of [
      () => { contract.invoke = null },
      () => { contract.nested.list.push(1) },
      () => { contract.nested.extra = 1 },
      () => { window.contract = {} },
    ]) try { act() } catch (error) { refusals.push(error.constructor.name) }
    return {
      refusals,
      nested: contract.nested,
      instance: [contract.instance.name, contract.instance.greet()],
      leaks: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', '__electronStandInToHost', '__electronStandInFromHost']
        .filter((name) => name in window),
    }
  })()`)
  expect(seen).toEqual({
    refusals: ['TypeError', 'TypeError', 'TypeError', 'TypeError'],
    nested: { list: [1, { two: 2 }], text: 'text' },
    instance: ['own property', 'hello from the preload'],
    leaks: [],
  })
})

test('callbacks, promises and errors cross in both directions', async () => {
  const { page } = await launchPage()
  expect(await page.evaluate(`contract.twice(1, async (value) => value * 10)`)).toEqual([10, 20])
  expect(
    await page.evaluate(`(() => { try { contract.fail() } catch (e) { return [e instanceof Error, e.message] } })()`),
  ).toEqual([true, 'from the preload'])
  expect(await page.evaluate(`contract.reject().catch((e) => [e instanceof Error, e.message])`)).toEqual([
    true,
    'later',
  ])
  expect(await page.evaluate(`contract.bytes(new Uint8Array(5))`)).toEqual([true, 5])
})

test('the preload is sandboxed: electron is all it can require, and page globals are not its own', async () => {
  const { page } = await launchPage()
  expect(await page.evaluate('contract.refused()')).toMatch(/module not found: node:fs/)
  expect(await page.evaluate('contract.globals()')).toEqual(['string', 'renderer', true, 'undefined'])
})

test('listeners that a page removes are no longer called', async () => {
  const { app, page } = await launchPage()
  await page.evaluate(`window.heard = []; window.stop = contract.on('topic', (value) => heard.push(value))`)
  const send = (value: number) =>
    app.evaluate(({ BrowserWindow }, sent) => BrowserWindow.getAllWindows()[0]?.webContents.send('topic', sent), value)
  await send(1)
  await eventually(() => page.evaluate('heard.length === 1')).toBe(true)
  await page.evaluate('stop()')
  await send(2)
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.send('news', 'after'))
  await eventually(() => page.evaluate('received.length === 1')).toBe(true)
  expect(await page.evaluate('heard')).toEqual([1])
})

test('a page that patches built-ins before calling sees no secret of the bridge', async () => {
  const { page } = await launchPage()
  const names = await page.evaluate(`(async () => {
    const seen = []
    const { dispatchEvent, addEventListener } = EventTarget.prototype
    EventTarget.prototype.dispatchEvent = function (event) { seen.push(event.type); return dispatchEvent.call(this, event) }
    window.CustomEvent = class extends CustomEvent { constructor(type, init) { seen.push(type); super(type, init) } }
    const { apply, construct } = Reflect
    Reflect.apply = (...args) => { seen.push('apply'); return apply(...args) }
    Reflect.construct = (...args) => { seen.push('construct'); return construct(...args) }
    await contract.invoke('echo', 1)
    contract.instance.greet()
    return seen
  })()`)
  expect(names).toEqual([])
})
