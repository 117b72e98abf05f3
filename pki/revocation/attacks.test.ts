import { describe, expect, it } from 'vitest'

import { encode, nullValue, sequence } from '../asn1/writer.ts'
import { extendedKeyUsage } from '../issue/extensions.ts'
import { defaultAlgorithms } from '../path/algorithm-policy.ts'
import { LimitReached, createBudget, defaultLimits } from '../path/budget.ts'
import { validatePath } from '../path/validate.ts'
import type { PathInput } from '../path/validate.ts'
import { issue } from '../testing/test-ca.ts'
import type { IssueOptions } from '../testing/test-ca.ts'
import { createTestCrl, createTestOcspResponse, testExtension } from '../testing/test-status.ts'
import { extensionOids, keyPurposes } from '../x509/extension-oids.ts'
import type { StatusContext } from './context.ts'
import { createSignerTrust } from './signers.ts'

const root = issue({ commonName: 'Root', isCa: true })
const leafOf = (options: Partial<IssueOptions> = {}) => issue({ commonName: 'Leaf', issuer: root, ...options })
const leaf = leafOf()
const ofLeaf = { certificate: leaf.certificate }

const statusOf = ({ certificate = leaf.certificate, ...input }: Partial<PathInput>) =>
  validatePath({ certificate, anchors: [root.certificate], at: new Date('2025-01-01Z'), ...input }).statuses[0]

const pointAt = encode(0xa0, encode(0xa0, encode(0x86, Buffer.from('http://crl.example/1'))))

describe('status data of an attacker', () => {
  it('fail/an old list that is still current does not hide a revocation in a newer one', () => {
    const old = createTestCrl(root, { thisUpdate: new Date('2024-01-01Z') })
    const newer = createTestCrl(root, { thisUpdate: new Date('2024-06-01Z'), number: 2, entries: [ofLeaf] })
    expect(statusOf({ crls: [old, newer] })).toMatchObject({ state: 'revoked' })
    expect(statusOf({ crls: [newer, old] })).toMatchObject({ state: 'revoked' })
  })

  it('fail/a delta whose algorithm is refused does not take a certificate off the list', () => {
    const held = createTestCrl(root, { number: 4, entries: [{ ...ofLeaf, reason: 6 }] })
    const released = createTestCrl(root, {
      ...{ number: 5, base: 4, entries: [{ ...ofLeaf, reason: 8 }] },
      algorithm: 'ecdsa-sha384',
    })
    expect(statusOf({ crls: [held, released] })).toMatchObject({ state: 'good' })
    const algorithms = { ...defaultAlgorithms, digests: new Set(['sha256'] as const) }
    expect(statusOf({ crls: [held, released], algorithms })).toMatchObject({ state: 'revoked' })
  })

  it('fail/a reason that does not exist covers none that does', () => {
    const reasons = (...octets: number[]) => encode(0x81, Uint8Array.of(...octets))
    const check = (bits: Uint8Array) => {
      const value = sequence(sequence(pointAt, bits))
      const extensions = [{ oid: extensionOids.crlDistributionPoints, isCritical: false, value }]
      const scope = testExtension(extensionOids.issuingDistributionPoint, sequence(pointAt), true)
      const crls = [createTestCrl(root, { extensions: [scope] })]
      return statusOf({ certificate: leafOf({ extensions }).certificate, crls })
    }
    expect(check(reasons(7, 0x7f, 0x80))).toMatchObject({ state: 'good' })
    expect(check(reasons(0, 0xff))).toMatchObject({
      state: 'unknown',
      causes: ['crl_scope', 'reasons_not_covered'],
    })
  })

  it('fail/a serial number of any length is found', () => {
    for (const length of [127, 128, 129, 130, 255, 256, 300]) {
      const certificate = { ...leaf.certificate, serialBytes: new Uint8Array(length).fill(1) }
      const list = createTestCrl(root, { entries: [{ certificate }] })
      expect(list.find(certificate.serialBytes, root.certificate.subject), String(length)).not.toBeNull()
      expect(list.find(Uint8Array.of(1), root.certificate.subject)).toBeNull()
    }
  })

  it('fail/what was issued after a certificate expired, when it may be off the list, does not show it good', () => {
    const short = leafOf({ notAfter: new Date('2024-01-01Z') })
    const input = {
      certificate: short.certificate,
      at: new Date('2023-09-01Z'),
      revocation: { acceptsLater: true },
    }
    const late = createTestCrl(root, { thisUpdate: new Date('2024-06-01Z'), number: 2 })
    const before = { thisUpdate: new Date('2023-08-01Z'), nextUpdate: new Date('2023-10-01Z') }
    const listed = createTestCrl(root, { ...before, entries: [{ certificate: short.certificate }] })
    expect(statusOf({ ...input, crls: [late] })).toMatchObject({ state: 'unknown', causes: ['crl_after_expiry'] })
    expect(statusOf({ ...input, crls: [late, listed] })).toMatchObject({ state: 'revoked' })
    expect(statusOf({ ...input, crls: [late, createTestCrl(root, before)] })).toMatchObject({ state: 'good' })
    const answer = createTestOcspResponse(root, short.certificate, root.certificate)
    expect(statusOf({ ...input, ocspResponses: [answer] })).toMatchObject({ causes: ['ocsp_after_expiry'] })
  })

  it('fail/an answer made after its responder had expired is not used', () => {
    const purpose = extendedKeyUsage([keyPurposes.ocspSigning])
    const noCheck = { oid: extensionOids.ocspNoCheck, isCritical: false, value: nullValue() }
    const responder = (notAfter: Date) =>
      issue({ commonName: 'OCSP', issuer: root, notAfter, extensions: [purpose, noCheck] })
    const check = (notAfter: Date) => {
      const signer = responder(notAfter)
      const certificates = [signer.certificate]
      const ocspResponses = [createTestOcspResponse(signer, leaf.certificate, root.certificate, { certificates })]
      return statusOf({ ocspResponses, at: new Date('2023-09-01Z'), revocation: { acceptsLater: true } })
    }
    expect(check(new Date('2025-01-01Z'))).toMatchObject({ state: 'good' })
    expect(check(new Date('2024-01-01Z'))).toMatchObject({ causes: ['ocsp_responder_untrusted'] })
  })

  it('fail/a signer whose path was given up at a limit is not taken for trusted after that', () => {
    const findSignerPath = (): boolean => {
      throw new LimitReached('paths')
    }
    const trust = createSignerTrust({ findSignerPath } as unknown as StatusContext, () => undefined)
    const anchor = { name: root.certificate.subject, spki: root.certificate.spki, key: root.certificate.key }
    const ask = () => trust.isTrusted(leaf.certificate, { ...anchor, certificate: null, constraints: {} })
    expect(ask).toThrow(LimitReached)
    expect(ask).toThrow(LimitReached)
  })

  it('fail/where one limit is passed nothing more is spent of the others', () => {
    const budget = createBudget({ ...defaultLimits, paths: 1 })
    expect(() => {
      budget.spend('paths', 2)
    }).toThrow(LimitReached)
    expect(() => {
      budget.spend('work', 1)
    }).toThrow(expect.objectContaining({ limit: 'paths' }))
  })
})
