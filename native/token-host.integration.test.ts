import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError, toErrorData } from '#contract/errors.ts'
import { keyringSchema } from '#contract/keys.ts'
import type { DecryptionAlgorithm } from '#contract/keys.ts'
import { createDemoTokens } from '#tools/softhsm/tokens.ts'
import type { DemoTokens } from '#tools/softhsm/tokens.ts'
import { createChildProcessSpawner } from './spawn-child-process.ts'
import {
  certificateWith,
  digest,
  keepingLog,
  keyringWhere,
  opensslAccepts,
  pinBytes,
  temporaryDirectory,
  tokenWith,
} from './test-support.ts'
import { createTokenHost } from './token-host.ts'
import type { TokenHost } from './token-host.ts'

const { directory, remove } = temporaryDirectory()
const { log, text: logged } = keepingLog()
let demo: DemoTokens
let secondEnv: Record<string, string>
let host: TokenHost

/** The same tokens once more in a directory of their own: SoftHSM2 errs now and then when two processes share one. */
const secondCopy = ({ env }: DemoTokens): Record<string, string> => {
  const conf = path.join(directory, 'second.conf')
  const text = readFileSync(env.SOFTHSM2_CONF!, 'utf8')
  const tokens = /^directories\.tokendir *= *(.*)$/m.exec(text)![1]!.trim()
  const copy = path.join(directory, 'second-tokens')
  cpSync(tokens, copy, { recursive: true })
  writeFileSync(conf, text.replace(tokens, copy))
  return { ...env, SOFTHSM2_CONF: conf }
}

const createHost = (): TokenHost => {
  const driver = { name: 'SoftHSM2', vendor: 'OpenDNSSEC', paths: [demo.modulePath], env: demo.env }
  return createTokenHost({
    spawnHelper: createChildProcessSpawner(),
    log,
    drivers: [
      { ...driver, id: 'one', origin: 'shipped' },
      { ...driver, id: 'two', origin: 'shipped', env: secondEnv },
    ],
    timing: { pollMs: 200 },
  })
}
beforeAll(async () => {
  demo = await createDemoTokens(directory, { tokens: 3 })
  secondEnv = secondCopy(demo)
  host = createHost()
  await host.refresh()
})
afterAll(async () => {
  await host.close()
  remove()
})

const token = (index: number): ReturnType<typeof tokenWith> => tokenWith(host, demo.tokens[index]!.serial)
const open = (index: number, pin = '123456') => host.openSession(token(index).id, pinBytes(pin))

describe('listing', () => {
  it('tokens and certificates of two modules are found without a PIN', () => {
    const keyring = keyringSchema.parse(host.keyring())
    expect(keyring.drivers.map(({ state }) => state)).toEqual(['ready', 'ready'])
    expect(keyring.tokens).toHaveLength(6)
    for (const { certificates } of keyring.tokens) {
      expect(certificates.map(({ keyId, keyType, keyBits }) => [keyId, keyType, keyBits])).toEqual([
        ['01', 'rsa', 2048],
        ['02', 'ec', 256],
        ['03', 'rsa', 2048],
      ])
    }
  })

  it('the identity of a token is driver, serial and label, the same for another host', async () => {
    const ids = host.keyring().tokens.map(({ id }) => id)
    expect(token(0).id).toBe(`one:${demo.tokens[0]!.serial}:${demo.tokens[0]!.label}`)
    expect(new Set(ids).size).toBe(6)
    const other = createHost()
    try {
      expect((await other.refresh()).tokens.map(({ id }) => id)).toEqual(ids)
    } finally {
      await other.close()
    }
  })

  it('mechanisms come later and then PSS is offered', async () => {
    await keyringWhere(host, (tokens) => tokens.every(({ mechanisms }) => mechanisms.length > 0))
    expect(token(0).mechanisms).toContain('CKM_RSA_PKCS_PSS')
    expect(certificateWith(token(0), '01').algorithms).toContain('rsa-pss-sha256')
    expect(certificateWith(token(0), '02').algorithms[0]).toBe('ecdsa-sha256')
  })
})

describe('signing', () => {
  it('openssl verifies every algorithm', async () => {
    await keyringWhere(host, (tokens) => tokens.every(({ mechanisms }) => mechanisms.length > 0))
    const session = await open(0)
    try {
      for (const keyId of ['01', '02']) {
        const certificate = certificateWith(token(0), keyId)
        expect(certificate.algorithms.length).toBe(keyId === '01' ? 6 : 3)
        for (const algorithm of certificate.algorithms) {
          const message = `招标文件 ${algorithm}`
          const request = { certificateId: certificate.id, algorithm, digest: digest(algorithm, message) }
          const signature = await session.sign(request)
          expect(opensslAccepts(directory, certificate, algorithm, message, signature), algorithm).toBe(true)
          expect(opensslAccepts(directory, certificate, algorithm, `${message}!`, signature)).toBe(false)
        }
      }
    } finally {
      await session.close()
    }
  })

  it('R13 a digest of another length never reaches the key', async () => {
    const session = await open(0)
    const certificateId = certificateWith(token(0), '01').id
    try {
      for (const length of [0, 20, 31, 33, 48, 64]) {
        const request = { certificateId, algorithm: 'rsa-pkcs1-sha256' as const, digest: new Uint8Array(length) }
        await expect(session.sign(request)).rejects.toMatchObject({ code: 'key.digest_length' })
      }
    } finally {
      await session.close()
    }
  })

  it('an RSA key does not make ECDSA signatures, and a key for encryption does not sign', async () => {
    const session = await open(0)
    const sign = (keyId: string, algorithm: 'ecdsa-sha256' | 'rsa-pkcs1-sha256') =>
      session.sign({ certificateId: certificateWith(token(0), keyId).id, algorithm, digest: new Uint8Array(32) })
    try {
      await expect(sign('01', 'ecdsa-sha256')).rejects.toMatchObject({ code: 'key.mechanism_unsupported' })
      await expect(sign('03', 'rsa-pkcs1-sha256')).rejects.toMatchObject({ code: 'certificate.usage_refused' })
    } finally {
      await session.close()
    }
  })

  it('several tokens of two modules sign at once', async () => {
    const sessions = await Promise.all(host.keyring().tokens.map(({ id }) => host.openSession(id, pinBytes('123456'))))
    const algorithm = 'rsa-pkcs1-sha256'
    const jobs = sessions.flatMap((session) =>
      Array.from({ length: 8 }, async (_, index) => {
        const owner = host.keyring().tokens.find(({ id }) => id === session.tokenId)!
        const certificate = certificateWith(owner, '01')
        const message = `${session.tokenId} ${index}`
        const bytes = await session.sign({
          certificateId: certificate.id,
          algorithm,
          digest: digest(algorithm, message),
        })
        return { certificate, message, bytes }
      }),
    )
    const signed = await Promise.all(jobs).finally(() => Promise.all(sessions.map((session) => session.close())))
    for (const { certificate, message, bytes } of signed.filter((_, index) => index % 8 === 7)) {
      expect(opensslAccepts(directory, certificate, algorithm, message, bytes)).toBe(true)
    }
    expect(signed).toHaveLength(48)
  })
})

describe('decryption', () => {
  const encrypted = (padding: string[]): Uint8Array => {
    const file = (name: string): string => path.join(directory, name)
    writeFileSync(file('encrypt.pem'), demo.tokens[0]!.certificates[2]!.pem)
    writeFileSync(file('plain'), '投标密钥')
    const args = ['pkeyutl', '-encrypt', '-certin', '-inkey', file('encrypt.pem'), '-in', file('plain')]
    execFileSync('openssl', [...args, '-out', file('cipher'), ...padding])
    return Uint8Array.from(readFileSync(file('cipher')))
  }

  it('what openssl encrypted is decrypted, PKCS#1 and OAEP', async () => {
    const session = await open(0)
    const certificateId = certificateWith(token(0), '03').id
    try {
      const pkcs1 = await session.decrypt({ certificateId, algorithm: 'rsa-pkcs1', ciphertext: encrypted([]) })
      expect(Buffer.from(pkcs1).toString()).toBe('投标密钥')
      const ciphertext = encrypted(['-pkeyopt', 'rsa_padding_mode:oaep'])
      const oaep = await session.decrypt({ certificateId, algorithm: 'rsa-oaep-sha1', ciphertext })
      expect(Buffer.from(oaep).toString()).toBe('投标密钥')
    } finally {
      await session.close()
    }
  })

  it('R11 all failures of padding, length and content are the same error', async () => {
    const session = await open(0)
    const certificateId = certificateWith(token(0), '03').id
    const good = encrypted([])
    const wrongLength = [good.subarray(0, 255), new Uint8Array(), new Uint8Array(512)]
    const wrongPadding = [
      good.with(10, good[10]! ^ 1),
      good.with(255, good[255]! ^ 0xff),
      new Uint8Array(256).fill(0xff),
    ]
    const outcome = (algorithm: DecryptionAlgorithm, ciphertext: Uint8Array): Promise<unknown> =>
      session.decrypt({ certificateId, algorithm, ciphertext }).then(
        (bytes) => bytes,
        (error: unknown) => toErrorData(error),
      )
    const refused = { code: 'key.decryption_failed', details: {} }
    try {
      for (const ciphertext of [...wrongLength, ...wrongPadding]) {
        expect(await outcome('rsa-oaep-sha1', ciphertext)).toEqual(refused)
      }
      for (const ciphertext of wrongLength) expect(await outcome('rsa-pkcs1', ciphertext)).toEqual(refused)
      for (const ciphertext of wrongPadding) {
        // New releases of OpenSSL, which SoftHSM2 uses, answer wrong PKCS#1 padding with random bytes: also no oracle.
        const got = await outcome('rsa-pkcs1', ciphertext)
        if (got instanceof Uint8Array) expect(Buffer.from(got).toString()).not.toBe('投标密钥')
        else expect(got).toEqual(refused)
      }
    } finally {
      await session.close()
    }
  })
})

describe('PIN', () => {
  it('a wrong PIN is told with the state of the tries, and the right one clears it', async () => {
    await expect(open(1, '000000')).rejects.toMatchObject({
      code: 'pin.incorrect',
      details: { ckr: 'CKR_PIN_INCORRECT', pinState: 'low' },
    })
    expect(token(1).pin.state).toBe('low')
    await (await open(1)).close()
    await keyringWhere(host, () => token(1).pin.state === 'ok')
  })

  it('the PIN is overwritten after the right one, the wrong one, and one for a key that is not there', async () => {
    const right = pinBytes('123456')
    await (await host.openSession(token(1).id, right)).close()
    const wrong = pinBytes('999999')
    await expect(host.openSession(token(1).id, wrong)).rejects.toMatchObject({ code: 'pin.incorrect' })
    const lost = pinBytes('123456')
    await expect(host.openSession('one:nowhere', lost)).rejects.toMatchObject({ code: 'token.absent' })
    expect([right, wrong, lost]).toEqual([new Uint8Array(6), new Uint8Array(6), new Uint8Array(6)])
    await (await open(1)).close()
  })

  it('is changed with the old one and set anew with the administrator PIN', async () => {
    const id = token(2).id
    await expect(host.changePin(id, pinBytes('000000'), pinBytes('654321'))).rejects.toMatchObject({
      code: 'pin.incorrect',
    })
    const pins = [pinBytes('123456'), pinBytes('654321')] as const
    await host.changePin(id, ...pins)
    expect(pins).toEqual([new Uint8Array(6), new Uint8Array(6)])
    await expect(open(2, '123456')).rejects.toMatchObject({ code: 'pin.incorrect' })
    await (await open(2, '654321')).close()
    await expect(host.unlockPin(id, pinBytes('00000000'), pinBytes('111111'))).rejects.toMatchObject({
      code: 'pin.incorrect',
      details: { who: 'so' },
    })
    await host.unlockPin(id, pinBytes(demo.tokens[2]!.soPin), pinBytes('123456'))
    await (await open(2)).close()
  })

  it('of a length the token does not take is refused before the token is asked', async () => {
    await expect(open(0, '12')).rejects.toMatchObject({ code: 'pin.length', details: { minLength: 4 } })
    await expect(host.openSession(token(0).id, null)).rejects.toMatchObject({ code: 'pin.length' })
    expect(token(0).pin.state).toBe('ok')
  })

  it('never appears in the log', () => {
    expect(logged()).toContain('driver loaded')
    for (const pin of ['123456', '000000', '654321', '12345678']) expect(logged()).not.toContain(pin)
  })
})

describe('one task at a time', () => {
  it('a second task waits for the token and its own wrong PIN is refused though the first was logged in', async () => {
    const first = await open(0)
    const certificateId = certificateWith(token(0), '02').id
    const order: string[] = []
    const second = open(0, '777777').catch((error: unknown) => {
      order.push('second judged')
      return (error as AppError).code
    })
    const request = { certificateId, algorithm: 'ecdsa-sha256' as const, digest: new Uint8Array(32).fill(1) }
    for (let index = 0; index < 5; index++) await first.sign(request)
    order.push('first finished')
    await first.close()
    expect(await second).toBe('pin.incorrect')
    expect(order).toEqual(['first finished', 'second judged'])
    await (await open(0)).close()
  })

  it('a closed session signs no more', async () => {
    const session = await open(0)
    await session.close()
    await session.close()
    const request = { certificateId: certificateWith(token(0), '02').id, algorithm: 'ecdsa-sha256' as const }
    await expect(session.sign({ ...request, digest: new Uint8Array(32) })).rejects.toMatchObject({
      code: 'token.error',
    })
  })

  it('a task that waits can be cancelled, and its PIN is overwritten', async () => {
    const first = await open(0)
    const controller = new AbortController()
    const pin = pinBytes('123456')
    const second = host.openSession(token(0).id, pin, { signal: controller.signal })
    controller.abort(new AppError('operation.cancelled_by_user'))
    await expect(second).rejects.toMatchObject({ code: 'operation.cancelled_by_user' })
    expect(pin).toEqual(new Uint8Array(6))
    await first.close()
    await (await open(0)).close()
  })
})

describe('R14 vendor modules only in helper processes', () => {
  it('the process of the host has loaded neither the module nor pkcs11js', () => {
    const maps = readFileSync('/proc/self/maps', 'utf8')
    expect(maps).not.toContain('softhsm')
    expect(maps).not.toContain('pkcs11')
  })
})
