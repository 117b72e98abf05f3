import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { encode, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { issue } from '../testing/test-ca.ts'
import type { Issued } from '../testing/test-ca.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { anyPolicy } from '../x509/policy-extensions.ts'
import { validatePath } from './validate.ts'
import type { PathOptions } from './types.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await createWorkbench()
})
afterAll(() => bench.close())

const policies = ['1.2.3.1', '1.2.3.2', '1.2.3.3']
const names = [
  ...['example.com', 'a.example.com', 'b.a.example.com', 'example.org'].map((host) => encode(0x82, Buffer.from(host))),
  ...['u@example.com', 'v@a.example.com', 'u@example.org'].map((mailbox) => encode(0x81, Buffer.from(mailbox))),
  ...[0, 1].map((octet) => encode(0x87, Uint8Array.of(10, octet, 0, 1))),
]
const bases = [
  ...['example.com', 'a.example.com'].map((host) => encode(0x82, Buffer.from(host))),
  ...['example.com', '.example.com', 'u@example.com'].map((base) => encode(0x81, Buffer.from(base))),
  encode(0x87, Uint8Array.of(10, 1, 0, 0, 255, 255, 0, 0)),
]

const asserted = fc.subarray([...policies, anyPolicy])
const counter = fc.option(fc.nat(2), { nil: null })
const authority = fc.record({
  isSelfIssued: fc.boolean(),
  isCa: fc.constantFrom(true, true, true, true, true, true, true, false),
  pathLength: fc.option(fc.nat(2), { nil: undefined, freq: 2 }),
  hasExpired: fc.constantFrom(false, false, false, false, false, false, false, true),
  keyUsage: fc.constantFrom<(number[] | null)[]>([5], [5, 6], [5], null, [5], [6]),
  policies: asserted,
  mappings: fc.array(fc.tuple(fc.constantFrom(...policies), fc.constantFrom(...policies)), { maxLength: 2 }),
  requireExplicitPolicy: counter,
  inhibitPolicyMapping: counter,
  inhibitAnyPolicy: counter,
  permitted: fc.subarray(bases, { maxLength: 2 }),
  excluded: fc.subarray(bases, { maxLength: 1 }),
})
const scenario = fc.record({
  /** What the chain is about; all at once would hardly ever be valid. */
  subject: fc.constantFrom('basic', 'policies', 'names'),
  authorities: fc.array(authority, { maxLength: 4 }),
  policies: asserted,
  names: fc.subarray(names, { minLength: 1, maxLength: 3 }),
  wanted: fc.constantFrom([anyPolicy], [anyPolicy], ['1.2.3.1'], ['1.2.3.2', '1.2.3.3']),
  requireExplicitPolicy: fc.boolean(),
  inhibitPolicyMapping: fc.constantFrom(false, false, false, true),
  inhibitAnyPolicy: fc.constantFrom(false, false, false, true),
})
type Scenario = (typeof scenario extends fc.Arbitrary<infer T> ? T : never) & object
type Authority = Scenario['authorities'][number]

const extension = (type: string, value: Uint8Array) => ({ oid: type, isCritical: true, value })
const policyExtension = (list: readonly string[]) =>
  list.length === 0
    ? []
    : [extension(extensionOids.certificatePolicies, sequence(...list.map((policy) => sequence(oid(policy)))))]

const policyExtensions = (one: Authority, isAnyInhibited: boolean) => {
  const counters = [one.requireExplicitPolicy, one.inhibitPolicyMapping].flatMap((value, index) =>
    value === null ? [] : [encode(0x80 | index, Uint8Array.of(value))],
  )
  // openssl maps from anyPolicy where anyPolicy is inhibited; RFC 5280 §6.1.4 (b)(1) has no node there to map from.
  const mappings = isAnyInhibited ? [] : one.mappings
  return [
    ...policyExtension(one.policies),
    ...(mappings.length === 0
      ? []
      : [extension(extensionOids.policyMappings, sequence(...mappings.map((pair) => sequence(...pair.map(oid)))))]),
    ...(counters.length === 0 ? [] : [extension(extensionOids.policyConstraints, sequence(...counters))]),
    ...(one.inhibitAnyPolicy === null
      ? []
      : [extension(extensionOids.inhibitAnyPolicy, smallInteger(one.inhibitAnyPolicy))]),
  ]
}

const nameExtensions = ({ permitted, excluded }: Authority) => {
  const subtrees = [permitted, excluded].flatMap((list, index) =>
    list.length === 0 ? [] : [encode(0xa0 | index, ...list.map((base) => sequence(base)))],
  )
  return subtrees.length === 0 ? [] : [extension(extensionOids.nameConstraints, sequence(...subtrees))]
}

const issueAuthority = (one: Authority, index: number, issuer: Issued, { subject, ...options }: Scenario): Issued => {
  const own = issuer.certificate.subject.commonName ?? ''
  const isAnyInhibited = options.inhibitAnyPolicy || options.authorities.some((item) => item.inhibitAnyPolicy !== null)
  return issue({
    commonName: one.isSelfIssued && index > 0 ? own : `CA ${index}`,
    isCa: subject !== 'basic' || one.isCa,
    issuer,
    keyUsage: subject === 'basic' ? one.keyUsage : [5],
    ...(subject === 'basic' && one.pathLength !== undefined ? { pathLength: one.pathLength } : {}),
    ...(subject === 'basic' && one.hasExpired ? { notAfter: new Date('2021-01-01Z') } : {}),
    extensions: [
      ...(subject === 'policies' ? policyExtensions(one, isAnyInhibited) : []),
      ...(subject === 'names' ? nameExtensions(one) : []),
    ],
  })
}

const flags = ({ requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy, policies: wanted }: PathOptions) => [
  '-policy_check',
  ...(requireExplicitPolicy === true ? ['-explicit_policy'] : []),
  ...(inhibitPolicyMapping === true ? ['-inhibit_map'] : []),
  ...(inhibitAnyPolicy === true ? ['-inhibit_any'] : []),
  ...(wanted ?? []).flatMap((policy) => ['-policy', policy]),
]

describe('random chains', () => {
  it('are valid exactly where openssl finds them valid', async () => {
    const verdicts = { valid: 0, invalid: 0 }
    const root = issue({ commonName: 'Root', isCa: true })
    await bench.write('root.pem', root.pem)
    const at = new Date('2025-01-01Z')
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const authorities: Issued[] = []
        for (const [index, one] of given.authorities.entries()) {
          authorities.push(issueAuthority(one, index, authorities.at(-1) ?? root, given))
        }
        const leaf = issue({
          commonName: 'Leaf',
          issuer: authorities.at(-1) ?? root,
          extensions: [
            ...(given.subject === 'policies' ? policyExtension(given.policies) : []),
            ...(given.subject === 'names' ? [extension(extensionOids.subjectAltName, sequence(...given.names))] : []),
          ],
        })
        const options: PathOptions =
          given.subject === 'policies'
            ? {
                requireExplicitPolicy: given.requireExplicitPolicy,
                inhibitPolicyMapping: given.inhibitPolicyMapping,
                inhibitAnyPolicy: given.inhibitAnyPolicy,
                policies: given.wanted,
              }
            : {}
        await bench.write('leaf.pem', leaf.pem)
        await bench.write('authorities.pem', [root, ...authorities].map(({ pem }) => pem).join(''))
        const judged = await bench.run(
          ...(['openssl', 'verify', '-attime', String(at.getTime() / 1000), '-CAfile', 'root.pem'] as const),
          ...(given.subject === 'policies' ? flags(options) : []),
          ...['-untrusted', 'authorities.pem', 'leaf.pem'],
        )
        const report = validatePath({
          certificate: leaf.certificate,
          intermediates: authorities.map(({ certificate }) => certificate),
          anchors: [root.certificate],
          at,
          ...options,
        })
        verdicts[report.isValid ? 'valid' : 'invalid']++
        expect(report.isValid, `${judged.output} ${report.failures.map(({ rule }) => rule).join(' ')}`).toBe(
          judged.status === 0,
        )
      }),
      { numRuns: 200 },
    )
    expect(Math.min(verdicts.valid, verdicts.invalid)).toBeGreaterThan(20)
  })
})
