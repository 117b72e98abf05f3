import { describe, expect, it } from 'vitest'

import { encode, oid, sequence } from '../asn1/writer.ts'
import { createSoftKey } from '../testing/soft-key.ts'
import { issue } from '../testing/test-ca.ts'
import type { IssueOptions, Issued } from '../testing/test-ca.ts'
import { createTestCrl, testExtension } from '../testing/test-status.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { validatePath } from './validate.ts'
import type { PathInput } from './validate.ts'

const root = issue({ commonName: 'Root', isCa: true })
const certificates = (items: readonly Issued[]) => items.map(({ certificate }) => certificate)

/** Milliseconds of this process's own work. */
const validate = (input: Omit<PathInput, 'anchors'>) => {
  const start = process.cpuUsage()
  const report = validatePath({ anchors: [root.certificate], at: new Date('2025-01-01Z'), ...input })
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(1000)
  return report
}

const carry = (type: string, value: Uint8Array): NonNullable<IssueOptions['extensions']>[number] => ({
  oid: type,
  isCritical: true,
  value,
})
const dns = (name: string) => encode(0x82, Buffer.from(name, 'latin1'))
const names = (count: number, suffix: string) => Array.from({ length: count }, (_, index) => `h${index}.${suffix}`)
const permitting = (bases: readonly string[]) =>
  carry(extensionOids.nameConstraints, sequence(encode(0xa0, ...bases.map((base) => sequence(dns(base))))))
const named = (hosts: readonly string[]) => carry(extensionOids.subjectAltName, sequence(...hosts.map(dns)))
const policies = (list: readonly string[]) =>
  carry(extensionOids.certificatePolicies, sequence(...list.map((policy) => sequence(oid(policy)))))
const mappings = (pairs: readonly (readonly [string, string])[]) =>
  carry(extensionOids.policyMappings, sequence(...pairs.map(([from, to]) => sequence(oid(from), oid(to)))))

describe('hostile certificates', () => {
  const mesh = (size: number, options: Partial<IssueOptions> = {}) => {
    const authorities = Array.from({ length: size }, (_, index) =>
      issue({ commonName: `CA ${index}`, isCa: true, issuer: root, ...options }),
    )
    const crossed = authorities.flatMap((issuer) =>
      authorities
        .filter((subject) => subject !== issuer)
        .map(({ key, certificate }) =>
          issue({ commonName: certificate.subject.commonName ?? '', isCa: true, issuer, key, ...options }),
        ),
    )
    return { authorities, crossed, leaf: issue({ commonName: 'Leaf', issuer: authorities[0]! }) }
  }

  it('CAs that all certify each other lead nowhere, and that soon', () => {
    const { crossed, leaf } = mesh(30)
    const report = validate({ certificate: leaf.certificate, intermediates: certificates(crossed) })
    expect(report.isValid).toBe(false)
  })

  it('where all of their paths are bad in the end, some are tried', () => {
    const { authorities, crossed, leaf } = mesh(12)
    const report = validate({
      certificate: leaf.certificate,
      intermediates: certificates([...crossed, ...authorities]),
      requireExplicitPolicy: true,
    })
    expect(report.failures.map(({ rule }) => rule)).toEqual(['policy_required', 'limit_exceeded'])
  })

  it('thousands of certificates with the name of the issuer do not hide the right one for long', () => {
    const right = issue({ commonName: 'Twin', isCa: true, issuer: root })
    const twins = Array.from({ length: 3000 }, () =>
      issue({ commonName: 'Twin', isCa: true, issuer: root, key: root.key }),
    )
    const leaf = issue({ commonName: 'Leaf', issuer: right })
    const input = { certificate: leaf.certificate, intermediates: certificates([...twins, right]) }
    expect(validate(input)).toMatchObject({ isValid: true })
  })

  it('thousands of different keys under one name end at the limit of signature checks', () => {
    const keys = Array.from({ length: 600 }, () => createSoftKey('P-256'))
    const twins = keys.map((key) => issue({ commonName: 'Twin', isCa: true, issuer: root, key }))
    const target = issue({ commonName: 'Leaf', issuer: issue({ commonName: 'Twin', isCa: true }) })
    const report = validate({ certificate: target.certificate, intermediates: certificates(twins) })
    expect(report).toMatchObject({
      isValid: false,
      failures: [{ rule: 'limit_exceeded', details: { limit: 'signatures' } }],
    })
  })

  it('a policy tree that doubles with every level stays small', () => {
    const all = Array.from({ length: 40 }, (_, index) => `1.2.3.${index}`)
    const pairs = all.flatMap((from) => all.map((to) => [from, to] as const))
    let issuer = root
    const chain: Issued[] = []
    for (let depth = 0; depth < 15; depth++) {
      issuer = issue({ commonName: `CA ${depth}`, isCa: true, issuer, extensions: [policies(all), mappings(pairs)] })
      chain.push(issuer)
    }
    const leaf = issue({ commonName: 'Leaf', issuer, extensions: [policies(all)] })
    const report = validate({
      certificate: leaf.certificate,
      intermediates: certificates(chain),
      requireExplicitPolicy: true,
      policies: ['1.2.3.7'],
    })
    expect(report).toMatchObject({ isValid: true, policies: { userConstrained: ['1.2.3.7'] } })
  })

  it('many names under many constraints end at the limit', () => {
    const authority = issue({
      commonName: 'CA',
      isCa: true,
      issuer: root,
      extensions: [permitting(names(4000, 'example.com'))],
    })
    const leaf = issue({ commonName: 'Leaf', issuer: authority, extensions: [named(names(4000, 'example.org'))] })
    const report = validate({ certificate: leaf.certificate, intermediates: [authority.certificate] })
    expect(report.isValid).toBe(false)
    const inside = issue({ commonName: 'Leaf', issuer: authority, extensions: [named(names(4000, 'example.com'))] })
    const limited = validate({ certificate: inside.certificate, intermediates: [authority.certificate] })
    expect(limited.failures).toMatchObject([{ rule: 'limit_exceeded', details: { limit: 'work' } }])
  })

  it('a path deeper than the limit is none', () => {
    let issuer = root
    const chain = Array.from(
      { length: 25 },
      (_, index) => (issuer = issue({ commonName: `CA ${index}`, isCa: true, issuer })),
    )
    const leaf = issue({ commonName: 'Leaf', issuer })
    expect(validate({ certificate: leaf.certificate, intermediates: certificates(chain) }).isValid).toBe(false)
    const input = { certificate: leaf.certificate, intermediates: certificates(chain), limits: { depth: 26 } }
    expect(validate(input).isValid).toBe(true)
  })

  it('signers of CRLs that hang on each other in a long row are not followed to its end', () => {
    const nameOf = (index: number) => issue({ commonName: `S${index}` }).certificate.subject.der
    const signers = Array.from({ length: 100 }, (_, index) =>
      issue({
        commonName: `S${index}`,
        issuer: root,
        keyUsage: [6],
        extensions: [
          carry(extensionOids.crlDistributionPoints, sequence(sequence(encode(0xa2, encode(0xa4, nameOf(index + 1)))))),
        ],
      }),
    )
    const scope = testExtension(extensionOids.issuingDistributionPoint, sequence(Uint8Array.of(0x84, 1, 0xff)), true)
    const report = validate({
      certificate: signers[0]!.certificate,
      intermediates: certificates(signers),
      crls: signers.map((signer) => createTestCrl(signer, { extensions: [scope] })),
    })
    expect(report).toMatchObject({ isValid: false, revocation: 'unknown' })
  })

  it('a moment that is none is refused', () => {
    const input = { certificate: root.certificate, at: new Date('never') }
    expect(() => validate(input)).toThrow(expect.objectContaining({ code: 'request.invalid' }))
  })
})
