import { describe, expect, test } from 'vitest'
import { calls, type CallName } from '#contract/ipc.ts'
import { silentLog } from '../testing/core-harness.ts'
import { createDispatch, type Handlers, type Sender } from './dispatch.ts'

const seen: { name: string; input: unknown }[] = []
const handlers = Object.fromEntries(
  Object.keys(calls).map((name) => [
    name,
    (input: unknown) => {
      seen.push({ name, input })
      if (name === 'grants.list') return [{ wrong: true }]
      if (name === 'seals.list') return []
      return undefined
    },
  ]),
) as unknown as Handlers

const dispatch = createDispatch({ handlers, log: silentLog })
const main: Sender = { kind: 'main', isTopFrame: true, url: 'app://bundle/index.html#/home' }
const consent: Sender = { kind: 'consent', isTopFrame: true, url: 'app://bundle/consent.html' }
const viewer: Sender = { kind: 'viewer', isTopFrame: true, url: 'app://bundle/viewer.html' }
const forbidden = { ok: false, error: { code: 'program.forbidden', details: {} } }

describe('R16 calls of windows', () => {
  test('ok/a window makes its own calls', async () => {
    expect(await dispatch({ name: 'seals.list', input: undefined }, main)).toEqual({ ok: true, value: [] })
    expect(await dispatch({ name: 'consent.close', input: undefined }, consent)).toMatchObject({ ok: true })
    expect(await dispatch({ name: 'viewer.ready', input: undefined }, viewer)).toMatchObject({ ok: true })
  })

  test.each([
    ['a window that is not ours', { ...main, kind: null }],
    ['a frame inside the window', { ...main, isTopFrame: false }],
    ['a frame that is gone', { ...main, url: null }],
    ['another page in the window', { ...main, url: 'https://evil.example/index.html' }],
    ['another page of ours', { ...main, url: 'app://bundle/viewer.html' }],
    ['a host that only looks like ours', { ...main, url: 'app://bundle.evil/index.html' }],
    ['another scheme', { ...main, url: 'file:///index.html' }],
  ])('fail/%s is refused', async (_name, sender) => {
    seen.length = 0
    expect(await dispatch({ name: 'seals.list', input: undefined }, sender)).toEqual(forbidden)
    expect(seen).toEqual([])
  })

  test.each([null, 'seals.list', {}, { name: 'nothing.known' }, { name: '__proto__' }, { name: 'constructor' }])(
    'fail/%j is no call',
    async (request) => {
      expect(await dispatch(request, main)).toEqual(forbidden)
    },
  )

  test('fail/each call is refused for every window that the contract does not name', async () => {
    for (const name of Object.keys(calls) as CallName[]) {
      for (const sender of [main, consent, viewer]) {
        const allowed: readonly string[] = calls[name].windows
        if (allowed.includes(String(sender.kind))) continue
        expect(await dispatch({ name, input: undefined }, sender), `${name} from ${String(sender.kind)}`).toEqual(
          forbidden,
        )
      }
    }
  })

  test('fail/input and output are checked', async () => {
    expect(await dispatch({ name: 'seals.remove', input: { id: 'x' } }, main)).toMatchObject({
      error: { code: 'request.invalid' },
    })
    expect(await dispatch({ name: 'grants.list', input: undefined }, main)).toMatchObject({
      error: { code: 'program.unexpected' },
    })
  })

  test('a PIN is overwritten in the call’s own input, also when the call is not understood', async () => {
    const pin = new TextEncoder().encode('123456')
    const newPin = new TextEncoder().encode('654321')
    await dispatch({ name: 'keys.changePin', input: { tokenId: 't', oldPin: pin, newPin } }, main)
    expect([...pin, ...newPin].every((byte) => byte === 0)).toBe(true)
    const other = new TextEncoder().encode('123456')
    await dispatch({ name: 'consent.approve', input: { operationId: 'x', pin: other } }, consent)
    expect(other.every((byte) => byte === 0)).toBe(true)
  })
})
