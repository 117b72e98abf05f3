import { describe, expect, it } from 'vitest'

import { digest } from '../algorithms/digest.ts'
import { readDer } from '../asn1/reader.ts'
import { bitString, encode, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { prepareSignedData } from '../cms/prepare.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { createTestAuthority, issueTimestamping } from '../testing/test-authority.ts'
import { createTestChain, issue } from '../testing/test-ca.ts'
import { verifyTimestampResponse } from './client.ts'
import { timeOids, timestampQueryType, timestampReplyType } from './oids.ts'
import { createTimestampRequest, readTimestampRequest } from './request.ts'
import { readTimestampResponse, rejectTimestamp } from './response.ts'
import { answerTimestampRequest } from './responder.ts'
import type { TimestampAuthority } from './responder.ts'
import { timestampBounds, verifyTimestampToken } from './token.ts'
import { compareTimestamps, encodeTstInfo, readTstInfo } from './tst-info.ts'

const data = Buffer.from('a signature value')
const { root, issuing, signer } = createTestChain()
const sm2 = createTestChain('sm2')
const anchors = [root.certificate]
const authority = createTestAuthority(issuing)
const sha256 = digest('sha256', data)
const request = (overrides: Partial<Parameters<typeof createTimestampRequest>[0]> = {}) =>
  createTimestampRequest({ algorithm: 'sha256', digest: sha256, ...overrides })
const stamp = (overrides: Partial<TimestampAuthority> = {}, der = request().der) =>
  answerTimestampRequest(der, { ...authority, ...overrides })
const tokenOf = async (answer: Promise<Uint8Array>) => readTimestampResponse(await answer).token!

describe('a time-stamp asked for and made', () => {
  it.each([
    ['SHA-256 with ECDSA', 'sha256', createTestAuthority(issuing), anchors],
    ['SHA-512 with RSA', 'sha512', createTestAuthority(issuing, 'rsa-2048'), anchors],
    ['SM3 with SM2', 'sm3', createTestAuthority(sm2.issuing, 'sm2'), [sm2.root.certificate]],
    [
      'SM3 with SM2 in GB/T 35275',
      'sm3',
      createTestAuthority(sm2.issuing, 'sm2', { profile: 'gm' }),
      [sm2.root.certificate],
    ],
  ] as const)('ok/%s is granted and holds', async (_name, algorithm, by, trusted) => {
    const asked = createTimestampRequest({ algorithm, digest: digest(algorithm, data), policy: '1.2.3.4.1' })
    const report = verifyTimestampResponse(await answerTimestampRequest(asked.der, by), asked, { anchors: trusted })
    expect(report.timestamp?.problems).toEqual([])
    expect(report).toMatchObject({ isValid: true, status: 'granted', failures: [] })
    expect(report.timestamp?.info).toMatchObject({ policy: '1.2.3.4.1', imprint: { algorithm } })
  })

  it('ok/accuracy, order and a time with milliseconds come back', async () => {
    const genTime = new Date('2026-11-23T08:00:00.120Z')
    const token = await tokenOf(
      stamp({ now: () => genTime, accuracy: { seconds: 1, milliseconds: 500, microseconds: 1 }, isOrdered: true }),
    )
    const { info } = verifyTimestampToken(token, { anchors, digest: () => sha256 })
    expect(info).toMatchObject({ genTime, accuracy: 1501, isOrdered: true })
    expect(timestampBounds(info!)).toEqual({
      earliest: new Date('2026-11-23T07:59:58.619Z'),
      latest: new Date('2026-11-23T08:00:01.621Z'),
    })
  })

  it('ok/certificates are sent only where they are asked for', async () => {
    const token = await tokenOf(stamp({}, request({ wantsCertificates: false }).der))
    expect(parseSignedData(token).certificates).toEqual([])
    expect(verifyTimestampToken(token, { anchors, digest: () => sha256 }).problems).toContain('certificate_missing')
    const intermediates = [authority.certificate, issuing.certificate]
    expect(verifyTimestampToken(token, { anchors, intermediates, digest: () => sha256 }).isValid).toBe(true)
  })

  it('ok/two stamps can be put in order where ordering or accuracy allow it', () => {
    const at = (time: string, overrides = {}) =>
      readTstInfo(
        encodeTstInfo({
          policy: '1.2.3',
          algorithm: 'sha256',
          digest: sha256,
          serial: Uint8Array.of(1),
          genTime: new Date(time),
          accuracy: { milliseconds: 100 },
          isOrdered: false,
          nonce: null,
          tsa: signer.certificate.subject.der,
          ...overrides,
        }),
      )
    const first = at('2026-11-23T08:00:00.100Z')
    expect(compareTimestamps(first, at('2026-11-23T08:00:00.200Z'))).toBe(0)
    expect(compareTimestamps(first, at('2026-11-23T08:00:00.400Z'))).toBeLessThan(0)
    expect(compareTimestamps(first, at('2026-11-23T08:00:01Z', { accuracy: null }))).toBe(0)
    const ordered = { isOrdered: true }
    expect(compareTimestamps(at('2026-11-23T08:00:00.2Z', ordered), at('2026-11-23T08:00:00.1Z', ordered))).toBe(100)
  })
})

it('media types are those of RFC 3161', () => {
  expect([timestampQueryType, timestampReplyType]).toEqual([
    'application/timestamp-query',
    'application/timestamp-reply',
  ])
})

describe('what is asked wrongly', () => {
  const imprint = (algorithm: string, bytes: Uint8Array) => sequence(sequence(oid(algorithm)), encode(0x04, bytes))
  const sha256Oid = '2.16.840.1.101.3.4.2.1'
  const good = imprint(sha256Oid, sha256)
  it.each([
    ['SHA-1', 'badAlg', sequence(smallInteger(1), imprint('1.3.14.3.2.26', new Uint8Array(20)))],
    ['a digest of another length', 'badDataFormat', sequence(smallInteger(1), imprint(sha256Oid, new Uint8Array(20)))],
    ['a version of the future', 'badRequest', sequence(smallInteger(2), good)],
    ['an unknown policy', 'unacceptedPolicy', sequence(smallInteger(1), good, oid('1.2.3.4.9'))],
    [
      'an extension',
      'unacceptedExtension',
      sequence(smallInteger(1), good, encode(0xa0, sequence(oid('1.2.3'), encode(0x04, Buffer.from('0500', 'hex'))))),
    ],
    ['a nonce without end', 'badDataFormat', sequence(smallInteger(1), good, encode(0x02, new Uint8Array(65).fill(1)))],
    ['no request', 'badDataFormat', Buffer.from('GET / HTTP/1.1')],
    ['far too much', 'badDataFormat', new Uint8Array(1 << 20)],
  ] as const)('fail/%s is refused with %s', async (_name, failure, der) => {
    const response = readTimestampResponse(await stamp({}, der))
    expect(response).toMatchObject({ status: 'rejection', failures: [failure], token: null })
  })

  it('fail/a clock that is off stamps nothing', async () => {
    const asked = request()
    const report = verifyTimestampResponse(await stamp({ now: () => null }, asked.der), asked, { anchors })
    expect(report).toMatchObject({ isValid: false, failures: ['timeNotAvailable'], timestamp: null })
  })

  it('fail/a certificate for something else stamps nothing', async () => {
    await expect(stamp({ certificate: signer.certificate })).rejects.toMatchObject({
      code: 'certificate.usage_refused',
    })
  })

  it('fail/errors of the key are thrown, not answered', async () => {
    await expect(stamp({ sign: () => Promise.reject(new Error('HSM')) })).rejects.toThrow('HSM')
    expect(readTimestampResponse(rejectTimestamp('systemFailure', 'later')).failures).toEqual(['systemFailure'])
  })
})

describe('tokens of GB/T 35275 as authorities make them', () => {
  const by = createTestAuthority(sm2.issuing, 'sm2')
  const withoutReference = async (profile: 'cms' | 'gm') => {
    const plain = prepareSignedData({
      certificate: by.certificate,
      chain: by.chain,
      algorithm: 'sm2-sm3',
      profile: 'gm',
      contentType: timeOids.tstInfo,
      content: {
        isDetached: false,
        bytes: encodeTstInfo({
          policy: '1.2.3',
          algorithm: 'sm3',
          digest: digest('sm3', data),
          serial: Uint8Array.of(1),
          genTime: new Date(),
          accuracy: null,
          isOrdered: false,
          nonce: null,
          tsa: null,
        }),
      },
    })
    const token = plain.finish(await by.sign(plain))
    // The outer name is under no signature.
    const gm = Buffer.from(oid('1.2.156.10197.6.1.4.2.2'))
    const at = Buffer.from(token).indexOf(gm)
    return profile === 'gm'
      ? token
      : encode(0x30, oid('1.2.840.113549.1.7.2'), Buffer.from(token).subarray(at + gm.length))
  }
  const options = {
    anchors: [sm2.root.certificate],
    digest: (algorithm: string) => (algorithm === 'sm3' ? digest('sm3', data) : undefined),
  }

  it('ok/without a reference to their certificate, which is noted', async () => {
    expect(verifyTimestampToken(await withoutReference('gm'), options)).toMatchObject({
      isValid: true,
      problems: [],
      notes: ['signing_certificate_absent'],
    })
  })

  it('fail/the same under RFC 5652', async () => {
    expect(verifyTimestampToken(await withoutReference('cms'), options)).toMatchObject({
      problems: ['signing_certificate_missing'],
      notes: [],
    })
  })
})

describe('a response that does not answer', () => {
  const verifyWith = async (
    by: TimestampAuthority,
    options: Partial<Parameters<typeof verifyTimestampToken>[1]> = {},
  ) =>
    verifyTimestampToken(await tokenOf(answerTimestampRequest(request().der, by)), {
      anchors,
      digest: () => sha256,
      ...options,
    }).problems

  it('fail/to another request: imprint and nonce', async () => {
    const report = verifyTimestampResponse(await stamp(), request({ digest: digest('sha256', Buffer.from('x')) }), {
      anchors,
    })
    expect(report.timestamp?.problems).toEqual(['imprint_mismatch', 'nonce_mismatch'])
  })

  it('fail/imprint by an algorithm that was not asked for', async () => {
    expect(await verifyWith(authority, { digest: () => undefined })).toEqual(['imprint_algorithm_unsupported'])
  })

  it('fail/policy, future time, nonce left out', async () => {
    expect(await verifyWith(authority, { policy: '1.2.9', nonce: Uint8Array.of(1) })).toEqual([
      'nonce_mismatch',
      'policy_mismatch',
    ])
    const ahead = { ...authority, now: () => new Date(Date.now() + 3_600_000) }
    expect(await verifyWith(ahead)).toEqual(['time_in_future'])
  })

  const purposes: [string, Uint8Array, boolean][] = [
    ['not critical', sequence(oid('1.3.6.1.5.5.7.3.8')), false],
    ['not alone', sequence(oid('1.3.6.1.5.5.7.3.8'), oid('1.3.6.1.5.5.7.3.1')), true],
  ]
  it.each(purposes)('fail/an authority whose purpose is %s', async (_name, value, isCritical) => {
    const { certificate, key } = issueTimestamping(issuing, {
      extensions: [{ oid: '2.5.29.37', isCritical, value }],
    })
    // Passed off as a good one to the responder, which would refuse it.
    const by = {
      ...authority,
      certificate: {
        ...certificate,
        extensions: authority.certificate.extensions,
        extendedKeyUsage: authority.certificate.extendedKeyUsage,
      },
      sign: ((prepared) =>
        Promise.resolve(key.sign(prepared.algorithm, prepared.toBeSigned))) satisfies TimestampAuthority['sign'],
    }
    expect(await verifyWith(by)).toEqual(['authority_purpose'])
  })

  it('fail/an authority under a CA for something else', async () => {
    const clientAuthentication = sequence(oid('1.3.6.1.5.5.7.3.2'))
    const other = issue({
      commonName: 'CA for clients',
      isCa: true,
      issuer: root,
      extensions: [{ oid: '2.5.29.37', isCritical: false, value: clientAuthentication }],
    })
    const token = await tokenOf(answerTimestampRequest(request().der, createTestAuthority(other)))
    const report = verifyTimestampToken(token, { anchors, digest: () => sha256 })
    expect(report.problems).toEqual(['chain_invalid'])
    expect(report.signer?.chain?.failures).toMatchObject([{ rule: 'extended_key_usage', index: 1 }])
  })

  it('fail/an authority nobody trusts', async () => {
    const other = issue({ commonName: 'Other root', isCa: true })
    expect(await verifyWith(createTestAuthority(other))).toEqual(['chain_invalid'])
  })

  it('fail/the name of somebody else', async () => {
    const token = await tokenOf(stamp())
    const at = Buffer.from(token).indexOf('Test time-stamping')
    const changed = Uint8Array.from(token)
    changed[at] = 0x58
    const { problems } = verifyTimestampToken(changed, { anchors, digest: () => sha256 })
    expect(problems).toContain('authority_name_mismatch')
    expect(problems).toContain('digest_mismatch')
  })

  it('fail/no token at all', () => {
    const report = verifyTimestampToken(bitString(new Uint8Array(3)), { anchors, digest: () => sha256 })
    expect(report).toMatchObject({ isValid: false, problems: ['malformed'] })
    const asked = request()
    expect(() => verifyTimestampResponse(Buffer.from('<html>'), asked, { anchors })).toThrow(
      expect.objectContaining({ code: 'signature.malformed' }),
    )
    expect(readTimestampRequest(asked.der)).toMatchObject({ wantsCertificates: true, nonce: asked.nonce })
  })

  it.each(['20261123080000', '20261123080000.50Z', '20261323080000Z', '20261123080000,5Z'])(
    'fail/genTime %s is no time',
    (text) => {
      const info = sequence(
        smallInteger(1),
        oid('1.2.3'),
        sequence(sequence(oid('2.16.840.1.101.3.4.2.1')), encode(0x04, sha256)),
        smallInteger(1),
        encode(0x18, Buffer.from(text)),
      )
      expect(() => readTstInfo(readDer(info).buffer)).toThrow('time_malformed')
    },
  )
})
