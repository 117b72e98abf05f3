import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import type { BridgeGrant, OperationRequest } from '#bridge/ports.ts'
import type { Operation } from '#contract/operations.ts'
import { createFakeKeys, type FakeKeys } from '../testing/fake-keys.ts'
import { createTestPerson, silentLog, type TestPerson } from '../testing/core-harness.ts'
import type { NewJournalEntry } from '../store/journal.store.ts'
import { createJournalWriter } from './journal-writer.ts'
import { prepareMessageSign } from './message-sign.ts'
import { createOperations, type Operations } from './operations.ts'
import type { KeyLease, Task } from './ports.ts'

const ORIGIN = 'https://bid.example'
const OTHER = 'https://other.example'
const grant: BridgeGrant = { id: 'grant_1', origin: ORIGIN, scopes: ['sign'], systemCode: 'P-1' }
const message = (count = 1): OperationRequest => ({
  kind: 'message_sign',
  request: {
    messages: Array.from({ length: count }, (_, index) => ({
      content: Buffer.from(`message ${index}`).toString('base64'),
      name: `m${index}`,
    })),
    format: 'raw',
    isDetached: true,
  },
})
const pin = (text = '123456') => new TextEncoder().encode(text)

type KeyTask = Extract<Task, { needs: 'key' }>

let keys: FakeKeys
let person: TestPerson
let written: NewJournalEntry[]
let order: string[]
let flush: () => Promise<void>
let operations: Operations
/** A test may put another task in place of the real one. */
let replaceTask: ((task: Task) => Task) | null
let preparing: Promise<void> | null
let openSignal: AbortSignal | null

const setUp = (options: Parameters<typeof createOperations>[1] = {}) => {
  keys = createFakeKeys(() => new Date())
  person = createTestPerson()
  written = []
  order = []
  flush = async () => {
    order.push('flushed')
  }
  replaceTask = null
  preparing = null
  openSignal = null
  operations = createOperations(
    {
      consent: person.port,
      keys: {
        open: async (...args) => {
          openSignal = args[2]
          const lease = await keys.keys.open(...args)
          return {
            ...lease,
            sign: (...signArgs) => {
              order.push('sign')
              return lease.sign(...signArgs)
            },
          }
        },
      },
      certificates: keys.certificates,
      platforms: { registered: () => null },
      seals: { list: () => [], get: () => null },
      journal: createJournalWriter({
        journal: {
          append: (entry) => {
            order.push(entry.entry)
            written.push(entry)
            return { ...entry, seq: written.length, at: '', hash: '' }
          },
        },
        flush: () => flush(),
        changed: () => undefined,
      }),
      prepare: async (_origin, _grant, request) => {
        await preparing
        if (request.kind !== 'message_sign') throw new AppError('request.invalid')
        const task = prepareMessageSign({ now: () => new Date(), chainOf: () => [] }, request.request)
        return replaceTask?.(task) ?? task
      },
      log: silentLog,
      now: () => new Date(),
    },
    options,
  )
}

beforeEach(() => setUp())
afterEach(() => {
  vi.useRealTimers()
})

const start = (count = 1, origin = ORIGIN) => operations.bridge.start(origin, { ...grant, origin }, message(count))
const get = (id: string, origin = ORIGIN): Operation => operations.bridge.get(id, origin)
const question = () => person.questions.at(-1)!
const approve = (text = '123456', changes: { certificateId?: string; lease?: KeyLease } = {}) =>
  question().approve({ certificateId: keys.certificateId, sealId: null, scopes: null, pin: pin(text), ...changes })
const settled = async (id: string): Promise<Operation> => {
  await vi.waitFor(() => expect(['done', 'failed']).toContain(get(id).state))
  return get(id)
}
const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'nothing was thrown'
}

describe('an operation', () => {
  test('ok/waits for the person, signs once approved, logs out, and can be read afterwards', async () => {
    const { id, state } = await start(2)
    expect(id).toMatch(/^op_[A-Za-z0-9_-]{22}$/)
    expect(state).toBe('waiting')
    expect(question().view()).toMatchObject({ phase: 'asking', certificates: [{ unfit: null }] })
    const seen: string[] = []
    operations.bridge.watch(id, ORIGIN, (operation) =>
      seen.push(`${operation.state} ${operation.progress?.done ?? '-'}`),
    )
    await approve()
    const done = await settled(id)
    expect(done.result).toMatchObject({ kind: 'message_sign', algorithm: 'rsa-pkcs1-sha256' })
    expect(done.result?.kind === 'message_sign' && done.result.signatures.length).toBe(2)
    expect(seen).toEqual(['working 0', 'working 1', 'working 2', 'done 2'])
    await vi.waitFor(() => expect(keys.calls).toEqual({ open: 1, sign: 2, close: 1 }))
    expect(person.ended.get(id)).toBe('result')
  })

  test('ok/one message that is done is one step of one', async () => {
    const { id } = await start()
    await approve()
    expect((await settled(id)).progress).toEqual({ done: 1, total: 1 })
  })

  test('ok/looking again at a message does not read it again', async () => {
    await start()
    expect(question().view().subject).toBe(question().view().subject)
  })

  test('R9 an operation of one origin does not exist for another', async () => {
    const { id } = await start()
    expect(await codeOf(() => get(id, OTHER))).toBe('operation.not_found')
    expect(await codeOf(() => operations.bridge.cancel(id, OTHER, 'caller'))).toBe('operation.not_found')
    expect(await codeOf(() => operations.bridge.watch(id, OTHER, () => undefined))).toBe('operation.not_found')
    expect(get(id).state).toBe('waiting')
  })

  test('R6 one pending consent per origin; another origin may ask meanwhile', async () => {
    const { id } = await start()
    expect(await codeOf(() => start())).toBe('operation.pending')
    await expect(start(1, OTHER)).resolves.toMatchObject({ state: 'waiting' })
    operations.bridge.cancel(id, ORIGIN, 'caller')
    await expect(start()).resolves.toMatchObject({ state: 'waiting' })
  })

  test('fail/a limit of live operations holds for all origins together', async () => {
    setUp({ maxLive: 2 })
    await start(1, 'https://a.example')
    await start(1, 'https://b.example')
    expect(await codeOf(() => start(1, 'https://c.example'))).toBe('request.too_many')
  })

  test('fail/refused by the person', async () => {
    const { id } = await start()
    question().reject()
    expect(get(id)).toMatchObject({ state: 'failed', error: { code: 'operation.cancelled_by_user' } })
    expect(person.ended.get(id)).toBe('gone')
    expect(await codeOf(() => approve())).toBe('operation.not_found')
    expect(keys.calls.open).toBe(0)
  })

  test('fail/cancelled by its page: the window says so and closes', async () => {
    const { id } = await start()
    operations.bridge.cancel(id, ORIGIN, 'caller_gone')
    expect(get(id)).toMatchObject({ state: 'failed', error: { code: 'operation.cancelled_by_caller' } })
    expect(person.ended.get(id)).toBe('notice')
  })

  test('fail/cancelled while the PIN is checked: the key is given back unused', async () => {
    const { id } = await start()
    const release = keys.hold()
    const approving = approve()
    operations.bridge.cancel(id, ORIGIN, 'caller')
    release()
    await approving
    expect(get(id).error?.code).toBe('operation.cancelled_by_caller')
    expect(keys.calls).toMatchObject({ sign: 0, close: 1 })
  })

  test('fail/cancelled while the key signs: the signature is handed to nobody, and the journal says so', async () => {
    const { id } = await start()
    const gate = Promise.withResolvers<undefined>()
    flush = () => gate.promise
    await approve()
    await vi.waitFor(() => expect(keys.calls.sign).toBe(1))
    operations.bridge.cancel(id, ORIGIN, 'caller_gone')
    gate.resolve(undefined)
    await vi.waitFor(() => expect(written.at(-1)?.outcome).toBe('operation.cancelled_by_caller'))
    expect(get(id)).toMatchObject({ state: 'failed', result: null, error: { code: 'operation.cancelled_by_caller' } })
    expect(keys.calls.close).toBe(1)
  })

  test('fail/cancelled by the person while the key signs: the window closes, nothing is handed out', async () => {
    const { id } = await start(3)
    const gate = Promise.withResolvers<undefined>()
    flush = () => gate.promise
    await approve()
    await vi.waitFor(() => expect(keys.calls.sign).toBeGreaterThan(0))
    question().reject()
    expect(get(id)).toMatchObject({ state: 'failed', result: null, error: { code: 'operation.cancelled_by_user' } })
    expect(person.ended.get(id)).toBe('gone')
    gate.resolve(undefined)
    await vi.waitFor(() => expect(keys.calls.close).toBe(1))
    const outcomes = written.filter(({ entry }) => entry === 'outcome').map(({ outcome }) => outcome)
    expect(outcomes.length).toBe(written.length / 2)
    expect(new Set(outcomes)).toEqual(new Set(['operation.cancelled_by_user']))
  })

  test('fail/cancelled by the person while the PIN is checked: the key hears of it', async () => {
    const { id } = await start()
    const release = keys.hold()
    const approving = approve()
    question().reject()
    expect(openSignal?.aborted).toBe(true)
    release()
    await approving
    expect(get(id).error?.code).toBe('operation.cancelled_by_user')
    expect(keys.calls).toMatchObject({ sign: 0, close: 1 })
  })

  test('fail/the program stops while the bytes are fixed: nobody is asked any more', async () => {
    const gate = Promise.withResolvers<undefined>()
    preparing = gate.promise
    const dispose = vi.fn()
    replaceTask = (task) => ({ ...task, dispose })
    const starting = start()
    operations.stop()
    gate.resolve(undefined)
    await expect(starting).rejects.toMatchObject({ code: 'operation.cancelled_by_caller' })
    expect(person.questions).toEqual([])
    expect(dispose).toHaveBeenCalledOnce()
  })

  test('fail/the window is lost while it asks: the operation fails, and not as if the person had refused', async () => {
    const { id } = await start()
    question().lost()
    expect(get(id)).toMatchObject({ state: 'failed', error: { code: 'operation.failed' } })
    expect(person.ended.get(id)).toBe('gone')
  })

  test('ok/the window is lost while the key signs: what was approved goes on', async () => {
    const { id } = await start()
    const gate = Promise.withResolvers<undefined>()
    flush = () => gate.promise
    await approve()
    question().lost()
    gate.resolve(undefined)
    expect((await settled(id)).state).toBe('done')
  })

  test('fail/nobody answers in time', async () => {
    vi.useFakeTimers()
    setUp({ consentMs: 60_000 })
    const { id } = await start()
    vi.advanceTimersByTime(60_001)
    expect(get(id)).toMatchObject({ state: 'failed', error: { code: 'operation.timed_out', retryable: true } })
    expect(person.ended.get(id)).toBe('result')
  })

  test('ok/results are forgotten after their time', async () => {
    vi.useFakeTimers()
    setUp({ keepMs: 1_000 })
    const { id } = await start()
    question().reject()
    vi.advanceTimersByTime(2_000)
    await start()
    expect(await codeOf(() => get(id))).toBe('operation.not_found')
  })
})

describe('the PIN', () => {
  test('fail/a wrong PIN asks again with the tries left and is never tried twice by itself', async () => {
    const { id } = await start()
    await approve('000000')
    expect(get(id).state).toBe('waiting')
    expect(question().view()).toMatchObject({
      phase: 'asking',
      error: { code: 'pin.incorrect', details: { triesLeft: 2 } },
      certificates: [{ pin: { state: 'low', triesLeft: 2 } }],
    })
    expect(keys.calls.open).toBe(1)
    await approve()
    expect((await settled(id)).state).toBe('done')
  })

  test('fail/a locked PIN is told as locked, and the certificate no longer fits', async () => {
    const { id } = await start()
    for (const text of ['1', '2', '3']) await approve(text)
    expect(question().view()).toMatchObject({
      error: { code: 'pin.locked' },
      certificates: [{ unfit: 'pin.locked' }],
    })
    await approve()
    expect(keys.calls.open).toBe(3)
    expect(get(id).state).toBe('waiting')
  })

  test('fail/without a PIN nothing is opened', async () => {
    await start()
    await question().approve({ certificateId: keys.certificateId, sealId: null, scopes: null, pin: null })
    expect(keys.calls.open).toBe(0)
    expect(question().view().error?.code).toBe('pin.length')
  })

  test('fail/a second approval while the first is checked is refused', async () => {
    await start()
    const release = keys.hold()
    const first = approve()
    expect(question().view().phase).toBe('working')
    expect(await codeOf(() => approve())).toBe('operation.not_found')
    release()
    await first
    expect(keys.calls.open).toBe(1)
  })
})

describe('the key', () => {
  test('fail/pulled out while it is asked: shown at once, approval is refused, plugged in again it works', async () => {
    const { id } = await start()
    const before = person.changes.count
    keys.change({ isPluggedIn: false })
    expect(person.changes.count).toBeGreaterThan(before)
    expect(question().view().certificates).toMatchObject([{ isPluggedIn: false, unfit: 'token.absent' }])
    await approve()
    expect(question().view().error?.code).toBe('token.absent')
    expect(keys.calls.open).toBe(0)
    keys.change({ isPluggedIn: true })
    await approve()
    expect((await settled(id)).state).toBe('done')
  })

  test('fail/pulled out in the middle: the operation fails, the intent has its outcome', async () => {
    const { id } = await start()
    keys.failSigningWith('token.removed')
    await approve()
    expect(await settled(id)).toMatchObject({ state: 'failed', error: { code: 'token.removed', retryable: true } })
    expect(written.map(({ entry, outcome }) => `${entry} ${outcome}`)).toEqual(['intent ', 'outcome token.removed'])
    await vi.waitFor(() => expect(keys.calls.close).toBe(1))
  })

  test.each([
    ['expired', { notAfter: '2020-01-01T00:00:00.000Z' }, 'certificate.expired'],
    ['not yet valid', { notBefore: '2099-01-01T00:00:00.000Z' }, 'certificate.not_yet_valid'],
    ['of an algorithm nobody knows', { algorithms: [] }, 'key.mechanism_unsupported'],
  ] as const)('fail/a certificate that is %s is shown as unfit and cannot be chosen', async (_name, changes, code) => {
    await start()
    keys.change(changes as Parameters<FakeKeys['change']>[0])
    expect(question().view().certificates).toMatchObject([{ unfit: code }])
    await approve()
    expect(question().view().error?.code).toBe(code)
    expect(keys.calls.open).toBe(0)
  })

  test('fail/a certificate for encryption is not offered at all', async () => {
    await start()
    keys.change({ keyUsage: ['keyEncipherment'] })
    expect(question().view().certificates).toEqual([])
    await approve()
    expect(question().view().error?.code).toBe('certificate.usage_refused')
  })

  test('ok/an open key lease serves a batch of operations and stays open', async () => {
    const lease = await keys.keys.open(keys.certificateId, pin(), new AbortController().signal)
    for (let index = 0; index < 3; index += 1) {
      const { id } = await start()
      await approve('', { lease })
      expect((await settled(id)).state).toBe('done')
    }
    expect(keys.calls).toEqual({ open: 1, sign: 3, close: 0 })
  })

  test('R13 a digest of another length never reaches the key', async () => {
    const run: KeyTask['run'] = async (session) => {
      await session.journaled({ digest: '', title: '' }, (sign) => sign(new Uint8Array(20)))
      throw new Error('signed a short digest')
    }
    replaceTask = (task) => ({ ...(task as KeyTask), run })
    const { id } = await start()
    await approve()
    expect((await settled(id)).error?.code).toBe('key.digest_length')
    expect(keys.calls.sign).toBe(0)
  })
})

describe('R17 journal of an operation', () => {
  test('ok/the intent is written before the key is used, the outcome after', async () => {
    const { id } = await start()
    await approve()
    await settled(id)
    expect(order.indexOf('intent')).toBeLessThan(order.indexOf('sign'))
    expect(order.indexOf('sign')).toBeLessThan(order.indexOf('outcome'))
    const digest = createHash('sha256').update('message 0').digest('hex')
    expect(written[0]).toEqual({
      operationId: id,
      kind: 'message_sign',
      entry: 'intent',
      origin: ORIGIN,
      systemCode: 'P-1',
      certificateSerial: '01ff',
      digest,
      title: 'm0',
      outcome: '',
    })
  })

  test('fail/no signature leaves when the intent did not reach the disk', async () => {
    const { id } = await start()
    flush = () => Promise.reject(new AppError('store.disk_full'))
    await approve()
    expect(await settled(id)).toMatchObject({ state: 'failed', result: null, error: { code: 'store.disk_full' } })
  })
})
