import { describe, expect, it } from 'vitest'

import { oid, sequence } from '../asn1/writer.ts'
import type { RevocationOptions } from '../path/types.ts'
import { validatePath } from '../path/validate.ts'
import { issue } from '../testing/test-ca.ts'
import type { IssueOptions, Issued } from '../testing/test-ca.ts'
import { createTestCrl, createTestOcspResponse, testExtension } from '../testing/test-status.ts'
import type { TestOcspOptions } from '../testing/test-status.ts'
import { extensionOids, keyPurposes } from '../x509/extension-oids.ts'
import type { CertificateList } from './crl.ts'
import { parseOcspResponse } from './ocsp.ts'
import type { OcspResponse } from './ocsp.ts'

const ca = issue({ commonName: 'CA', isCa: true })
const leaf = issue({ commonName: 'Leaf', issuer: ca })
const signing = {
  oid: extensionOids.extendedKeyUsage,
  isCritical: false,
  value: sequence(oid(keyPurposes.ocspSigning)),
}
const noCheck = { oid: extensionOids.ocspNoCheck, isCritical: false, value: Uint8Array.of(5, 0) }
const delegate = (options: Partial<IssueOptions> = {}): Issued =>
  issue({ commonName: 'Responder', issuer: ca, keyUsage: [0], extensions: [signing, noCheck], ...options })

const check = (response: OcspResponse, revocation: RevocationOptions = {}, crls: CertificateList[] = []) => {
  const report = validatePath({
    certificate: leaf.certificate,
    anchors: [ca.certificate],
    ocspResponses: [response],
    crls,
    at: new Date('2024-06-03Z'),
    revocation,
  })
  return { ...report.statuses[0], isValid: report.isValid }
}
const answer = (options: TestOcspOptions = {}, responder = ca) =>
  createTestOcspResponse(responder, leaf.certificate, ca.certificate, options)
const delegated = (responder: Issued, options: TestOcspOptions = {}) =>
  answer({ certificates: [responder.certificate], ...options }, responder)

describe('OCSP', () => {
  it.each<[string, OcspResponse]>([
    ['by the CA itself', answer()],
    ['by its key', answer({ isByKey: true })],
    ['by the SM3 of its key', answer({ isByKey: true, keyHash: 'sm3' })],
    ['about SHA-256 of the issuer', answer({ hash: 'sha256' })],
    ['about SM3 of the issuer', answer({ hash: 'sm3' })],
    ['by a delegate', delegated(delegate())],
    ['by a delegate, by its key', delegated(delegate(), { isByKey: true })],
    ['by a delegate with RSA', delegated(delegate({ kind: 'rsa-2048' }))],
    ['without an end, within a day', answer({ nextUpdate: null, thisUpdate: new Date('2024-06-02T12:00:00Z') })],
  ])('ok/good %s', (_name, response) =>
    expect(check(response)).toMatchObject({ state: 'good', source: 'ocsp', isValid: true }),
  )

  it('fail/revoked, with time and reason', () => {
    expect(check(answer({ status: 'revoked', reason: 1 }))).toMatchObject({
      state: 'revoked',
      reason: 'keyCompromise',
      revokedAt: new Date('2024-05-01Z'),
      isValid: false,
    })
  })

  it.each<[string, OcspResponse, string, RevocationOptions?]>([
    ['the responder does not know it', answer({ status: 'unknown' }), 'ocsp_unknown'],
    ['it is too old', answer({ nextUpdate: new Date('2024-06-02Z') }), 'ocsp_expired'],
    ['it is from the future', answer({ thisUpdate: new Date('2024-06-04Z') }), 'ocsp_not_yet_valid'],
    ['it is without an end and old', answer({ nextUpdate: null }), 'ocsp_expired'],
    [
      'it is about another',
      createTestOcspResponse(ca, issue({ commonName: 'X', issuer: ca }).certificate, ca.certificate),
      'no_status_data',
    ],
    ['a delegate has no such purpose', delegated(delegate({ extensions: [noCheck] })), 'ocsp_responder_untrusted'],
    [
      'a delegate of another CA answers',
      delegated(delegate({ issuer: issue({ commonName: 'CA', isCa: true }) })),
      'ocsp_responder_untrusted',
    ],
    [
      'the delegate has expired',
      delegated(delegate({ notAfter: new Date('2024-06-02Z') })),
      'ocsp_responder_untrusted',
    ],
    ['the delegate may be revoked', delegated(delegate({ extensions: [signing] })), 'ocsp_responder_untrusted'],
    ['the delegate does not come along', delegated(delegate(), { certificates: [] }), 'ocsp_responder_not_found'],
    ['the nonce is missing', answer(), 'ocsp_nonce', { nonce: Uint8Array.of(1, 2) }],
    ['the nonce is another', answer({ nonce: Uint8Array.of(1) }), 'ocsp_nonce', { nonce: Uint8Array.of(1, 2) }],
    [
      'it has a critical extension nobody knows',
      answer({ extensions: [testExtension('1.2.3', Uint8Array.of(5, 0), true)] }),
      'ocsp_critical_extension',
    ],
  ])('fail/unknown where %s', (_name, response, cause, revocation = {}) => {
    expect(check(response, revocation)).toMatchObject({ state: 'unknown', causes: [cause], isValid: false })
  })

  it('ok/with the nonce of the request', () => {
    const nonce = Uint8Array.of(1, 2, 3)
    expect(check(answer({ nonce }), { nonce })).toMatchObject({ state: 'good' })
  })

  it('ok/a delegate whose own state is on a CRL', () => {
    const responder = delegate({ extensions: [signing] })
    const crl = (entries: { certificate: Issued['certificate'] }[]) => [createTestCrl(ca, { entries })]
    expect(check(delegated(responder), {}, crl([]))).toMatchObject({ state: 'good', source: 'ocsp' })
    const revoked = check(
      delegated(responder, { status: 'unknown' }),
      {},
      crl([{ certificate: responder.certificate }]),
    )
    expect(revoked).toMatchObject({ state: 'good', source: 'crl' })
  })

  it('ok/a responder that the caller trusts', () => {
    const stranger = issue({ commonName: 'Local responder' })
    expect(check(delegated(stranger))).toMatchObject({ causes: ['ocsp_responder_untrusted'] })
    expect(check(delegated(stranger), { responders: [stranger.certificate] })).toMatchObject({ state: 'good' })
    const gone = issue({ commonName: 'Local responder', notAfter: new Date('2024-05-31Z') })
    expect(check(delegated(gone), { responders: [gone.certificate] })).toMatchObject({
      causes: ['ocsp_responder_untrusted'],
    })
  })

  it('fail/revoked on a CRL is revoked, whatever OCSP says', () => {
    const crl = createTestCrl(ca, { entries: [{ certificate: leaf.certificate }] })
    expect(check(answer(), {}, [crl])).toMatchObject({ state: 'revoked', source: 'crl' })
  })

  it('fail/a changed answer is no answer', () => {
    const der = Uint8Array.from(answer().der)
    const at = Buffer.from(der).indexOf(Buffer.from('20240608'))
    der[at + 3] = '9'.charCodeAt(0)
    expect(check(parseOcspResponse(der))).toMatchObject({ causes: ['ocsp_signature'] })
  })

  it('ok/SM2 responders', () => {
    const top = issue({ commonName: 'SM2 CA', isCa: true, kind: 'sm2' })
    const holder = issue({ commonName: 'SM2 holder', issuer: top, kind: 'sm2' })
    const responder = delegate({ issuer: top, kind: 'sm2' })
    const response = createTestOcspResponse(responder, holder.certificate, top.certificate, {
      hash: 'sm3',
      certificates: [responder.certificate],
    })
    const report = validatePath({
      certificate: holder.certificate,
      anchors: [top.certificate],
      ocspResponses: [response],
      at: new Date('2024-06-03Z'),
    })
    expect(report).toMatchObject({ isValid: true, revocation: 'good' })
  })

  it('ok/an error of the responder is told as such', () => {
    expect(parseOcspResponse(Uint8Array.of(0x30, 3, 0x0a, 1, 6))).toMatchObject({ responseStatus: 'unauthorized' })
    expect(check(parseOcspResponse(Uint8Array.of(0x30, 3, 0x0a, 1, 3)))).toMatchObject({
      causes: ['ocsp_not_successful'],
    })
  })
})
