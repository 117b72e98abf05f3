import { describe, expect, it } from 'vitest'

import { digestIdentifier } from '../algorithms/algorithm-identifier.ts'
import { digest } from '../algorithms/digest.ts'
import { oids } from '../algorithms/oids.ts'
import { encode, explicit, oid, sequence, utf8String } from '../asn1/writer.ts'
import { createTestChain, issue } from '../testing/test-ca.ts'
import type { Issued } from '../testing/test-ca.ts'
import { assembleSignedData } from './assemble.ts'
import { encodeAttribute } from './attributes.ts'
import { addSigner, addUnsignedAttribute, addValidationData, prepareCounterSignature } from './edit.ts'
import { prepareSignedData } from './prepare.ts'
import { parseSignedData } from './signed-data.ts'
import { prepareSigner } from './signer.ts'
import type { PreparedSignature, SignatureProfile, SignerInput } from './signer.ts'
import { verifySignedData } from './verify.ts'

const content = Buffer.from('a bid')
const { root, issuing, signer } = createTestChain()
const anchors = [root.certificate]
const second = issue({ commonName: 'Second', kind: 'rsa-2048', issuer: issuing })
const third = issue({ commonName: 'Third', kind: 'P-384', issuer: issuing })
const sm2 = createTestChain('sm2')

const algorithms = { rsa: 'rsa-pss-sha256', ec: 'ecdsa-sha256', sm2: 'sm2-sm3' } as const
const by = ({ certificate }: Issued, profile: SignatureProfile = 'cms'): SignerInput => ({
  certificate,
  algorithm: algorithms[certificate.key.type as keyof typeof algorithms],
  profile,
})
const finish = (prepared: PreparedSignature, { key }: Issued) =>
  prepared.finish(key.sign(prepared.algorithm, prepared.toBeSigned))
const create = (issued = signer, isDetached = false, overrides: Partial<SignerInput> = {}) =>
  finish(
    prepareSignedData({
      ...by(issued),
      ...overrides,
      chain: [issuing.certificate],
      content: { bytes: content, isDetached },
    }),
    issued,
  )
const version = (message: Uint8Array) => {
  const at = Buffer.from(message).indexOf(Buffer.from('020101', 'hex'))
  const other = Buffer.from(message).indexOf(Buffer.from('020103', 'hex'))
  return other >= 0 && other < 60 && (at < 0 || other < at) ? 3 : 1
}

describe('a message with several signers', () => {
  it.each([true, false])('ok/more are added beside the first, detached: %s', (isDetached) => {
    const one = create(signer, isDetached)
    const two = finish(addSigner(one, { ...by(second), content }), second)
    const three = finish(addSigner(two, { ...by(third), content }), third)
    const report = verifySignedData(three, { content, anchors })
    expect(report.signers.map(({ problems }) => problems)).toEqual([[], [], []])
    expect(report.signers.map(({ certificate }) => certificate?.subject.commonName)).toEqual([
      'Test signer',
      'Second',
      'Third',
    ])
    expect(parseSignedData(three).signers[0]?.der).toEqual(parseSignedData(one).signers[0]?.der)
    expect(parseSignedData(three).digestAlgorithms).toHaveLength(1)
  })

  it('ok/SM2 beside SM2 in GB/T 35275', () => {
    const signed = finish(
      prepareSignedData({
        ...by(sm2.signer, 'gm'),
        chain: [sm2.issuing.certificate],
        content: { bytes: content, isDetached: false },
      }),
      sm2.signer,
    )
    const other = issue({ commonName: 'Other', kind: 'sm2', issuer: sm2.issuing })
    const both = finish(addSigner(signed, by(other, 'gm')), other)
    expect(verifySignedData(both, { anchors: [sm2.root.certificate] }).isValid).toBe(true)
    expect(() => addSigner(signed, by(other))).toThrow(expect.objectContaining({ code: 'request.invalid' }))
  })

  it('fail/a signer beside a detached one needs the content', () => {
    expect(() => addSigner(create(signer, true), by(second))).toThrow(
      expect.objectContaining({ details: { field: 'content' } }),
    )
    expect(() => addSigner(create(), { ...by(second), content: Buffer.from('x') })).toThrow(
      expect.objectContaining({ details: { field: 'content' } }),
    )
  })

  it('ok/a signer named by key identifier makes version 3', () => {
    const message = create(signer, false, { namedBy: 'key_identifier' })
    expect(verifySignedData(message, { anchors }).isValid).toBe(true)
    expect(version(message)).toBe(3)
    expect(version(create())).toBe(1)
    expect(() => create(signer, false, { namedBy: 'key_identifier', profile: 'gm' })).toThrow(
      expect.objectContaining({ code: 'request.invalid' }),
    )
  })

  it('ok/a namesake of the signer in front does no harm', () => {
    const impostor = { ...signer.certificate, spki: issue({ commonName: 'x' }).certificate.spki }
    const report = verifySignedData(create(), { anchors, intermediates: [impostor] })
    expect(report.isValid).toBe(true)
  })
})

describe('additions under no signature', () => {
  it('ok/certificates, CRLs, OCSP responses and other formats are carried and read', () => {
    const crl = encode(0x30, Buffer.from('0500', 'hex'))
    const response = encode(0x30, Buffer.from('0a0100', 'hex'))
    const message = addValidationData(create(), {
      certificates: [third.certificate],
      crls: [crl],
      ocspResponses: [response],
    })
    const parsed = parseSignedData(message)
    expect(parsed.crls).toEqual([crl])
    expect(parsed.ocspResponses).toEqual([response])
    expect(parsed.certificates).toHaveLength(3)
    expect(verifySignedData(message, { anchors }).isValid).toBe(true)
    expect(parseSignedData(addValidationData(message, { crls: [crl] })).crls).toHaveLength(1)
  })

  it('ok/attribute certificates and other certificate formats are passed over', () => {
    const plain = create()
    const certificates = parseSignedData(plain).certificateChoices
    const [first] = certificates
    const other = encode(0xa3, oid('1.2.3'), utf8String('x'))
    const at = Buffer.from(plain).indexOf(first!)
    const set = Buffer.from(plain)
    // Rebuilt by hand: the set of certificates with one more element.
    const length = certificates.reduce((sum, { length }) => sum + length, 0)
    const start = Math.min(...certificates.map((item) => set.indexOf(item)))
    expect(at).toBeGreaterThan(0)
    const inner = Buffer.concat([set.subarray(start, start + length), other])
    const rebuilt = encode(
      0x30,
      oid(oids.signedData),
      encode(
        0xa0,
        encode(
          0x30,
          Buffer.from('020105', 'hex'),
          set.subarray(set.indexOf(Buffer.from('310d', 'hex')), start - 4),
          encode(0xa0, inner),
          set.subarray(start + length),
        ),
      ),
    )
    const parsed = parseSignedData(rebuilt)
    expect(parsed.certificates).toHaveLength(2)
    expect(parsed.certificateChoices).toHaveLength(3)
    expect(verifySignedData(rebuilt, { anchors }).isValid).toBe(true)
  })

  it('ok/an unsigned attribute leaves what was signed as it is', () => {
    const attribute = encodeAttribute('1.2.3.4', utf8String('note'))
    const message = addUnsignedAttribute(create(), [0], attribute)
    expect(parseSignedData(message).signers[0]?.unsignedAttributes.map(({ type }) => type)).toEqual(['1.2.3.4'])
    expect(verifySignedData(message, { anchors }).isValid).toBe(true)
    expect(() => addUnsignedAttribute(message, [1], attribute)).toThrow(
      expect.objectContaining({ details: { field: 'signer' } }),
    )
  })
})

describe('PKCS #7 content that is no OCTET STRING', () => {
  // As in code signatures: the octets inside the outermost element are what is digested (RFC 5652 §5.2.1).
  const type = '1.3.6.1.4.1.311.2.1.4'
  const inner = utf8String('indirect data')
  const prepared = prepareSigner(by(signer), type, digest('sha256', inner))
  const message = assembleSignedData(
    {
      dialect: 'rfc5652',
      contentType: type,
      digestAlgorithms: [digestIdentifier('sha256')],
      certificates: [signer.certificate.der, issuing.certificate.der],
      crls: [],
      signers: [finish(prepared, signer)],
    },
    [sequence(oid(type), explicit(0, sequence(inner)))],
  )

  it('ok/is verified, and kept as it is when something is added', () => {
    expect(verifySignedData(message, { anchors, content: inner })).toMatchObject({ isValid: true })
    const more = finish(addSigner(message, by(second)), second)
    expect(verifySignedData(more, { anchors }).signers.map(({ problems }) => problems)).toEqual([[], []])
    expect(parseSignedData(more).encapsulated).toEqual(parseSignedData(message).encapsulated)
  })
})

describe('counter-signatures', () => {
  const counter = (message: Uint8Array, place: readonly [number, ...number[]], issued: Issued) =>
    finish(prepareCounterSignature(message, place, by(issued)), issued)

  it('ok/nest, and are reported at their places', () => {
    let message = counter(create(), [0], second)
    message = counter(message, [0], third)
    message = counter(message, [0, 0], third)
    const [report] = verifySignedData(message, { anchors }).signers
    expect(report?.problems).toEqual([])
    const names = report?.counterSignatures.map(({ certificate }) => certificate?.subject.commonName)
    expect(names?.toSorted()).toEqual(['Second', 'Third'])
    expect(report?.counterSignatures.every(({ isValid }) => isValid)).toBe(true)
    expect(report?.counterSignatures.flatMap(({ counterSignatures }) => counterSignatures)).toMatchObject([
      { isValid: true, counterSignatures: [] },
    ])
    expect(() => counter(message, [0, 5], third)).toThrow(expect.objectContaining({ code: 'request.invalid' }))
  })

  it('fail/over another signature is reported and leaves the signer valid', () => {
    const countered = counter(create(), [0], second)
    const attribute = parseSignedData(countered).signers[0]!.unsignedAttributes[0]!.der
    const moved = addValidationData(addUnsignedAttribute(create(third), [0], attribute), {
      certificates: [second.certificate],
    })
    const [report] = verifySignedData(moved, { anchors }).signers
    expect(report?.isValid).toBe(true)
    expect(report?.counterSignatures).toMatchObject([{ isValid: false, problems: ['digest_mismatch'] }])
  })

  it('fail/deeper than the limit is not looked at', () => {
    let message = create()
    const place: [number, ...number[]] = [0]
    for (let depth = 0; depth < 6; depth++) {
      message = counter(message, place, third)
      place.push(0)
    }
    const depths: string[] = []
    let [report] = verifySignedData(message, { anchors }).signers
    while (report !== undefined) {
      depths.push(report.problems.join())
      report = report.counterSignatures[0]
    }
    expect(depths).toEqual(['', '', '', '', '', 'limit_exceeded'])
  })
})
