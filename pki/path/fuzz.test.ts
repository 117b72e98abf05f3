import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { encode, oid, sequence } from '../asn1/writer.ts'
import { parseCrl } from '../revocation/crl.ts'
import { parseOcspResponse } from '../revocation/ocsp.ts'
import { mutate, mutations } from '../testing/mutations.ts'
import { issue } from '../testing/test-ca.ts'
import { createTestCrl, createTestOcspResponse, testExtension } from '../testing/test-status.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { pathRules } from './rules.ts'
import { validatePath } from './validate.ts'
import type { PathInput } from './validate.ts'

const uri = encode(0x86, Buffer.from('http://example.com/a.crl', 'latin1'))
const dns = encode(0x82, Buffer.from('example.com', 'latin1'))
const pointName = encode(0xa0, encode(0xa0, uri))
const carry = (type: string, ...parts: Uint8Array[]) => ({ oid: type, isCritical: false, value: sequence(...parts) })
const any = sequence(oid('2.5.29.32.0'))
const rich = [
  carry(extensionOids.certificatePolicies, any, sequence(oid('1.2.3.4'))),
  carry(extensionOids.crlDistributionPoints, sequence(pointName)),
  carry(extensionOids.subjectAltName, dns, encode(0x81, Buffer.from('a@example.com', 'latin1')), uri),
]
const constraining = [
  carry(
    extensionOids.nameConstraints,
    encode(0xa0, sequence(dns)),
    encode(0xa1, sequence(encode(0x87, Buffer.alloc(8)))),
  ),
  carry(extensionOids.policyMappings, sequence(oid('1.2.3.4'), oid('1.2.3.5'))),
  carry(extensionOids.policyConstraints, Uint8Array.of(0x80, 1, 1)),
]

const root = issue({ commonName: 'Root', isCa: true })
const ca = issue({ commonName: 'CA', isCa: true, issuer: root, extensions: [...constraining, rich[0]!] })
const leaf = issue({ commonName: 'Leaf', issuer: ca, extensions: rich })
const scope = testExtension(extensionOids.issuingDistributionPoint, sequence(pointName), true)
const crls = [
  createTestCrl(root),
  createTestCrl(ca, { number: 3, extensions: [scope], entries: [{ certificate: ca.certificate, reason: 6 }] }),
]
const delta = createTestCrl(ca, { number: 4, base: 2, extensions: [scope] })
const response = createTestOcspResponse(ca, leaf.certificate, ca.certificate, { certificates: [root.certificate] })

const base: PathInput = {
  certificate: leaf.certificate,
  intermediates: [ca.certificate],
  anchors: [root.certificate],
  crls: [...crls, delta],
  ocspResponses: [response],
  at: new Date('2024-06-03Z'),
}

/** A code or a report whose rules are all on the list, within a second of this process's own work. */
const behaves = (spoil: () => Partial<PathInput>): void => {
  const start = process.cpuUsage()
  try {
    const report = validatePath({ ...base, ...spoil() })
    for (const { rule } of report.failures) expect(pathRules).toHaveProperty(rule)
    expect(report.isValid).toBe(report.failures.length === 0)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).toBe('certificate.malformed')
  }
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(1000)
}

const fuzz = (spoil: (list: Parameters<typeof mutate>[1]) => Partial<PathInput>) => {
  fc.assert(
    fc.property(mutations, (list) => behaves(() => spoil(list))),
    { numRuns: 1500 },
  )
}
const spoiled = ({ der }: { der: Uint8Array }, list: Parameters<typeof mutate>[1]) =>
  parseCertificate(mutate(der, list))

describe('spoiled input of path validation', () => {
  it('ok/unspoiled it is valid', () => {
    expect(validatePath(base)).toMatchObject({ isValid: true, revocation: 'good' })
  })

  it('a spoiled target', () => {
    fuzz((list) => ({ certificate: spoiled(leaf.certificate, list) }))
  })
  it('a spoiled intermediate', () => {
    fuzz((list) => ({ intermediates: [spoiled(ca.certificate, list)] }))
  })
  it('a spoiled anchor', () => {
    fuzz((list) => ({ anchors: [spoiled(root.certificate, list)] }))
  })
  it('a spoiled CRL', () => {
    fuzz((list) => ({ crls: [crls[0]!, parseCrl(mutate(crls[1]!.der, list))], ocspResponses: [] }))
  })
  it('a spoiled delta CRL', () => {
    fuzz((list) => ({ crls: [...crls, parseCrl(mutate(delta.der, list))], ocspResponses: [] }))
  })
  it('a spoiled OCSP response', () => {
    fuzz((list) => ({ ocspResponses: [parseOcspResponse(mutate(response.der, list))] }))
  })
  it('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        behaves(() => ({ crls: [parseCrl(bytes)] }))
        behaves(() => ({ ocspResponses: [parseOcspResponse(bytes)] }))
      }),
    )
  })
})
