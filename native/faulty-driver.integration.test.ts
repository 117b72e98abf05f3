import { X509Certificate } from 'node:crypto'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { toErrorData } from '#contract/errors.ts'
import { createFaultyToken } from '#tools/faulty-pkcs11/faulty-token.ts'
import type { FaultyToken } from '#tools/faulty-pkcs11/faulty-token.ts'
import { createDemoTokens } from '#tools/softhsm/tokens.ts'
import type { DemoTokens } from '#tools/softhsm/tokens.ts'
import type { KeySession } from './key-session.ts'
import { createChildProcessSpawner } from './spawn-child-process.ts'
import {
  certificateWith,
  digest,
  keyringWhere,
  opensslAccepts,
  pinBytes,
  quietLog,
  temporaryDirectory,
  tokenWith,
} from './test-support.ts'
import { createTokenHost } from './token-host.ts'
import type { TokenHost } from './token-host.ts'

const { directory, remove } = temporaryDirectory()
const ALGORITHM = 'rsa-pkcs1-sha256'
const LIMIT = 2_500
/** How long a task may wait to hear whether its key was pulled out (key-loss.ts). */
const LOSS_MS = 2_000
/** Holds the start of a process on a busy machine. */
const LOAD_LIMIT = 8_000
const FAULTY = 'F0000001'
let demo: DemoTokens
let faulty: FaultyToken
let host: TokenHost

beforeAll(async () => {
  demo = await createDemoTokens(path.join(directory, 'softhsm'), { tokens: 1 })
  const certificate = new X509Certificate(demo.tokens[0]!.certificates[0]!.pem).raw
  faulty = createFaultyToken(path.join(directory, 'faulty'), certificate)
})
afterAll(remove)

const start = (): TokenHost => {
  host = createTokenHost({
    spawnHelper: createChildProcessSpawner(),
    log: quietLog,
    drivers: [
      { id: 'good', name: 'SoftHSM2', vendor: '', origin: 'shipped', paths: [demo.modulePath], env: demo.env },
      { id: 'bad', name: 'Faulty', vendor: '', origin: 'shipped', paths: [faulty.modulePath], env: faulty.env },
    ],
    limits: { load: LOAD_LIMIT, list: LIMIT, login: LIMIT, sign: LIMIT },
    timing: { pollMs: 100 },
  })
  return host
}

beforeEach(() => faulty.reset())
afterEach(async () => {
  faulty.order()
  await host.close()
})

const openBad = (pin = faulty.pin): Promise<KeySession> => host.openSession(tokenWith(host, FAULTY).id, pinBytes(pin))
const signBad = (session: KeySession): Promise<Uint8Array> => {
  const certificateId = certificateWith(tokenWith(host, FAULTY), '01').id
  return session.sign({ certificateId, algorithm: ALGORITHM, digest: digest(ALGORITHM, 'x') })
}
const signGood = async (message: string): Promise<boolean> => {
  const token = tokenWith(host, demo.tokens[0]!.serial)
  const certificate = certificateWith(token, '01')
  const session = await host.openSession(token.id, pinBytes('123456'))
  try {
    const request = { certificateId: certificate.id, algorithm: ALGORITHM, digest: digest(ALGORITHM, message) } as const
    return opensslAccepts(directory, certificate, ALGORITHM, message, await session.sign(request))
  } finally {
    await session.close()
  }
}
const badDriver = () => host.keyring().drivers.find(({ id }) => id === 'bad')!
const badIsReady = () => keyringWhere(host, () => badDriver().state === 'ready')

describe('R14 a driver that hangs', () => {
  it('in C_Sign meets the time limit, is restarted, and another key signs meanwhile', async () => {
    await start().refresh()
    const session = await openBad()
    faulty.order('hang:C_Sign')
    const startedAt = performance.now()
    const hanging = signBad(session)
    const refused = expect(hanging).rejects.toMatchObject({ code: 'token.not_responding' })
    const ended = keyringWhere(host, () => badDriver().state === 'not_responding')
    expect(await signGood('meanwhile')).toBe(true)
    expect(performance.now() - startedAt).toBeLessThan(LIMIT)
    await ended
    expect(performance.now() - startedAt).toBeLessThan(LIMIT + 400)
    await refused
    expect(performance.now() - startedAt).toBeLessThan(LIMIT + LOSS_MS + 400)
    expect(faulty.callsOf('C_Sign')).toBe(1)
    faulty.order()
    await badIsReady()
    expect(badDriver().restarts).toBe(1)
    await expect(signBad(session)).rejects.toMatchObject({ code: 'token.not_responding' })
    await session.close()
    const next = await openBad()
    expect(await signBad(next)).toHaveLength(256)
    await next.close()
  })

  it('in C_Initialize keeps no other key waiting, and comes up when it answers', async () => {
    faulty.order('hang:C_Initialize')
    start()
    await keyringWhere(host, (tokens) => tokens.length === 1)
    expect(await signGood('first')).toBe(true)
    await keyringWhere(host, () => badDriver().state === 'not_responding')
    expect(badDriver().error).toBe('token.not_responding')
    faulty.order()
    await badIsReady()
    expect(host.keyring().tokens).toHaveLength(2)
  })

  it('in C_GetSlotList is found by the next list, which is then answered by the restarted helper', async () => {
    await start().refresh()
    faulty.order('hang:C_GetSlotList')
    setTimeout(() => faulty.order(), LIMIT / 2)
    const keyring = await host.refresh()
    expect(keyring.tokens).toHaveLength(2)
    expect(badDriver()).toMatchObject({ state: 'ready', restarts: 1 })
  })

  it('in C_WaitForSlotEvent, although told not to wait, is not asked for events again', async () => {
    faulty.order('hang:C_WaitForSlotEvent')
    start()
    await keyringWhere(host, (tokens) => tokens.length === 2)
    await badIsReady()
    expect(badDriver().restarts).toBe(1)
    expect(faulty.callsOf('C_WaitForSlotEvent')).toBe(1)
  })

  it('in C_Login spends one try at most and is not asked again', async () => {
    await start().refresh()
    faulty.order('hang:C_Login')
    const pin = pinBytes(faulty.pin)
    await expect(host.openSession(tokenWith(host, FAULTY).id, pin)).rejects.toMatchObject({
      code: 'token.not_responding',
    })
    expect(pin).toEqual(new Uint8Array(6))
    await badIsReady()
    expect(faulty.callsOf('C_Login')).toBe(1)
  })

  it('does not keep the program from ending', async () => {
    await start().refresh()
    const session = await openBad()
    faulty.order('hang:C_Sign')
    const hanging = signBad(session)
    const refused = expect(hanging).rejects.toMatchObject({ code: 'token.not_responding' })
    const startedAt = performance.now()
    await host.close()
    await refused
    expect(performance.now() - startedAt).toBeLessThan(2_500)
  })
})

describe('R14 a driver that crashes', () => {
  it('in C_Sign costs that signature; the key works again at once, the other key never noticed', async () => {
    await start().refresh()
    const session = await openBad()
    faulty.order('crash:C_Sign')
    await expect(signBad(session)).rejects.toMatchObject({ code: 'token.driver_crashed' })
    expect(faulty.callsOf('C_Sign')).toBe(1)
    expect(await signGood('after a crash')).toBe(true)
    faulty.order()
    // The helper is being restarted: opening waits for it instead of failing.
    const next = await openBad()
    expect(await signBad(next)).toHaveLength(256)
    await next.close()
    expect(host.keyring().drivers.find(({ id }) => id === 'good')!.restarts).toBe(0)
  })

  it('at every start is restarted ever more slowly', async () => {
    faulty.order('crash:C_Initialize')
    start()
    await keyringWhere(host, () => badDriver().restarts >= 2)
    const soon = badDriver().restarts
    await new Promise((resolve) => setTimeout(resolve, 800))
    expect(badDriver().restarts).toBe(soon)
    await expect
      .poll(() => badDriver(), { timeout: 20_000 })
      .toMatchObject({ state: 'failed', error: 'token.driver_crashed' })
    expect(await signGood('still there')).toBe(true)
  })
})

describe('a driver that answers rubbish', () => {
  it('a signature of a senseless length is refused', async () => {
    await start().refresh()
    const session = await openBad()
    faulty.order('garbage:C_Sign')
    await expect(signBad(session)).rejects.toMatchObject({
      code: 'token.error',
      details: { reason: 'signature_length' },
    })
    faulty.order()
    expect(await signBad(session)).toHaveLength(256)
    await session.close()
  })

  it('attributes and mechanism lists of senseless length end at worst the helper', async () => {
    faulty.order('garbage:C_GetAttributeValue', 'garbage:C_GetMechanismList')
    await start().refresh()
    expect(await signGood('unharmed')).toBe(true)
    faulty.order()
    await badIsReady()
    await host.refresh()
    expect(certificateWith(tokenWith(host, FAULTY), '01').keyType).toBe('rsa')
  })

  it('a driver whose C_Initialize fails is shown as failed and not started over and over', async () => {
    faulty.order('fail:C_Initialize')
    await start().refresh()
    expect(badDriver()).toMatchObject({ state: 'failed', error: 'token.error', restarts: 0 })
    faulty.order()
    await host.refresh()
    expect(badDriver().state).toBe('ready')
  })
})

describe('a key that is pulled out', () => {
  it('in the middle of a signature: token.removed, also for later calls of that session', async () => {
    await start().refresh()
    const session = await openBad()
    faulty.order('removed:C_Sign')
    await expect(signBad(session)).rejects.toMatchObject({
      code: 'token.removed',
      details: { ckr: 'CKR_DEVICE_REMOVED' },
    })
    await keyringWhere(host, (tokens) => !tokens.some(({ serial }) => serial === FAULTY))
    faulty.order()
    await keyringWhere(host, (tokens) => tokens.some(({ serial }) => serial === FAULTY))
    await expect(signBad(session)).rejects.toMatchObject({ code: 'token.removed' })
    await session.close()
    const next = await openBad()
    expect(await signBad(next)).toHaveLength(256)
    await next.close()
  })

  it('between two signatures: the session says so, and a new one is refused until it is plugged in', async () => {
    await start().refresh()
    const { id } = tokenWith(host, FAULTY)
    const certificateId = certificateWith(tokenWith(host, FAULTY), '01').id
    const session = await openBad()
    faulty.order('absent')
    await keyringWhere(host, (tokens) => !tokens.some(({ serial }) => serial === FAULTY))
    const request = { certificateId, algorithm: ALGORITHM, digest: digest(ALGORITHM, 'x') } as const
    await expect(session.sign(request)).rejects.toMatchObject({ code: 'token.removed' })
    await session.close()
    await expect(host.openSession(id, pinBytes(faulty.pin))).rejects.toMatchObject({ code: 'token.absent' })
  })
})

describe('tries', () => {
  it('a wrong PIN spends exactly one, whatever else the program does meanwhile', async () => {
    await start().refresh()
    faulty.order()
    await expect(openBad('000000')).rejects.toMatchObject({ code: 'pin.incorrect', details: { pinState: 'low' } })
    await host.refresh()
    expect(faulty.callsOf('C_Login')).toBe(1)
    expect(faulty.triesUsed()).toBe(1)
  })

  it('last try, lock, and unlocking with the administrator PIN', async () => {
    await start().refresh()
    const { id } = tokenWith(host, FAULTY)
    await expect(openBad('000000')).rejects.toMatchObject({ code: 'pin.incorrect' })
    await expect(openBad('000000')).rejects.toMatchObject({ details: { pinState: 'last', triesLeft: 1 } })
    expect(tokenWith(host, FAULTY).pin).toMatchObject({ state: 'last', triesLeft: 1 })
    await expect(openBad('000000')).rejects.toMatchObject({ code: 'pin.locked', details: { triesLeft: 0 } })
    expect(tokenWith(host, FAULTY).pin.state).toBe('locked')
    await expect(openBad()).rejects.toMatchObject({ code: 'pin.locked' })
    const pins = [pinBytes(faulty.soPin), pinBytes('222222')] as const
    await host.unlockPin(id, ...pins)
    expect(pins).toEqual([new Uint8Array(8), new Uint8Array(6)])
    expect(tokenWith(host, FAULTY).pin.state).toBe('ok')
    await (await openBad('222222')).close()
  })

  it('a driver whose flags count wrongly is believed no more than they say', async () => {
    await start().refresh()
    faulty.order('pins:never-low')
    await expect(openBad('000000')).rejects.toMatchObject({ code: 'pin.incorrect', details: { pinState: 'ok' } })
    faulty.order('pins:always-last')
    await expect(openBad('000000')).rejects.toMatchObject({ details: { pinState: 'last' } })
    await (await openBad()).close()
    expect(faulty.triesUsed()).toBe(0)
  })
})

describe('R11', () => {
  it('every error a driver can give for a ciphertext is the same one', async () => {
    await start().refresh()
    const session = await openBad()
    const certificateId = certificateWith(tokenWith(host, FAULTY), '01').id
    const outcomes: unknown[] = []
    for (let kind = 0; kind < 8; kind++) {
      const ciphertext = new Uint8Array(256).fill(kind)
      outcomes.push(await session.decrypt({ certificateId, algorithm: 'rsa-pkcs1', ciphertext }).catch(toErrorData))
    }
    expect(outcomes).toEqual(outcomes.map(() => ({ code: 'key.decryption_failed', details: {} })))
    await session.close()
  })
})

describe('R15 modules that the user adds', () => {
  it('are tried in a throw-away helper first: hang, crash, wrong file and relative path are refused', async () => {
    faulty.order('absent')
    start()
    for (const [file, code] of [
      [path.join(import.meta.dirname, 'README.md'), 'token.driver_invalid'],
      [path.join(directory, 'nothing.so'), 'token.driver_missing'],
      ['../faulty.so', 'token.driver_invalid'],
      ['faulty.so', 'token.driver_invalid'],
    ] as const) {
      await expect(host.addDriver(file, 'x')).rejects.toMatchObject({ code })
    }
    expect(host.keyring().drivers).toHaveLength(2)
  })

  it('are listed, survive in the keyring and can be removed; shipped ones cannot', async () => {
    await start().refresh()
    const report = await host.testDriver(demo.modulePath)
    expect(report).toMatchObject({ architecture: process.arch, isUsable: true, error: null })
    expect(report.library).toContain('SoftHSM')
    const state = await host.addDriver(demo.modulePath, '我的介质')
    expect(state).toMatchObject({ name: '我的介质', origin: 'user', state: 'ready' })
    await host.removeDriver(state.id)
    expect(host.keyring().drivers.map(({ id }) => id)).toEqual(['good', 'bad'])
    await expect(host.removeDriver('good')).rejects.toMatchObject({ code: 'program.forbidden' })
  })
})
