import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { createTestChain, issue } from '../testing/test-ca.ts'
import type { SoftKeyKind } from '../testing/soft-key.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import { estimateSignedDataSize, prepareSignedData } from './prepare.ts'
import { parseSignedData } from './signed-data.ts'
import { verifySignedData } from './verify.ts'

const content = Buffer.from('a bid of ¥1,234.50')

const cases: [SoftKeyKind, SignatureAlgorithm][] = [
  ['rsa-2048', 'rsa-pkcs1-sha256'],
  ['rsa-2048', 'rsa-pss-sha384'],
  ['rsa-2048', 'rsa-pkcs1-sm3'],
  ['P-256', 'ecdsa-sha256'],
  ['P-384', 'ecdsa-sha384'],
  ['P-521', 'ecdsa-sha512'],
  ['sm2', 'sm2-sm3'],
]

describe('a CMS signature made in two steps', () => {
  it.each(cases)('ok/%s with %s verifies, attached and detached', (kind, algorithm) => {
    const { root, issuing, signer } = createTestChain(kind)
    for (const isDetached of [true, false]) {
      const prepared = prepareSignedData({
        certificate: signer.certificate,
        chain: [issuing.certificate],
        algorithm,
        content: { bytes: content, isDetached },
        profile: 'cms',
      })
      const message = prepared.finish(signer.key.sign(algorithm, prepared.toBeSigned))
      const report = verifySignedData(message, { content, anchors: [root.certificate] })
      expect(report.signers[0]?.problems).toEqual([])
      expect(report).toMatchObject({ isValid: true, isDetached })
      expect(report.signers[0]).toMatchObject({ algorithm })
      expect(report.signers[0]?.signingTime).toBeInstanceOf(Date)
    }
  })

  const { root, issuing, signer } = createTestChain()
  const prepare = (overrides: Partial<Parameters<typeof prepareSignedData>[0]> = {}) =>
    prepareSignedData({
      certificate: signer.certificate,
      chain: [issuing.certificate],
      algorithm: 'ecdsa-sha256',
      content: { bytes: content, isDetached: true },
      profile: 'cms',
      ...overrides,
    })
  const finish = (prepared: ReturnType<typeof prepare>) =>
    prepared.finish(signer.key.sign('ecdsa-sha256', prepared.toBeSigned))
  const anchors = [root.certificate]

  it('ok/a digest is enough to sign and to verify', () => {
    const digest = createHash('sha256').update(content).digest()
    const message = finish(prepare({ content: { digest } }))
    expect(verifySignedData(message, { contentDigest: () => digest, anchors }).isValid).toBe(true)
  })

  it('ok/the PAdES profile leaves the signing time out', () => {
    const message = parseSignedData(finish(prepare({ profile: 'pades' })))
    expect(message.signers[0]?.attributes).toMatchObject({ signingTime: null })
    expect(message.signers[0]?.attributes?.signingCertificateV2).not.toBeNull()
  })

  it('ok/the estimate of the size is never too small', () => {
    const message = finish(prepare())
    expect(estimateSignedDataSize(signer.certificate, [issuing.certificate])).toBeGreaterThanOrEqual(message.length)
  })

  it('fail/changed content is a digest mismatch', () => {
    const report = verifySignedData(finish(prepare()), { content: Buffer.from('another'), anchors })
    expect(report.signers[0]?.problems).toEqual(['digest_mismatch'])
  })

  it('fail/missing content is never valid', () => {
    expect(verifySignedData(finish(prepare()), { anchors }).signers[0]?.problems).toEqual(['content_missing'])
  })

  it('fail/an unknown anchor makes the chain invalid, and the rule is named', () => {
    const other = issue({ commonName: 'Test root', isCa: true })
    const report = verifySignedData(finish(prepare()), { content, anchors: [other.certificate] })
    expect(report.signers[0]?.problems).toEqual(['chain_invalid'])
    expect(report.signers[0]?.chain?.failures.map(({ rule }) => rule)).toEqual(['issuer_not_found'])
  })

  it('fail/a signature by another key never becomes a message', () => {
    const prepared = prepare()
    const other = issue({ commonName: 'other' })
    expect(() => prepared.finish(other.key.sign('ecdsa-sha256', prepared.toBeSigned))).toThrow(
      expect.objectContaining({ code: 'token.error', details: { reason: 'signature_mismatch' } }),
    )
  })

  it('fail/an algorithm that does not fit the key is refused before the key is used', () => {
    expect(() => prepare({ algorithm: 'rsa-pss-sha256' })).toThrow(
      expect.objectContaining({ code: 'key.mechanism_unsupported' }),
    )
  })

  it('fail/a digest of the wrong length is refused', () => {
    expect(() => prepare({ content: { digest: new Uint8Array(20) } })).toThrow(
      expect.objectContaining({ code: 'key.digest_length' }),
    )
  })

  it('fail/a certificate for encryption does not sign', () => {
    const wrong = issue({ commonName: 'encryption', issuer: issuing, keyUsage: [2, 3] })
    const prepared = prepare({ certificate: wrong.certificate })
    const message = prepared.finish(wrong.key.sign('ecdsa-sha256', prepared.toBeSigned))
    expect(verifySignedData(message, { content, anchors }).signers[0]?.problems).toEqual(['key_usage'])
  })

  it('fail/every changed byte is noticed or unreadable', () => {
    const message = finish(prepare())
    for (let at = 0; at < message.length; at++) {
      const changed = Uint8Array.from(message)
      changed[at] = (changed[at] ?? 0) ^ 0x01
      try {
        const report = verifySignedData(changed, { content, anchors })
        // The chain's spare certificate and the outer digest list are not under the signature.
        if (report.isValid) expect(report.signers[0]?.certificate?.der).toEqual(signer.certificate.der)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
      }
    }
  })
})
