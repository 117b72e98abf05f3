import { describe, expect, it } from 'vitest'

import { encode, oid, sequence } from '../asn1/writer.ts'
import { issue } from '../testing/test-ca.ts'
import type { IssueOptions } from '../testing/test-ca.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { defaultAlgorithms } from './algorithm-policy.ts'
import { describeReport, failureLine } from './describe.ts'
import { validatePath } from './validate.ts'
import type { PathInput } from './validate.ts'

const extension = (type: string, value: Uint8Array, isCritical = false) => ({ oid: type, isCritical, value })
const asserting = (...policies: string[]) =>
  extension(extensionOids.certificatePolicies, sequence(...policies.map((policy) => sequence(oid(policy)))))
const purposes = (...list: string[]) => extension(extensionOids.extendedKeyUsage, sequence(...list.map(oid)))
const serverAuth = '1.3.6.1.5.5.7.3.1'
const clientAuth = '1.3.6.1.5.5.7.3.2'

const root = issue({ commonName: 'Root', isCa: true })
const make = (options: Partial<IssueOptions> = {}) => issue({ commonName: 'Leaf', issuer: root, ...options })
const rules = (input: Omit<PathInput, 'anchors'> & Partial<PathInput>) =>
  validatePath({ anchors: [root.certificate], ...input }).failures.map(({ rule, index }) => `${rule}@${index}`)
const { certificate } = make()

describe('what the caller asks for', () => {
  it('ok/an anchor may be a name and a key', () => {
    const bare = { name: root.certificate.subject, spki: root.certificate.spki }
    const report = validatePath({ certificate, anchors: [bare] })
    expect(report).toMatchObject({ isValid: true, path: [certificate], anchor: { certificate: null } })
    const stranger = issue({ commonName: 'Root', isCa: true })
    expect(rules({ certificate, anchors: [{ ...bare, spki: stranger.certificate.spki }] })).toEqual([
      'signature_invalid@0',
    ])
  })

  it('fail/an anchor comes with constraints (RFC 5937)', () => {
    const ca = make({ commonName: 'CA', isCa: true })
    const leaf = make({ issuer: ca, extensions: [asserting('1.2.3.4')] }).certificate
    const bare = { name: root.certificate.subject, spki: root.certificate.spki }
    const intermediates = [ca.certificate]
    const anchors = [{ ...bare, constraints: { pathLength: 0 } }]
    expect(rules({ certificate: leaf, intermediates, anchors })).toEqual(['path_length@1'])
    const excluded = [{ form: 'directory' as const, name: root.certificate.subject }]
    const named = [{ ...bare, constraints: { nameConstraints: { permitted: excluded, excluded: [] } } }]
    expect(rules({ certificate: leaf, intermediates, anchors: named })).toEqual([
      'name_not_permitted@0',
      'name_not_permitted@1',
    ])
    const policies = [{ ...bare, constraints: { policies: ['1.2.3.5'] } }]
    const direct = make({ extensions: [asserting('1.2.3.4')] }).certificate
    expect(rules({ certificate: direct, anchors: policies, requireExplicitPolicy: true })).toEqual([
      'policy_required@0',
    ])
  })

  it('fail/extensions in a certificate whose version has none', () => {
    for (const version of [1, 2]) {
      expect(rules({ certificate: { ...certificate, version } })).toEqual(['extensions_in_old_version@0'])
      expect(rules({ certificate: { ...certificate, version, extensions: [] } })).toEqual([])
    }
  })

  it('fail/the certificate of an anchor has expired, unless only its name and key count', () => {
    const old = issue({ commonName: 'Old', isCa: true, notAfter: new Date('2021-01-01Z') })
    const leaf = make({ issuer: old }).certificate
    expect(rules({ certificate: leaf, anchors: [old.certificate] })).toEqual(['expired@1'])
    expect(rules({ certificate: leaf, anchors: [old.certificate], areAnchorsConstrained: false })).toEqual([])
  })

  it('fail/the use of the key', () => {
    expect(rules({ certificate, keyUsage: ['digitalSignature'] })).toEqual([])
    expect(rules({ certificate, keyUsage: ['keyEncipherment'] })).toEqual(['key_usage_required@0'])
    expect(rules({ certificate: make({ keyUsage: null }).certificate, keyUsage: ['keyEncipherment'] })).toEqual([])
  })

  it('fail/the purpose, of the target and of CAs that restrict it', () => {
    const ca = make({ commonName: 'CA', isCa: true, extensions: [purposes(clientAuth)] })
    const leaf = make({ issuer: ca, extensions: [purposes(serverAuth)] }).certificate
    const input = { certificate: leaf, intermediates: [ca.certificate] }
    expect(rules({ ...input, extendedKeyUsage: clientAuth })).toEqual(['extended_key_usage@0'])
    expect(rules({ ...input, extendedKeyUsage: serverAuth })).toEqual(['extended_key_usage@1'])
    expect(rules({ certificate, extendedKeyUsage: serverAuth })).toEqual([])
  })

  it.each<[string, boolean]>([
    ['www.example.com', true],
    ['WWW.EXAMPLE.COM', true],
    ['a.example.org', true],
    ['a.b.example.org', false],
    ['example.org', false],
    ['example.com', false],
    ['10.0.0.1', true],
    ['10.0.0.2', false],
    ['::1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['::2', false],
    ['user@example.com', true],
    ['User@example.com', false],
    ['Leaf', false],
    ['some@somex', false],
  ])('the peer %s is named: %s', (peerName, isNamed) => {
    const names = sequence(
      encode(0x82, Buffer.from('www.example.com')),
      encode(0x82, Buffer.from('*.example.org')),
      encode(0x87, Uint8Array.of(10, 0, 0, 1)),
      encode(0x87, Buffer.from('00000000000000000000000000000001', 'hex')),
      encode(0x81, Buffer.from('user@example.com')),
      encode(0x81, Buffer.from('somex')),
    )
    const named = make({ extensions: [extension(extensionOids.subjectAltName, names)] }).certificate
    expect(rules({ certificate: named, peerName })).toEqual(isNamed ? [] : ['peer_name@0'])
  })

  it('fail/algorithms', () => {
    const sm2 = issue({ commonName: 'SM2', isCa: true, kind: 'sm2' })
    const leaf = make({ issuer: sm2, kind: 'sm2' }).certificate
    expect(rules({ certificate: leaf, anchors: [sm2.certificate] })).toEqual([])
    const algorithms = {
      ...defaultAlgorithms,
      curves: new Set(['P-256'] as const),
      digests: new Set(['sha256'] as const),
    }
    expect(rules({ certificate: leaf, anchors: [sm2.certificate], algorithms })).toEqual([
      'key_refused@0',
      'algorithm_refused@0',
      'key_refused@1',
    ])
  })

  it('fail/qualifiers that nobody knows in critical policies', () => {
    const information = sequence(oid('1.2.3'), sequence(sequence(oid('1.2.3.9'), Uint8Array.of(5, 0))))
    const carry = (isCritical: boolean) =>
      make({ extensions: [extension(extensionOids.certificatePolicies, sequence(information), isCritical)] })
        .certificate
    expect(rules({ certificate: carry(true) })).toEqual(['critical_extension@0'])
    expect(rules({ certificate: carry(false) })).toEqual([])
  })

  it('fail/the profile of conforming CAs, on request', () => {
    const loose = make({ keyUsage: [5] }).certificate
    expect(rules({ certificate: loose })).toEqual([])
    expect(
      validatePath({ certificate: loose, anchors: [root.certificate], profile: 'rfc5280' }).failures,
    ).toMatchObject([{ rule: 'certificate_profile', details: { requirement: 'key_cert_sign_for_cas' } }])
    expect(rules({ certificate, profile: 'rfc5280' })).toEqual([])
  })
})

describe('a report', () => {
  it('ok/is plain JSON, and a line for each failure', () => {
    const late = make({ notAfter: new Date('2021-01-01Z') }).certificate
    const report = describeReport(
      validatePath({ certificate: late, anchors: [root.certificate], at: new Date('2025-01-01Z') }),
    )
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(report.certificates).toMatchObject([{ serial: late.serial, revocation: { state: 'not_checked' } }, {}])
    expect(report.failures.map(failureLine)).toEqual([
      '#0 CN=Leaf, O=Test, C=CN: It has expired at the time of the check. [expired, RFC 5280 §6.1.3 (a)(2)] notAfter: 2021-01-01T00:00:00.000Z',
    ])
  })
})
