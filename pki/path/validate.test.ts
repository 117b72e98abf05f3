import { describe, expect, it } from 'vitest'

import { sequence } from '../asn1/writer.ts'
import { issue } from '../testing/test-ca.ts'
import type { IssueOptions, Issued } from '../testing/test-ca.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { validatePath } from './validate.ts'

const root = issue({ commonName: 'Root', isCa: true, kind: 'rsa-2048' })
const make = (options: Partial<IssueOptions> & { issuer: Issued }): Issued =>
  issue({ commonName: 'CA', isCa: true, ...options })
const issuing = make({ commonName: 'Issuing', issuer: root })
const leaf = issue({ commonName: 'Leaf', issuer: issuing })
const certificates = (...items: Issued[]) => items.map(({ certificate }) => certificate)
const check = (target: Issued, between: Issued[], anchors: Issued[] = [root], at?: Date) =>
  validatePath({
    certificate: target.certificate,
    intermediates: certificates(...between),
    anchors: certificates(...anchors),
    ...(at === undefined ? {} : { at }),
  })
const failures = (report: ReturnType<typeof check>) => report.failures.map(({ rule, index }) => `${rule}@${index}`)

describe('the path to an anchor', () => {
  it('ok/is found whatever the order and whatever else lies about', () => {
    const noise = Array.from({ length: 20 }, (_, index) => make({ commonName: `Noise ${index}`, issuer: root }))
    const report = check(leaf, [...noise, issuing])
    expect(report).toMatchObject({ isValid: true, failures: [], revocation: 'not_checked' })
    expect(report.path.map(({ subject }) => subject.commonName)).toEqual(['Leaf', 'Issuing', 'Root'])
    expect(report.anchor?.certificate).toBe(root.certificate)
  })

  it('ok/an intermediate may be an anchor itself', () => {
    expect(check(leaf, [], [issuing])).toMatchObject({ isValid: true })
  })

  it('ok/of two CAs with one name the one that signed is taken', () => {
    const twin = make({ commonName: 'Issuing', issuer: root })
    expect(check(leaf, [twin, issuing])).toMatchObject({ isValid: true })
    expect(check(leaf, [issuing, twin])).toMatchObject({ isValid: true })
  })

  it.each(['rsa-pkcs1-sha384', 'rsa-pss-sha256', 'rsa-pss-sha512'] as const)('ok/signed with %s', (algorithm) => {
    const signed = issue({ commonName: 'Leaf', issuer: root, algorithm })
    expect(check(signed, [])).toMatchObject({ isValid: true })
  })

  const past = { notBefore: new Date('2019-01-01T00:00:00Z'), notAfter: new Date('2020-01-01T00:00:00Z') }
  const future = { notBefore: new Date('2040-01-01T00:00:00Z') }
  const unknown = { oid: '1.2.3.4', value: sequence(), isCritical: true }
  const names = { oid: '2.5.29.30', value: sequence(), isCritical: true }

  it.each<[string, () => ReturnType<typeof check>, string[]]>([
    ['no issuer at hand', () => check(leaf, []), ['issuer_not_found@0']],
    ['no anchor', () => check(leaf, [issuing], []), ['issuer_not_found@1']],
    ['an expired leaf', () => check(issue({ commonName: 'L', issuer: issuing, ...past }), [issuing]), ['expired@0']],
    [
      'a leaf of the future',
      () => check(issue({ commonName: 'L', issuer: issuing, ...future }), [issuing]),
      ['not_yet_valid@0'],
    ],
    [
      'an unknown critical extension',
      () => check(issue({ commonName: 'L', issuer: issuing, extensions: [unknown] }), [issuing]),
      ['critical_extension@0'],
    ],
    [
      'an RSA key of 1024 bits',
      () => check(issue({ commonName: 'L', issuer: issuing, kind: 'rsa-1024' }), [issuing]),
      ['key_too_short@0'],
    ],
    [
      'another anchor of the same name',
      () => check(leaf, [issuing], [issue({ commonName: 'Root', isCa: true })]),
      ['issuer_not_found@1'],
    ],
  ])('fail/%s', (_name, run, expected) => expect(failures(run())).toEqual(expected))

  it.each<[string, Partial<IssueOptions>, string[]]>([
    ['is no CA', { isCa: false, keyUsage: [5] }, ['not_a_ca@1']],
    ['may not sign certificates', { keyUsage: [6] }, ['key_usage@1']],
    ['has expired', past, ['expired@1']],
    ['has empty name constraints', { extensions: [names] }, ['extension_malformed@1']],
  ])('fail/the issuer %s', (_name, options, expected) => {
    const issuer = make({ commonName: 'Bad', issuer: root, ...options })
    expect(failures(check(issue({ commonName: 'L', issuer }), [issuer]))).toEqual(expected)
  })

  it('fail/a path longer than its CA allows', () => {
    const short = make({ commonName: 'Short', issuer: root, pathLength: 0 })
    const below = make({ commonName: 'Below', issuer: short })
    const target = issue({ commonName: 'L', issuer: below })
    expect(failures(check(target, [below, short]))).toEqual(['path_length@1'])
    expect(failures(check(issue({ commonName: 'L', issuer: short }), [short]))).toEqual([])
  })

  it('fail/a changed certificate does not verify', () => {
    const der = Uint8Array.from(leaf.certificate.der)
    const at = Buffer.from(der).indexOf('Leaf')
    der[at] = 'B'.charCodeAt(0)
    const changed = parseCertificate(der)
    const report = validatePath({
      certificate: changed,
      intermediates: certificates(issuing),
      anchors: certificates(root),
    })
    expect(failures(report)).toEqual(['signature_invalid@0'])
    expect(report.failures[0]?.subject).toContain('CN=Beaf')
  })

  it('ok/the check can be made for a moment of the past', () => {
    const old = issue({
      commonName: 'Old',
      issuer: issuing,
      notBefore: new Date('2021-01-01Z'),
      notAfter: new Date('2022-01-01Z'),
    })
    expect(failures(check(old, [issuing], [root], new Date('2021-06-01T00:00:00Z')))).toEqual([])
    expect(failures(check(old, [issuing]))).toEqual(['expired@0'])
  })

  it('ok/a cross certificate leads on where the old root has expired', () => {
    const oldRoot = issue({ commonName: 'Old root', isCa: true, ...past })
    const newRoot = issue({ commonName: 'New root', isCa: true })
    const crossed = make({ commonName: 'New root', key: newRoot.key, issuer: oldRoot })
    const ca = make({ commonName: 'CA', issuer: newRoot })
    const target = issue({ commonName: 'L', issuer: ca })
    expect(check(target, [ca, crossed], [oldRoot, newRoot]).path.at(-1)).toBe(newRoot.certificate)
    expect(failures(check(target, [ca, crossed], [oldRoot]))).toEqual(['expired@3'])
    const loop = make({ commonName: 'Old root', key: oldRoot.key, issuer: newRoot })
    expect(failures(check(target, [ca, crossed, loop], [root]))).toEqual(['issuer_not_found@3'])
  })

  it('ok/self-issued certificates of a change of keys do not count', () => {
    const old = make({ commonName: 'CA', issuer: root, pathLength: 0 })
    const renewed = make({ commonName: 'CA', issuer: old, pathLength: 0 })
    const target = issue({ commonName: 'L', issuer: renewed })
    expect(failures(check(target, [old, renewed]))).toEqual([])
    const input = {
      certificate: target.certificate,
      intermediates: certificates(old, renewed),
      anchors: certificates(root),
    }
    expect(validatePath({ ...input, maxPathLength: 1 }).isValid).toBe(true)
    expect(validatePath({ ...input, maxPathLength: 0 }).failures).toMatchObject([{ rule: 'path_length', index: 2 }])
  })

  it('ends at once on a heap of CAs that all look alike', () => {
    const heap = Array.from({ length: 60 }, () => make({ commonName: 'Loop', issuer: issuing }))
    const start = process.cpuUsage()
    const target = issue({ commonName: 'L', issuer: make({ commonName: 'Loop', issuer: issuing }) })
    expect(check(target, heap, [root]).isValid).toBe(false)
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000)
  })
})
