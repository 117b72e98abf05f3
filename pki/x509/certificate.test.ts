import { describe, expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { utf8String } from '../asn1/writer.ts'
import { issue } from '../testing/test-ca.ts'
import type { IssueOptions } from '../testing/test-ca.ts'
import { parseCertificate, parseCertificates } from './certificate.ts'

const issuing = issue({ commonName: 'Issuing', isCa: true })
const leaf = issue({ commonName: 'Leaf', issuer: issuing })

describe('reading certificates', () => {
  const code = '91350100M000100Y43'
  const holder = (organization: string, extensions: IssueOptions['extensions'] = []) =>
    issue({ commonName: 'Holder', organization, extensions }).certificate.identity.creditCode
  const carried = (oid: string, value: Uint8Array) => [{ oid, value, isCritical: false }]

  it.each([
    ['in the extension of 2012', holder('X', carried('1.2.156.10260.4.1.4', utf8String(code)))],
    ['in the extension of 2023', holder('X', carried('1.2.156.10260.4.4', utf8String(code)))],
    ['as bare text', holder('X', carried('1.2.86.11.7.4', Buffer.from(code)))],
    [
      'inside a context tag',
      holder('X', carried('1.2.156.10260.4.1.4', Buffer.concat([Buffer.from([0xa0, 20]), utf8String(code)]))),
    ],
    ['in front of the name in O', holder(`${code}淄博市中标公司`)],
    ['alone in O', holder(code)],
  ])('ok/the credit code is found %s', (_name, found) => expect(found).toBe(code))

  it('ok/a name without a code has none', () => {
    expect(holder('中标公司 12345')).toBeNull()
  })

  it('ok/another number in the extension does not hide the code', () => {
    const other = carried('1.2.156.10260.4.1.4', utf8String('12345678-9'))
    expect(holder(`${code}某公司`, other)).toBe(code)
    expect(holder('X', [...other, ...carried('1.2.156.10260.4.4', utf8String(code))])).toBe(code)
    expect(holder('某公司', other)).toBeNull()
  })

  it('ok/control and direction characters never reach a window', () => {
    const names = { commonName: 'a\u202eb\u0000c, O=d', organization: 'e\u200e\u200f\u061c\u2066f' }
    const { subject } = issue(names).certificate
    expect(subject.text).toContain('CN=a\ufffdb\ufffdc\\, O\\=d')
    expect(subject.commonName).toBe('a\ufffdb\ufffdc, O=d')
    expect(subject.organization).toBe('e\ufffd\ufffd\ufffd\ufffdf')
  })

  it('ok/a key of octets that make no sense leaves the certificate readable', () => {
    const rsa = issue({ commonName: 'RSA', kind: 'rsa-2048' }).certificate
    const der = Uint8Array.from(rsa.der)
    const at = Buffer.from(der).indexOf(rsa.spki) + rsa.spki.length - 270
    der.fill(0x2a, at, at + 12)
    expect(parseCertificate(der).key).toMatchObject({ type: 'other', bits: 0 })
  })

  it('ok/a PEM bundle is read in order', () => {
    const bundle = Buffer.from(`text\n${leaf.pem}\n# note\n${issuing.pem}`)
    expect(parseCertificates(bundle).map(({ subject }) => subject.commonName)).toEqual(['Leaf', 'Issuing'])
    expect(() => parseCertificates(Buffer.from('nothing'))).toThrow(AppError)
  })

  it('fail/what is behind the certificate is not overlooked', () => {
    const longer = Buffer.concat([leaf.certificate.der, new Uint8Array(1)])
    expect(() => parseCertificate(longer)).toThrow(
      expect.objectContaining({
        code: 'certificate.malformed',
        details: { reason: 'trailing_data', offset: leaf.certificate.der.length },
      }),
    )
  })
})
