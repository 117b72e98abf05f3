import { describe, expect, test } from 'vitest'
import { readSealImage } from '#pki/image/seal-image.ts'
import { prepareLoginToken } from '#pki/login-token/prepare.ts'
import { appendUpdate } from '#pki/testing/append-update.ts'
import { encodeRgba } from '#pki/testing/png-encoder.ts'
import { signSample } from '#pki/testing/sign-sample.ts'
import { issue, type Issued } from '#pki/testing/test-ca.ts'
import { createPkiVerifiers } from './pki-verifiers.ts'
import { documentOf, tenders } from './tenders.ts'

const origin = 'http://127.0.0.1:8610'
const now = new Date()
const root = issue({ commonName: '认可的根证书', isCa: true, kind: 'P-256' })
const stranger = issue({ commonName: '别处的根证书', isCa: true, kind: 'P-256' })
const bidder = issue({ commonName: '张三', organization: '华北建设工程有限公司', issuer: root, kind: 'P-256' })
const outsider = issue({ commonName: '李四', issuer: stranger, kind: 'P-256' })
const expired = issue({
  commonName: '王五',
  issuer: root,
  kind: 'P-256',
  notBefore: new Date('2020-01-01'),
  notAfter: new Date('2021-01-01'),
})
const verifiers = createPkiVerifiers(root.pem)
const tender = documentOf(tenders[0]!)

const seal = readSealImage(encodeRgba(20, 20, new Uint8Array(20 * 20 * 4).fill(200)))
const placements = [
  { page: 3, x: 128, y: 140, width: 40, height: 40 },
  ...[1, 2].map((page) => ({ page, x: 195, y: 130, width: 10, height: 40 })),
]

const signTender = async (signer: Issued, original: Uint8Array = tender, sealed = {}): Promise<Buffer> =>
  Buffer.from((await signSample(original, { signer, signingTime: now, ...sealed })).bytes)

const stream = (content: string): string => `<</Length ${content.length}>>\nstream\n${content}\nendstream`
const check = (pdf: Buffer) => verifiers.bid(pdf, { published: tender, now })

describe('bids', () => {
  test('ok/signed by a bidder of an accepted authority', async () => {
    const { certificateId, signer } = await check(await signTender(bidder))
    expect([certificateId, signer]).toEqual([bidder.certificate.fingerprint, '华北建设工程有限公司 · 张三'])
  })

  test('ok/signed twice: the last signature counts', async () => {
    const second = issue({ commonName: '赵六', issuer: root, kind: 'P-256' })
    const { certificateId } = await check(await signTender(second, await signTender(bidder)))
    expect(certificateId).toBe(second.certificate.fingerprint)
  })

  test('ok/with seals on several pages', async () => {
    const { certificateId } = await check(await signTender(bidder, tender, { image: seal, placements }))
    expect(certificateId).toBe(bidder.certificate.fingerprint)
  })

  const changed = (at: number, bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 1
    return copy
  }
  test.each([
    ['fail/unsigned', () => Promise.resolve(tender), 'bid.unsigned'],
    ['fail/an authority that is not accepted', () => signTender(outsider), 'bid.untrusted'],
    ['fail/an expired certificate', () => signTender(expired), 'bid.certificate_expired'],
    ['fail/a byte changed in the signed part', async () => changed(900, await signTender(bidder)), 'bid.tampered'],
    [
      'fail/bytes added behind the signature',
      async () => Buffer.concat([await signTender(bidder), tender.subarray(0, 5000)]),
      'bid.tampered',
    ],
    [
      'fail/page 1 shows other terms: its content replaced behind the published bytes, then signed',
      () => signTender(bidder, appendUpdate(tender, { 6: stream('0 0 100 100 re f') })),
      'bid.other_document',
    ],
    [
      'fail/the same between two signatures',
      async () => signTender(bidder, appendUpdate(await signTender(bidder), { 6: stream('0 0 100 100 re f') })),
      'bid.tampered',
    ],
    ['fail/another document, rightly signed', () => signTender(bidder, documentOf(tenders[1]!)), 'bid.other_document'],
    ['fail/cut off', async () => (await signTender(bidder)).subarray(0, tender.length + 500), 'bid.unsigned'],
  ])('%s', async (_name, make, code) => {
    const pdf = await make()
    await expect(check(pdf)).rejects.toMatchObject({ code })
  })
})

describe('login', () => {
  const challenge = Buffer.alloc(32, 7)
  const tokenOf = (from: Issued, at = origin, drawn: Uint8Array = challenge, time = now): string => {
    const { certificate, key } = from
    const prepared = prepareLoginToken({ origin: at, challenge: drawn, certificate, algorithm: 'ecdsa-sha256', time })
    return prepared.finish(key.sign(prepared.algorithm, prepared.toBeSigned))
  }

  test('ok/the certificate of the token is who logged in', async () => {
    const proof = await verifiers.login(tokenOf(bidder), { challenge, origin, now })
    expect(proof).toEqual({
      certificateId: bidder.certificate.fingerprint,
      name: '张三',
      organization: '华北建设工程有限公司',
      serial: bidder.certificate.serial,
    })
  })

  test.each([
    ['fail/made for another site', () => tokenOf(bidder, 'https://evil.example'), 'origin_mismatch'],
    ['fail/another challenge', () => tokenOf(bidder, origin, Buffer.alloc(32, 8)), 'challenge_mismatch'],
    ['fail/ten minutes old', () => tokenOf(bidder, origin, challenge, new Date(now.getTime() - 600_000)), 'too_old'],
    ['fail/an authority that is not accepted', () => tokenOf(outsider), 'chain_invalid'],
    ['fail/no token', () => 'hello', 'malformed'],
  ])('%s', async (_name, make, problem) => {
    const refusal = { code: 'login.refused', findings: expect.arrayContaining([problem]) as string[] }
    await expect(verifiers.login(make(), { challenge, origin, now })).rejects.toMatchObject(refusal)
  })
})
