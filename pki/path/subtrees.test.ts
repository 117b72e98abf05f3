import { describe, expect, it } from 'vitest'

import { readDer } from '../asn1/reader.ts'
import { encode, oid, sequence, setOf, utf8String } from '../asn1/writer.ts'
import { issue } from '../testing/test-ca.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { readName } from '../x509/name.ts'
import { validatePath } from './validate.ts'

const text = (tag: number) => (value: string) => encode(tag, Buffer.from(value, 'latin1'))
const email = text(0x81)
const dns = text(0x82)
const uri = text(0x86)
const ip = (...bytes: number[]) => encode(0x87, Uint8Array.from(bytes))
const directory = (commonName: string) =>
  encode(
    0xa4,
    sequence(
      setOf(sequence(oid('2.5.4.6'), utf8String('CN'))),
      setOf(sequence(oid('2.5.4.10'), utf8String(commonName))),
    ),
  )
const registered = encode(0x88, Uint8Array.of(0x2a, 3))

const root = issue({ commonName: 'Root', isCa: true })
const extension = (type: string, value: Uint8Array) => ({ oid: type, isCritical: true, value })

/** Rules that fail at the leaf, under a CA with these subtrees. */
const check = (
  constraints: { permitted?: Uint8Array[]; excluded?: Uint8Array[] },
  ...names: Uint8Array[]
): string[] => {
  const subtrees = (number: number, bases: readonly Uint8Array[] = []) =>
    bases.length === 0 ? [] : [encode(0xa0 | number, ...bases.map((base) => sequence(base)))]
  const value = sequence(...subtrees(0, constraints.permitted), ...subtrees(1, constraints.excluded))
  const ca = issue({
    commonName: 'CA',
    isCa: true,
    issuer: root,
    extensions: [extension(extensionOids.nameConstraints, value)],
  })
  const extensions = names.length === 0 ? [] : [extension(extensionOids.subjectAltName, sequence(...names))]
  const leaf = issue({ commonName: 'Leaf', issuer: ca, extensions })
  const report = validatePath({
    certificate: leaf.certificate,
    intermediates: [ca.certificate],
    anchors: [root.certificate],
  })
  return report.failures.map(({ rule, index }) => `${rule}@${index}`)
}

const inside: [string, Uint8Array, Uint8Array][] = [
  ['a host', dns('example.com'), dns('example.com')],
  ['a host below, in other letters', dns('example.com'), dns('A.b.EXAMPLE.com')],
  ['any host', dns(''), dns('example.com')],
  ['a wildcard below', dns('example.com'), dns('*.example.com')],
  ['a mailbox', email('a@example.com'), email('a@EXAMPLE.com')],
  ['a mailbox at the host', email('example.com'), email('b@example.com')],
  ['a mailbox at a host below', email('.example.com'), email('b@x.example.com')],
  ['a URI at the host', uri('example.com'), uri('https://u:p@Example.com:8443/x?y#z')],
  ['a URI at a host below', uri('.example.com'), uri('ldap://x.example.com')],
  ['an address', ip(10, 0, 0, 0, 255, 0, 0, 0), ip(10, 1, 2, 3)],
  [
    'an address of version 6',
    ip(...Array<number>(15).fill(0), 1, ...Array<number>(16).fill(255)),
    ip(...Array<number>(15).fill(0), 1),
  ],
  ['a directory name', directory('TEST'), directory('Test')],
]
const outside: [string, Uint8Array, Uint8Array][] = [
  ['a host that ends alike', dns('example.com'), dns('notexample.com')],
  ['a host above', dns('a.example.com'), dns('example.com')],
  ['a mailbox with another case', email('a@example.com'), email('A@example.com')],
  ['a mailbox below the host', email('example.com'), email('b@x.example.com')],
  ['a mailbox at the host itself', email('.example.com'), email('b@example.com')],
  ['a URI below the host', uri('example.com'), uri('https://x.example.com/')],
  ['an address beside', ip(10, 0, 0, 0, 255, 0, 0, 0), ip(11, 1, 2, 3)],
  ['an address of the other version', ip(10, 0, 0, 0, 255, 0, 0, 0), ip(...Array<number>(16).fill(0))],
]

describe('name constraints', () => {
  it.each(inside)('ok/%s inside of what is permitted', (_what, base, name) =>
    expect(check({ permitted: [base] }, name)).toEqual([]),
  )
  it.each(inside)('fail/%s inside of what is excluded', (_what, base, name) =>
    expect(check({ excluded: [base] }, name)).toContain('name_excluded@0'),
  )
  it.each(outside)('fail/%s outside of what is permitted', (_what, base, name) =>
    expect(check({ permitted: [base] }, name)).toEqual(['name_not_permitted@0']),
  )
  it.each(outside)('ok/%s outside of what is excluded', (_what, base, name) =>
    expect(check({ excluded: [base] }, name)).toEqual([]),
  )

  it.each<[string, Uint8Array, Uint8Array]>([
    ['a host with a leading dot', dns('example.com'), dns('.example.com')],
    ['a host with blanks', dns('example.com'), dns('a b.example.com')],
    ['a mailbox with two hosts', email('example.com'), email('a@b@example.com')],
    ['a mailbox without a name', email('example.com'), email('example.com')],
    ['a URI without a host', uri('example.com'), uri('urn:example:com')],
    ['a URI with an address', uri('example.com'), uri('https://10.0.0.1/')],
    ['an address of five octets', ip(10, 0, 0, 0, 255, 0, 0, 0), ip(1, 2, 3, 4, 5)],
  ])('fail/%s is neither inside nor outside', (_what, base, name) => {
    expect(check({ permitted: [base] }, name)).toEqual(['name_malformed@0'])
    expect(check({ excluded: [base] }, name)).toEqual(['name_malformed@0'])
  })

  it.each<[string, Uint8Array]>([
    ['a host with a leading dot', dns('.example.com')],
    ['a host with a wildcard', dns('*.example.com')],
    ['a mailbox with two hosts', email('a@b@example.com')],
    ['an address without a mask', ip(10, 0, 0, 1)],
    ['a mask with holes', ip(10, 0, 0, 0, 255, 0, 255, 0)],
  ])('fail/%s is no base', (_what, base) =>
    expect(check({ permitted: [base] }, dns('example.com'))).toContain('extension_malformed@1'),
  )

  it('fail/a wildcard that stands for an excluded host', () => {
    expect(check({ excluded: [dns('bad.example.com')] }, dns('*.example.com'))).toEqual(['name_excluded@0'])
    expect(check({ excluded: [dns('a.bad.example.com')] }, dns('*.example.com'))).toEqual([])
  })

  it('fail/a form that cannot be checked, only where such a name occurs', () => {
    expect(check({ permitted: [registered] }, registered)).toEqual(['name_form_constrained@0'])
    expect(check({ permitted: [registered] }, dns('example.com'))).toEqual([])
  })

  it('ok/other forms are free', () => {
    expect(check({ permitted: [dns('example.com')] }, email('a@example.org'))).toEqual([])
    expect(check({ permitted: [dns('example.com')] })).toEqual([])
  })

  it('fail/constraints of the caller', () => {
    const leaf = issue({
      commonName: 'Leaf',
      issuer: root,
      extensions: [extension(extensionOids.subjectAltName, sequence(dns('example.com')))],
    })
    const base = { certificate: leaf.certificate, anchors: [root.certificate] }
    const bases = [{ form: 'dns' as const, text: 'example.com' }]
    expect(validatePath({ ...base, nameConstraints: { permitted: bases, excluded: [] } }).isValid).toBe(true)
    expect(validatePath({ ...base, nameConstraints: { permitted: [], excluded: bases } }).isValid).toBe(false)
    const others = [{ form: 'directory' as const, name: readName(readDer(sequence())) }]
    expect(validatePath({ ...base, nameConstraints: { permitted: [], excluded: others } }).isValid).toBe(false)
  })
})
