import { describe, expect, it } from 'vitest'

import { encode, sequence } from '../asn1/writer.ts'
import type { RevocationOptions } from '../path/types.ts'
import { validatePath } from '../path/validate.ts'
import { issue } from '../testing/test-ca.ts'
import type { Issued } from '../testing/test-ca.ts'
import { createTestCrl, testExtension } from '../testing/test-status.ts'
import type { TestCrlOptions } from '../testing/test-status.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { parseCrl } from './crl.ts'
import type { CertificateList } from './crl.ts'

const root = issue({ commonName: 'Root', isCa: true })
const issuing = issue({ commonName: 'Issuing', isCa: true, issuer: root })
const leaf = issue({ commonName: 'Leaf', issuer: issuing })
const rootCrl = createTestCrl(root)
const ofLeaf = { certificate: leaf.certificate }

const status = (
  crls: readonly CertificateList[],
  revocation: RevocationOptions = {},
  at = new Date('2025-01-01Z'),
  intermediates: Issued[] = [issuing],
) => {
  const report = validatePath({
    certificate: leaf.certificate,
    intermediates: intermediates.map(({ certificate }) => certificate),
    anchors: [root.certificate],
    crls: [rootCrl, ...crls],
    at,
    revocation,
  })
  const [first] = report.statuses
  return { ...first, isValid: report.isValid, rules: report.failures.map(({ rule, index }) => `${rule}@${index}`) }
}

const crl = (options: TestCrlOptions = {}, issuer = issuing) => createTestCrl(issuer, options)

describe('CRLs', () => {
  it('ok/a certificate that is not listed is good', () => {
    expect(status([crl()])).toMatchObject({ state: 'good', source: 'crl', isValid: true })
  })

  it('fail/a listed one is revoked, with reason and time', () => {
    expect(status([crl({ entries: [{ ...ofLeaf, reason: 1 }] })])).toMatchObject({
      state: 'revoked',
      reason: 'keyCompromise',
      revokedAt: new Date('2023-06-01Z'),
      rules: ['revoked@0'],
    })
  })

  it.each<[string, CertificateList[], string]>([
    ['there is none', [], 'no_status_data'],
    ['it has expired', [crl({ nextUpdate: new Date('2024-06-01Z') })], 'crl_expired'],
    ['it is of the future', [crl({ thisUpdate: new Date('2025-06-01Z') })], 'crl_not_yet_valid'],
    ['it does not say how long it lasts', [crl({ nextUpdate: null })], 'crl_next_update_missing'],
    [
      'it has a critical extension nobody knows',
      [crl({ extensions: [testExtension('1.2.3', Uint8Array.of(5, 0), true)] })],
      'crl_critical_extension',
    ],
    ['it is a delta without its base', [crl({ number: 2, base: 1 })], 'crl_is_delta'],
    [
      'another key of the same name signed it',
      [crl({}, issue({ commonName: 'Issuing', isCa: true, issuer: root }))],
      'crl_signature',
    ],
  ])('fail/the state is unknown where %s', (_name, crls, cause) => {
    expect(status(crls)).toMatchObject({
      state: 'unknown',
      causes: [cause],
      isValid: false,
      rules: ['revocation_unknown@0'],
    })
    expect(status(crls, { mode: 'soft' })).toMatchObject({ state: 'unknown', causes: [cause], isValid: true })
  })

  it('ok/a delta takes a certificate off the list, and puts others on it', () => {
    const held = crl({ entries: [{ ...ofLeaf, reason: 6 }], number: 4 })
    const released = crl({ entries: [{ ...ofLeaf, reason: 8 }], number: 5, base: 3 })
    const revoked = crl({ entries: [{ ...ofLeaf, reason: 4 }], number: 6, base: 3 })
    expect(status([held])).toMatchObject({ state: 'revoked', reason: 'certificateHold' })
    expect(status([held, released])).toMatchObject({ state: 'good' })
    expect(status([held, released, revoked])).toMatchObject({ state: 'revoked', reason: 'superseded' })
    expect(status([crl({ number: 2 }), revoked]), 'a delta to a later base is not used').toMatchObject({
      state: 'good',
    })
  })

  it('ok/another certificate of the CA may sign its CRLs, if its own path holds', () => {
    const signer = issue({ commonName: 'Issuing', issuer: root, keyUsage: [6] })
    const list = crl({ entries: [ofLeaf] }, signer)
    expect(status([list], {}, undefined, [issuing, signer])).toMatchObject({ state: 'revoked' })
    const stranger = issue({ commonName: 'Issuing', keyUsage: [6] })
    const theirs = crl({ entries: [ofLeaf] }, stranger)
    expect(status([theirs], {}, undefined, [issuing, stranger])).toMatchObject({ causes: ['crl_signer_untrusted'] })
    const revokedSigner = createTestCrl(root, { entries: [{ certificate: signer.certificate }], number: 2 })
    const report = validatePath({
      certificate: leaf.certificate,
      intermediates: [issuing.certificate, signer.certificate],
      anchors: [root.certificate],
      crls: [revokedSigner, list],
      at: new Date('2025-01-01Z'),
    })
    expect(report.statuses[0]).toMatchObject({ state: 'unknown', causes: ['crl_signer_untrusted'] })
  })

  describe('signers that vouch for each other', () => {
    const nameOf = (commonName: string) => issue({ commonName }).certificate.subject.der
    /** A certificate whose state is on the indirect CRLs of these issuers. */
    const covered = (commonName: string, ...by: string[]) => {
      const points = by.map((name) => sequence(encode(0xa2, encode(0xa4, nameOf(name)))))
      const extensions = [{ oid: extensionOids.crlDistributionPoints, isCritical: false, value: sequence(...points) }]
      return issue({ commonName, issuer: issuing, keyUsage: [6], extensions })
    }
    const indirect = testExtension(extensionOids.issuingDistributionPoint, sequence(Uint8Array.of(0x84, 1, 0xff)), true)
    const one = covered('One', 'Two')
    const two = covered('Two', 'One')
    const target = covered('Target', 'One', 'Two')
    const check = (...revokedByTwo: Issued[]) =>
      validatePath({
        certificate: target.certificate,
        intermediates: [issuing, one, two].map(({ certificate }) => certificate),
        anchors: [root.certificate],
        crls: [
          rootCrl,
          createTestCrl(one, { extensions: [indirect] }),
          createTestCrl(two, {
            extensions: [indirect],
            entries: revokedByTwo.map(({ certificate }) => ({ certificate, isIndirect: true })),
          }),
        ],
        at: new Date('2025-01-01Z'),
        revocation: { scope: 'target' },
      }).statuses[0]

    it('ok/are believed while nothing speaks against them', () => {
      expect(check()).toMatchObject({ state: 'good' })
    })
    it('fail/are both not believed once one of them falls', () => {
      expect(check(one)).toMatchObject({ state: 'unknown', causes: ['crl_signer_untrusted'] })
    })
  })

  it('ok/what was issued later tells more of a moment of the past, where that is accepted', () => {
    const at = new Date('2023-01-01Z')
    const later = crl({ entries: [{ ...ofLeaf, revokedAt: new Date('2023-06-01Z') }] })
    expect(status([later], { mode: 'soft' }, at)).toMatchObject({ state: 'unknown' })
    expect(status([later], { acceptsLater: true }, at)).toMatchObject({ state: 'good' })
    const before = crl({ entries: [{ ...ofLeaf, revokedAt: new Date('2022-06-01Z') }] })
    expect(status([before], { acceptsLater: true }, at)).toMatchObject({ state: 'revoked' })
  })

  it('ok/the path may be asked about at the target alone, or not at all', () => {
    const revokedIssuer = createTestCrl(root, { entries: [{ certificate: issuing.certificate }], number: 2 })
    const input = {
      certificate: leaf.certificate,
      intermediates: [issuing.certificate],
      anchors: [root.certificate],
      crls: [revokedIssuer, crl()],
      at: new Date('2025-01-01Z'),
    }
    expect(validatePath(input).failures).toMatchObject([{ rule: 'revoked', index: 1 }])
    expect(validatePath({ ...input, revocation: { scope: 'target' } })).toMatchObject({
      isValid: true,
      revocation: 'good',
    })
    expect(validatePath({ ...input, revocation: { mode: 'off' } })).toMatchObject({ revocation: 'not_checked' })
  })

  it('ok/SM2 all the way', () => {
    const top = issue({ commonName: 'SM2 root', isCa: true, kind: 'sm2' })
    const holder = issue({ commonName: 'SM2 holder', issuer: top, kind: 'sm2' })
    const check = (entries: { certificate: typeof holder.certificate }[]) =>
      validatePath({
        certificate: holder.certificate,
        anchors: [top.certificate],
        crls: [createTestCrl(top, { entries })],
        at: new Date('2025-01-01Z'),
      })
    expect(check([])).toMatchObject({ isValid: true, revocation: 'good' })
    expect(check([{ certificate: holder.certificate }])).toMatchObject({ isValid: false, revocation: 'revoked' })
  })

  it('ok/a list of 100,000 entries is searched at once', () => {
    const entries = Array.from({ length: 100_000 }, () => ({ certificate: root.certificate }))
    const list = crl({ entries: [...entries, ofLeaf] })
    const start = process.cpuUsage()
    expect(parseCrl(list.der).entryCount).toBe(100_001)
    expect(status([list])).toMatchObject({ state: 'revoked' })
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000)
  })
})
