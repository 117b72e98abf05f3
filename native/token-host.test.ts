import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { createFakeClock } from './fake-clock.ts'
import { CRASH, HANG, createFakeHelpers, library, listedToken } from './fake-helper.ts'
import type { FakeHelpers, Script } from './fake-helper.ts'
import type { HelperCall } from './protocol.ts'
import { pinBytes, quietLog } from './test-support.ts'
import { createTokenHost } from './token-host.ts'
import type { TokenHost } from './token-host.ts'

const TOKEN = 'driver:A1:key A1'
const LIMIT = 200
let script: Script
let helpers: FakeHelpers
let clock: ReturnType<typeof createFakeClock>
let host: TokenHost

const listOf = (...serials: string[]) => ({ slots: [], tokens: serials.map((serial) => listedToken(serial)) })

beforeEach(async () => {
  script = { list: () => listOf('A1'), open: () => ({ session: 1, pin: listedToken('A1').pin }) }
  helpers = createFakeHelpers(script)
  clock = createFakeClock()
  host = createTokenHost({
    spawnHelper: helpers.spawn,
    log: quietLog,
    clock,
    // Any file with the header of this computer's programs: the fake helpers load nothing.
    drivers: [{ id: 'driver', name: '', vendor: '', origin: 'shipped', paths: [process.execPath] }],
    limits: { sign: LIMIT, login: LIMIT },
  })
  await host.refresh()
  return async () => {
    const closing = host.close()
    clock.advance(2_000)
    await closing
  }
})

const countOf = (call: HelperCall): number => helpers.calls.filter((made) => made === call).length
const seen = (call: HelperCall, count: number): Promise<void> => expect.poll(() => countOf(call)).toBe(count)
/** The time passes in steps, so that what happens in between can happen. */
const pass = async (ms: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 50) {
    clock.advance(50)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as AppError).code,
  )

const open = (options?: { signal: AbortSignal }) => host.openSession(TOKEN, pinBytes('123456'), options)
const sign = async (): Promise<Uint8Array> => {
  const session = await open()
  return session.sign({ certificateId: '0'.repeat(64), algorithm: 'ecdsa-sha256', digest: new Uint8Array(32) })
}

describe('a task that is cancelled', () => {
  it('while the helper starts again, sends no PIN, hears it at once and leaves the key to the next task', async () => {
    script.sign = () => CRASH
    const crashed = outcome(sign())
    await seen('sign', 1)
    const loading = Promise.withResolvers()
    script.load = () => loading.promise
    await pass(100)
    await seen('load', 2)

    const controller = new AbortController()
    const pin = pinBytes('123456')
    const cancelled = outcome(host.openSession(TOKEN, pin, { signal: controller.signal }))
    controller.abort(new AppError('operation.cancelled_by_user'))
    expect(await cancelled).toBe('operation.cancelled_by_user')
    expect(pin).toEqual(new Uint8Array(6))

    const next = open()
    loading.resolve(library)
    await (await next).close()
    expect(countOf('open')).toBe(2)
    expect(await crashed).toBe('token.driver_crashed')
  })
})

describe('a helper that ended in the middle of a call', () => {
  it('ok/ the key is not there afterwards: it was pulled out, and every later call of the session says so', async () => {
    const session = await open()
    const request = { certificateId: '0'.repeat(64), algorithm: 'ecdsa-sha256', digest: new Uint8Array(32) } as const
    script.sign = () => HANG
    const signing = outcome(session.sign(request))
    await seen('sign', 1)
    script.list = () => listOf()
    await pass(1_000)
    expect(await signing).toBe('token.removed')
    script.list = () => listOf('A1')
    expect(await outcome(session.sign(request))).toBe('token.removed')
    expect(countOf('sign')).toBe(1)
  })

  it('fail/ the reader comes up after the driver: the key was there all the time', async () => {
    script.sign = () => CRASH
    const signing = outcome(sign())
    await seen('sign', 1)
    let lists = 0
    script.list = () => ((lists += 1) === 1 ? listOf() : listOf('A1'))
    await pass(1_000)
    expect(await signing).toBe('token.driver_crashed')
  })

  it('fail/ the driver does not come back: the task waits two seconds more, and the next one not for it', async () => {
    script.sign = () => HANG
    const signing = outcome(sign())
    await seen('sign', 1)
    script.load = () => HANG
    await pass(LIMIT + 100)
    const next = outcome(open())
    await pass(1_900)
    expect(await Promise.race([signing, Promise.resolve('waiting')])).toBe('waiting')
    await pass(100)
    expect(await signing).toBe('token.not_responding')
    await pass(10_000)
    expect(await next).toBe('token.not_responding')
  })

  it('while it logged in: a cancelled task does not wait for what became of the key', async () => {
    script.open = () => CRASH
    script.load = () => HANG
    const controller = new AbortController()
    const opening = outcome(open({ signal: controller.signal }))
    await seen('open', 1)
    await seen('load', 1)
    await pass(100)
    controller.abort(new AppError('operation.cancelled_by_user'))
    expect(await opening).toBe('operation.cancelled_by_user')
  })

  it('while a PIN was changed: the PINs are overwritten as soon as they are sent, and nothing is said of a signature', async () => {
    script.changePin = () => new Promise((resolve) => setTimeout(() => resolve(CRASH), 50))
    script.list = () => listOf()
    const pins = [pinBytes('123456'), pinBytes('654321')] as const
    const changing = outcome(host.changePin(TOKEN, ...pins))
    await expect.poll(() => countOf('changePin'), { interval: 1 }).toBe(1)
    expect(pins).toEqual([new Uint8Array(6), new Uint8Array(6)])
    expect(await changing).toBe('token.driver_crashed')
  })
})

it('a second key with the same serial number leaves the first its name and its session', async () => {
  const session = await open()
  script.list = () => ({ slots: [], tokens: [listedToken('A1', 'other'), listedToken('A1')] })
  script.sign = () => new Uint8Array(64)
  const { tokens } = await host.refresh()
  expect(tokens.map(({ id }) => id)).toEqual(['driver:A1:other', TOKEN])
  const request = { certificateId: '0'.repeat(64), algorithm: 'ecdsa-sha256', digest: new Uint8Array(32) } as const
  expect(await session.sign(request)).toHaveLength(64)
})
