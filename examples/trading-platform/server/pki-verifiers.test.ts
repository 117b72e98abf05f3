import { describe, expect, test } from 'vitest'
import { bufferSource } from '#pki/io/byte-source.ts'
import { prepareLoginToken } from '#pki/login-token/prepare.ts'
import { signPdf } from '#pki/pdf/sign-stream.ts'
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

const signTender = async ({ certificate, key }: Issued, original = tender): Promise<Buffer> => {
  const chunks: Buffer[] = []
  const { patch } = await signPdf({
    source: bufferSource(original),
    sink: (chunk) => void chunks.push(Buffer.from(chunk)),
    certificate,
    algorithm: 'ecdsa-sha256',
    reason: '',
    location: '',
    signerName: certificate.subject.commonName ?? '',
    signingTime: now,
    placements: [],
    image: null,
    sign: ({ algorithm, toBeSigned }) => Promise.resolve(key.sign(algorithm, toBeSigned)),
  })
  const signed = Buffer.concat(chunks)
  signed.set(patch.bytes, patch.offset)
  return signed
}

describe('bids', () => {
  test('ok/signed by a bidder of an accepted authority', async () => {
    const { certificateId, signer } = await verifiers.bid(await signTender(bidder), now)
    expect([certificateId, signer]).toEqual([bidder.certificate.fingerprint, '华北建设工程有限公司 · 张三'])
  })

  test('ok/signed twice: the last signature counts', async () => {
    const second = issue({ commonName: '赵六', issuer: root, kind: 'P-256' })
    const { certificateId } = await verifiers.bid(await signTender(second, await signTender(bidder)), now)
    expect(certificateId).toBe(second.certificate.fingerprint)
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
    ['fail/cut off', async () => (await signTender(bidder)).subarray(0, tender.length + 500), 'bid.unsigned'],
  ])('%s', async (_name, make, code) => {
    const pdf = await make()
    await expect(verifiers.bid(pdf, now)).rejects.toMatchObject({ code })
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
