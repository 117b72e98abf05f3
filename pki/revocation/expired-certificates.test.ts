import { describe, expect, it } from 'vitest'

import { validatePath } from '../path/validate.ts'
import type { PathInput } from '../path/validate.ts'
import { createTestCrl, createTestOcspResponse, generalizedTime, testExtension } from '../testing/test-status.ts'
import type { TestCrlOptions } from '../testing/test-status.ts'
import { issue } from '../testing/test-ca.ts'

const root = issue({ commonName: 'Root', isCa: true })
const expiry = new Date('2023-06-01Z')
const { certificate } = issue({ commonName: 'Leaf', issuer: root, notAfter: expiry })
const [valid, expired] = [new Date('2023-05-01Z'), new Date('2024-06-03Z')]

const statusAt = (at: Date, input: Omit<PathInput, 'certificate' | 'anchors'>) =>
  validatePath({ ...input, certificate, anchors: [root.certificate], at }).statuses[0]

const expiredCertsOnCrl = (since: Date) => testExtension('2.5.29.60', generalizedTime(since))
const archiveCutoff = (since: Date) => testExtension('1.3.6.1.5.5.7.48.1.6', generalizedTime(since))
const listWith = (extensions: Uint8Array[], options: TestCrlOptions = {}) =>
  createTestCrl(root, { extensions, ...options })
const answerWith = (singleExtensions: Uint8Array[]) =>
  createTestOcspResponse(root, certificate, root.certificate, { singleExtensions })

/** A list and an answer of 2024 about a certificate that expired in 2023: asked about later, and about when it was valid. */
describe.each([
  ['after its expiry', expired, {}],
  ['when it was valid', valid, { revocation: { acceptsLater: true } }],
])('status data from behind the expiry, about a certificate %s', (_name, at, input) => {
  const ofList = (extensions: Uint8Array[], options?: TestCrlOptions) =>
    statusAt(at, { ...input, crls: [listWith(extensions, options)] })
  const ofAnswer = (extensions: Uint8Array[]) => statusAt(at, { ...input, ocspResponses: [answerWith(extensions)] })

  it('fail/a list that does not say whether it keeps expired certificates proves nothing', () => {
    expect(ofList([])).toEqual({ state: 'unknown', causes: ['crl_after_expiry'] })
    expect(ofAnswer([])).toEqual({ state: 'unknown', causes: ['ocsp_after_expiry'] })
  })

  it.each([['2020-01-01Z'], ['2023-06-01Z']])('ok/they keep what expired since %s', (since) => {
    expect(ofList([expiredCertsOnCrl(new Date(since))])).toMatchObject({ state: 'good', source: 'crl' })
    expect(ofAnswer([archiveCutoff(new Date(since))])).toMatchObject({ state: 'good', source: 'ocsp' })
  })

  it('fail/they keep only what expired a second later', () => {
    const since = new Date(expiry.getTime() + 1000)
    expect(ofList([expiredCertsOnCrl(since)])).toEqual({ state: 'unknown', causes: ['crl_after_expiry'] })
    expect(ofAnswer([archiveCutoff(since)])).toEqual({ state: 'unknown', causes: ['ocsp_after_expiry'] })
  })

  it('fail/what stands on the list is revoked, whatever the list keeps', () => {
    const entries = [{ certificate, revokedAt: new Date('2023-01-01Z') }]
    expect(ofList([], { entries })).toMatchObject({ state: 'revoked' })
    expect(ofList([expiredCertsOnCrl(expiry)], { entries })).toMatchObject({ state: 'revoked' })
  })

  it('fail/a delta that does not keep them may have taken it off', () => {
    const entries = [{ certificate, revokedAt: new Date('2023-01-01Z') }]
    const keeps = expiredCertsOnCrl(expiry)
    const complete = listWith([keeps], { entries })
    const delta = (extensions: Uint8Array[]) =>
      listWith(extensions, { number: 2, base: 1, entries: entries.map((entry) => ({ ...entry, reason: 8 })) })
    const status = (extensions: Uint8Array[]) => statusAt(at, { ...input, crls: [complete, delta(extensions)] })
    expect(status([])).toMatchObject({ state: 'unknown', causes: ['crl_after_expiry', 'crl_is_delta'] })
    expect(status([keeps])).toMatchObject({ state: 'good' })
  })

  it('ok/the extensions are known where they are critical', () => {
    const critical = (type: string) => [testExtension(type, generalizedTime(expiry), true)]
    expect(ofList(critical('2.5.29.60'))).toMatchObject({ state: 'good' })
    expect(ofAnswer(critical('1.3.6.1.5.5.7.48.1.6'))).toMatchObject({ state: 'good' })
  })
})

it('ok/a list from before the expiry needs to say nothing', () => {
  const crls = [listWith([], { thisUpdate: new Date('2023-04-01Z'), nextUpdate: new Date('2024-12-01Z') })]
  expect([statusAt(valid, { crls })?.state, statusAt(expired, { crls })?.state]).toEqual(['good', 'good'])
})
