import { randomBytes } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { toBase64Url } from '../bytes/encodings.ts'
import { createTestChain, issue } from '../testing/test-ca.ts'
import { loginSignedBytes, writePayload } from './format.ts'
import { prepareLoginToken } from './prepare.ts'
import { verifyLoginToken } from './verify.ts'

const { root, issuing, signer } = createTestChain('rsa-2048')
const origin = 'https://platform.example'
const challenge = randomBytes(32)
const now = new Date('2026-11-23T08:00:00Z')
const algorithm = 'rsa-pkcs1-sha256'

const create = (overrides: Partial<Parameters<typeof prepareLoginToken>[0]> = {}) => {
  const prepared = prepareLoginToken({
    origin,
    challenge,
    certificate: signer.certificate,
    chain: [issuing.certificate],
    algorithm,
    time: now,
    ...overrides,
  })
  return prepared.finish(signer.key.sign(prepared.algorithm, prepared.toBeSigned))
}
const verify = (token: string, overrides: Partial<Parameters<typeof verifyLoginToken>[1]> = {}) =>
  verifyLoginToken(token, { origin, challenge, anchors: [root.certificate], now, ...overrides })

describe('a login token', () => {
  it('ok/logs its holder in', () => {
    const report = verify(create())
    expect(report).toMatchObject({ isValid: true, time: now })
    expect(report.isValid && report.certificate.subject.commonName).toBe('Test signer')
  })

  it('ok/PSS works too', () => {
    expect(verify(create({ algorithm: 'rsa-pss-sha256' })).isValid).toBe(true)
  })

  it('R12 what is signed begins with the purpose label and is never a digest of the page', () => {
    const prepared = prepareLoginToken({ origin, challenge, certificate: signer.certificate, algorithm, time: now })
    expect(Buffer.from(prepared.toBeSigned.subarray(0, 13)).toString('latin1')).toBe('YZT-LOGIN-V1\0')
    expect(prepared.digest).not.toEqual(challenge)
  })

  it('fail/a challenge of the wrong size is refused before the key is used', () => {
    expect(() => create({ challenge: randomBytes(31) })).toThrow(expect.objectContaining({ code: 'request.invalid' }))
    expect(() => create({ challenge: randomBytes(129) })).toThrow(expect.objectContaining({ code: 'request.invalid' }))
  })

  const other = issue({ commonName: 'Test root', isCa: true })
  it.each([
    ['origin_mismatch', { origin: 'https://platform.example.evil' }],
    ['challenge_mismatch', { challenge: randomBytes(32) }],
    ['too_old', { now: new Date(now.getTime() + 301_000) }],
    ['from_the_future', { now: new Date(now.getTime() - 61_000) }],
    ['chain_invalid', { anchors: [other.certificate] }],
    ['chain_invalid', { anchors: [] }],
  ])('fail/%s', (problem, overrides) => {
    expect(verify(create(), overrides)).toMatchObject({ isValid: false, problem })
  })

  it('fail/an encryption certificate does not log in', () => {
    const wrong = issue({ commonName: 'encryption', issuer: issuing, keyUsage: [2] })
    const prepared = prepareLoginToken({
      origin,
      challenge,
      certificate: wrong.certificate,
      chain: [issuing.certificate],
      algorithm: 'ecdsa-sha256',
      time: now,
    })
    const token = prepared.finish(wrong.key.sign('ecdsa-sha256', prepared.toBeSigned))
    expect(verify(token)).toMatchObject({ isValid: false, problem: 'key_usage' })
  })

  const rewrite = (token: string, part: 0 | 1, change: (text: string) => string): string => {
    const parts = token.split('.')
    parts[part] = Buffer.from(change(Buffer.from(parts[part]!, 'base64url').toString())).toString('base64url')
    return parts.join('.')
  }
  it.each([
    ['another spelling of the payload', 'malformed', 1, (text: string) => text.replace(':', ': ')],
    ['a repeated key', 'malformed', 1, (text: string) => text.replace('{', '{"origin":"https://evil.example",')],
    ['an additional field', 'malformed', 0, (text: string) => text.replace('{', '{"kid":"1",')],
    ['another version', 'malformed', 0, (text: string) => text.replace('"v":1', '"v":2')],
    ['no algorithm', 'algorithm_unsupported', 0, (text: string) => text.replace('rsa-pkcs1-sha256', 'none')],
    ['a weaker algorithm', 'signature_mismatch', 0, (text: string) => text.replace('sha256', 'sha512')],
    ['another time', 'signature_mismatch', 1, (text: string) => text.replace('08:00:00', '08:00:01')],
  ] as const)('fail/%s', (_name, problem, part, change) => {
    expect(verify(rewrite(create(), part, change))).toMatchObject({ isValid: false, problem })
  })

  it.each(['2026-11-23T16:00:00.000+08:00', '2026-11-23T08:00:00Z', 'Mon, 23 Nov 2026 08:00:00 GMT', '1'])(
    'fail/a time that is signed but spelled as %s',
    (time) => {
      const header = create().split('.')[0]!
      const body = writePayload({ origin, challenge: toBase64Url(challenge), time })
      const payload = toBase64Url(Buffer.from(body))
      const signature = signer.key.sign(algorithm, loginSignedBytes(header, payload))
      const token = `${header}.${payload}.${toBase64Url(signature)}`
      expect(verify(token)).toMatchObject({ isValid: false, problem: 'malformed', reason: 'time' })
    },
  )

  it.each(['', '.', '..', 'a.b.c', 'a.b.c.d', 'x'.repeat(70_000)])('fail/garbage %#', (token) => {
    expect(verify(token)).toMatchObject({ isValid: false, problem: 'malformed' })
  })
})
