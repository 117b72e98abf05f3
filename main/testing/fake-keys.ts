import { generateKeyPairSync, sign as signWith, type KeyObject } from 'node:crypto'
import { AppError, type ErrorCode } from '#contract/errors.ts'
import type { CertificateSummary } from '#contract/certificates.ts'
import { digestOf, type PinState, type SignatureAlgorithm } from '#contract/keys.ts'
import type { CertificateDirectory, KeyLease, KnownCertificate, SigningKeys } from '../operations/ports.ts'

/** A key in memory behind the engine's ports, with a PIN and three tries, that can be pulled out. For tests of the engine. */
export interface FakeKeys {
  readonly keys: SigningKeys
  readonly certificates: CertificateDirectory
  readonly certificateId: string
  readonly publicKey: KeyObject
  readonly calls: { open: number; sign: number; close: number }
  readonly change: (changes: Partial<CertificateSummary>) => void
  readonly failSigningWith: (code: ErrorCode | null) => void
  /** `open` waits until this is called. */
  readonly hold: () => () => void
}

/** One for all tests of a file: drawing it takes longer than they do. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const PIN = '123456'
const DAY = 86_400_000

export const fakeSummary = (now: Date): CertificateSummary => ({
  id: 'ab'.repeat(32),
  subject: { commonName: '张三', organization: '示例公司', full: 'CN=张三, O=示例公司' },
  issuer: { commonName: 'CA', organization: 'CA', full: 'CN=CA' },
  serial: '01ff',
  notBefore: new Date(now.getTime() - DAY).toISOString(),
  notAfter: new Date(now.getTime() + 400 * DAY).toISOString(),
  keyType: 'rsa',
  keyBits: 2048,
  algorithms: ['rsa-pkcs1-sha256', 'rsa-pkcs1-sha384'],
  keyUsage: ['digitalSignature'],
  creditCode: null,
  identity: 'enterprise',
  kind: 'media',
  state: 'normal',
  isPluggedIn: true,
  tokenId: 'token-1',
  tokenLabel: 'Token',
})

export const createFakeKeys = (now: () => Date): FakeKeys => {
  const calls = { open: 0, sign: 0, close: 0 }
  const listeners = new Set<() => void>()
  let summary = fakeSummary(now())
  let triesLeft = 3
  let signFailure: ErrorCode | null = null
  let held: Promise<void> = Promise.resolve()

  const pinState = (): PinState => ({
    state: triesLeft === 0 ? 'locked' : triesLeft === 1 ? 'last' : triesLeft === 2 ? 'low' : 'ok',
    triesLeft,
    minLength: 4,
    maxLength: 16,
  })
  const known = (): KnownCertificate => ({
    summary,
    // The engine never looks inside; tasks that do are tested on real certificates.
    parsed: { der: new Uint8Array(), fingerprint: summary.id } as KnownCertificate['parsed'],
    pin: pinState(),
    hasPinPad: false,
  })

  const lease = (): KeyLease => ({
    certificateId: summary.id,
    sign: (algorithm: SignatureAlgorithm, digest) => {
      calls.sign += 1
      if (signFailure !== null) return Promise.reject(new AppError(signFailure))
      return Promise.resolve(signWith(digestOf(algorithm), digest, privateKey))
    },
    close: () => {
      calls.close += 1
      return Promise.resolve()
    },
  })

  return {
    certificateId: summary.id,
    publicKey,
    calls,
    keys: {
      open: async (certificateId, pin) => {
        calls.open += 1
        await held
        if (!summary.isPluggedIn) throw new AppError('token.absent')
        if (certificateId !== summary.id) throw new AppError('certificate.not_found')
        if (triesLeft === 0) throw new AppError('pin.locked')
        if (new TextDecoder().decode(pin ?? new Uint8Array()) !== PIN) {
          triesLeft -= 1
          throw new AppError(triesLeft === 0 ? 'pin.locked' : 'pin.incorrect', { triesLeft })
        }
        triesLeft = 3
        return lease()
      },
    },
    certificates: {
      list: () => [known()],
      get: (id) => (id === summary.id ? known() : null),
      watch: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    change: (changes) => {
      summary = { ...summary, ...changes }
      for (const listener of listeners) listener()
    },
    failSigningWith: (code) => {
      signFailure = code
    },
    hold: () => {
      const gate = Promise.withResolvers<undefined>()
      held = gate.promise
      return () => gate.resolve(undefined)
    },
  }
}
