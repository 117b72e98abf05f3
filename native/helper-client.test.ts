import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { createFakeClock } from './fake-clock.ts'
import { createHelperClient } from './helper-client.ts'
import type { HelperClient } from './helper-client.ts'

interface Sent {
  readonly id: number
  readonly call: string
}

let clock: ReturnType<typeof createFakeClock>
let sent: Sent[]
let answer: (message: unknown) => void
let exit: () => void
let kills: number
let kill: () => void
let ends: string[]
let changes: number
let client: HelperClient

beforeEach(() => {
  clock = createFakeClock()
  sent = []
  kills = 0
  kill = () => (kills += 1)
  ends = []
  changes = 0
  client = createHelperClient(
    {
      postMessage: (message) => sent.push(message as Sent),
      onMessage: (listener) => (answer = listener),
      onExit: (listener) => (exit = () => listener(139)),
      kill: () => kill(),
    },
    clock,
    { onChanged: () => (changes += 1), onEnd: ({ code }) => ends.push(code) },
  )
})

const sign = (): Promise<unknown> =>
  client
    .call('sign', { session: 1, certificateId: '', algorithm: 'ecdsa-sha256', digest: new Uint8Array(32) }, 1_000)
    .catch((error: unknown) => (error as { code: string }).code)

describe('time limits', () => {
  it('a call that is not answered ends the helper and every call behind it', async () => {
    const calls = [
      sign(),
      sign(),
      client.call('ping', {}, 60_000).catch((error: unknown) => (error as { code: string }).code),
    ]
    clock.advance(999)
    expect(kills).toBe(0)
    clock.advance(100)
    expect(kills).toBe(1)
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 3 }, () => 'token.not_responding'))
    expect(ends).toEqual(['token.not_responding'])
    expect(await sign()).toBe('token.not_responding')
    expect(sent).toHaveLength(3)
  })

  it('the limit counts from when a call is first in the queue', async () => {
    const calls = Array.from({ length: 10 }, sign)
    for (const { id } of sent) {
      clock.advance(900)
      answer({ id, value: Uint8Array.of(id) })
    }
    expect(await Promise.all(calls)).toEqual(sent.map(({ id }) => Uint8Array.of(id)))
    clock.advance(100_000)
    expect(kills).toBe(0)
  })

  it('a short limit behind a long one is kept', async () => {
    const long = client.call('ping', {}, 10_000)
    const short = client.call('ping', {}, 100).catch((error: unknown) => (error as { code: string }).code)
    clock.advance(5_000)
    answer({ id: 1, value: null })
    await long
    clock.advance(200)
    expect(await short).toBe('token.not_responding')
  })

  it('an answer that arrived while this process was busy still counts', async () => {
    const call = sign()
    clock.advance(1_000)
    answer({ id: 1, value: new Uint8Array(1) })
    expect(await call).toEqual(new Uint8Array(1))
    expect(kills).toBe(0)
  })
})

it('a helper that cannot be ended is given up all the same: nothing waits for it', async () => {
  kill = () => {
    throw new Error('EPERM')
  }
  const calls = [sign(), sign()]
  expect(() => client.kill(new AppError('token.absent'))).toThrow('EPERM')
  expect(await Promise.all(calls)).toEqual(['token.absent', 'token.absent'])
  expect(ends).toEqual(['token.absent'])
})

describe('answers', () => {
  it('a crash refuses what was waiting, once, and nothing is sent again', async () => {
    const calls = [sign(), sign()]
    exit()
    exit()
    expect(await Promise.all(calls)).toEqual(['token.driver_crashed', 'token.driver_crashed'])
    expect(ends).toEqual(['token.driver_crashed'])
    expect(sent).toHaveLength(2)
  })

  it('errors keep code and details; a code outside the list becomes token.error', async () => {
    const call = client.call('ping', {}, 1_000)
    answer({ id: 1, error: { code: 'pin.incorrect', details: { triesLeft: 1 } } })
    await expect(call).rejects.toMatchObject({ code: 'pin.incorrect', details: { triesLeft: 1 } })
    const other = client.call('ping', {}, 1_000)
    answer({ id: 2, error: { code: 'made.up', details: {} } })
    await expect(other).rejects.toMatchObject({ code: 'token.error' })
  })

  it('rubbish is refused: the helper runs foreign code', async () => {
    for (const value of [undefined, 'text', { length: 3 }, null]) {
      const call = sign()
      answer({ id: sent.at(-1)!.id, value })
      expect(await call).toBe('token.error')
    }
    const list = client.call('list', { isFresh: false }, 1_000)
    answer({ id: sent.at(-1)!.id, value: { slots: [], tokens: [{ serial: 7 }] } })
    await expect(list).rejects.toMatchObject({ code: 'token.error', details: { reason: 'malformed_reply' } })
  })

  it('messages nobody waits for are ignored, changes are passed on', async () => {
    answer(null)
    answer('x')
    answer({ id: 99, value: null })
    answer({ event: 'changed' })
    expect(changes).toBe(1)
    const call = sign()
    answer({ id: 1, value: new Uint8Array(2) })
    expect(await call).toEqual(new Uint8Array(2))
  })
})
