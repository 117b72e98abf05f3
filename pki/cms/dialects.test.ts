import { describe, expect, it } from 'vitest'

import { digest } from '../algorithms/digest.ts'
import { oids } from '../algorithms/oids.ts'
import { contentBytes, children, cursor, onlyChild, readDer } from '../asn1/reader.ts'
import { encode, explicit, nullValue, octetString, oid, retag, sequence, setOf, smallInteger } from '../asn1/writer.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { encodeAttribute, encodeSignedAttributes } from './attributes.ts'
import { prepareSignedData } from './prepare.ts'
import { verifySignedData } from './verify.ts'

const { root, issuing, signer } = createTestChain('sm2')
const anchors = [root.certificate]
const content = Buffer.from('<ofd:Signature/>')

/** A message put together by hand, in the dialects of GB/T 35275 that are met. */
const build = (options: {
  outer?: string
  inner?: string
  attribute?: string | null
  digestParameters?: Uint8Array[]
  signatureAlgorithm?: Uint8Array[]
  isRaw?: boolean
  attached?: Uint8Array | null
  signed?: Uint8Array
  attributes?: Uint8Array
}) => {
  const { outer = oids.gmSignedData, inner = oids.gmData, attribute = oids.gmData, attached = null } = options
  const sm3 = sequence(oid(oids.sm3), ...(options.digestParameters ?? []))
  const attributes =
    attribute === null
      ? null
      : (options.attributes ??
        encodeSignedAttributes({
          contentType: attribute,
          contentDigest: digest('sm3', attached ?? content),
          signingTime: new Date(),
          others: [],
        }))
  const raw = signer.key.sign('sm2-sm3', attributes ?? options.signed ?? attached ?? content)
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const start = half.findIndex((byte) => byte !== 0)
    const trimmed = half.subarray(start)
    return encode(0x02, ...(trimmed[0]! >= 0x80 ? [Uint8Array.of(0)] : []), trimmed)
  })
  const info = sequence(
    smallInteger(1),
    sequence(signer.certificate.issuer.der, encode(0x02, signer.certificate.serialBytes)),
    sm3,
    ...(attributes === null ? [] : [retag(attributes, 0xa0)]),
    sequence(...(options.signatureAlgorithm ?? [oid(oids.sm2Sign)])),
    octetString(options.isRaw === true ? raw : sequence(r!, s!)),
  )
  const signedData = sequence(
    smallInteger(1),
    setOf(sm3),
    sequence(oid(inner), ...(attached === null ? [] : [explicit(0, octetString(attached))])),
    retag(setOf(signer.certificate.der, issuing.certificate.der), 0xa0),
    setOf(info),
  )
  return sequence(oid(outer), explicit(0, signedData))
}

describe('GB/T 35275', () => {
  it('ok/is written with its own object identifiers and attributes, DER signature and version 1', () => {
    for (const isDetached of [true, false]) {
      const prepared = prepareSignedData({
        certificate: signer.certificate,
        chain: [issuing.certificate],
        algorithm: 'sm2-sm3',
        content: { bytes: content, isDetached },
        profile: 'gm',
      })
      const message = prepared.finish(signer.key.sign('sm2-sm3', prepared.toBeSigned))
      const report = verifySignedData(message, { content, anchors })
      expect(report).toMatchObject({ isValid: true, isDetached, signers: [{ problems: [], notes: [] }] })
      const outer = cursor(readDer(message))
      expect(contentBytes(outer.next())).toEqual(contentBytes(readDer(oid(oids.gmSignedData))))
      const [version, , encapsulated, , signers] = children(onlyChild(outer.next()))
      expect(contentBytes(version!)).toEqual(Uint8Array.of(1))
      expect(contentBytes(children(encapsulated!)[0]!)).toEqual(contentBytes(readDer(oid(oids.gmData))))
      const fields = children(children(signers!)[0]!)
      expect(contentBytes(children(fields[4]!)[0]!)).toEqual(contentBytes(readDer(oid(oids.sm2Sign))))
      expect(children(fields[3]!)).toHaveLength(3)
      expect(contentBytes(fields[5]!)[0]).toBe(0x30)
    }
  })

  const dialects: [string, Parameters<typeof build>[0], string[]][] = [
    [
      'GOMAIN: inner type of PKCS #7, NULL parameters, 1.301.1',
      {
        inner: oids.data,
        digestParameters: [nullValue()],
        signatureAlgorithm: [oid(oids.sm2Sign), nullValue()],
      },
      ['content_type_spelling'],
    ],
    [
      'Tongzhi: the digest as content, no attributes, 1.501, raw signature',
      { attribute: null, attached: digest('sm3', content), signatureAlgorithm: [oid(oids.sm2WithSm3)], isRaw: true },
      ['content_is_digest', 'raw_signature'],
    ],
    ['content attached', { attached: content }, []],
    ['RFC 5652 with SM2 and SM3', { outer: oids.signedData, inner: oids.data, attribute: oids.data }, []],
    [
      'RFC 5652 with 1.501 and parameters',
      {
        outer: oids.signedData,
        inner: oids.data,
        attribute: oids.data,
        signatureAlgorithm: [oid(oids.sm2WithSm3), nullValue()],
      },
      [],
    ],
    ['no attributes, detached', { attribute: null }, []],
    ['the bare OID of the key', { signatureAlgorithm: [oid(oids.sm2)] }, []],
  ]
  it.each(dialects)('ok/%s', (_name, options, notes) => {
    const report = verifySignedData(build(options), { content, anchors })
    expect(report.signers[0]?.problems).toEqual([])
    expect(report.signers[0]?.notes).toEqual(notes)
    expect(report.isValid).toBe(true)
  })

  it('ok/the digest as content, where only the digest of the document is at hand', () => {
    const sm3 = digest('sm3', content)
    const message = build({ attribute: null, attached: sm3, isRaw: true })
    const report = verifySignedData(message, { contentDigest: () => sm3, anchors })
    expect(report.signers[0]).toMatchObject({ isValid: true, notes: ['content_is_digest', 'raw_signature'] })
  })

  it('ok/a time with an offset, as old writers leave it, is no time but spoils nothing', () => {
    const attributes = setOf(
      encodeAttribute(oids.contentType, oid(oids.gmData)),
      encodeAttribute(oids.signingTime, encode(0x17, Buffer.from('150506002448-0400'))),
      encodeAttribute(oids.messageDigest, octetString(digest('sm3', content))),
    )
    const report = verifySignedData(build({ attributes }), { content, anchors })
    expect(report.signers[0]).toMatchObject({ isValid: true, signingTime: null, notes: ['signing_time_unreadable'] })
  })

  const refused: [string, Parameters<typeof build>[0], string][] = [
    ['another document', { attached: digest('sm3', Buffer.from('x')), attribute: null }, 'content_differs'],
    ['other attached content', { attached: Buffer.from('other') }, 'content_differs'],
    ['an attribute of another type', { attribute: oids.signedData }, 'content_type_mismatch'],
    ['spellings mixed in RFC 5652', { outer: oids.signedData, inner: oids.data }, 'content_type_mismatch'],
    ['a digest for content in RFC 5652', rfcWithDigest(), 'content_differs'],
    ['32 bytes somebody had signed with attributes', { attached: digest('sm3', content) }, 'content_differs'],
    ['a signature over something else', { attribute: null, signed: Buffer.from('x') }, 'signature_mismatch'],
  ]
  function rfcWithDigest() {
    return { outer: oids.signedData, inner: oids.data, attribute: null, attached: digest('sm3', content) }
  }
  it.each(refused)('fail/%s', (_name, options, problem) => {
    const report = verifySignedData(build(options), { content, anchors })
    expect(report.signers[0]).toMatchObject({ isValid: false, isSignatureValid: false, problems: [problem] })
  })
})

it('fail/signed attributes in the place of the content are no message', () => {
  const prepared = prepareSignedData({
    certificate: signer.certificate,
    chain: [issuing.certificate],
    algorithm: 'sm2-sm3',
    content: { bytes: content, isDetached: false },
    profile: 'gm',
  })
  const forged = prepareSignedData({
    certificate: signer.certificate,
    chain: [issuing.certificate],
    algorithm: 'sm2-sm3',
    content: { bytes: prepared.toBeSigned, isDetached: false },
    profile: 'gm',
    hasNoAttributes: true,
  })
  const signature = signer.key.sign('sm2-sm3', prepared.toBeSigned)
  expect(verifySignedData(forged.finish(signature), { anchors }).signers[0]?.problems).toEqual([
    'attributes_as_content',
  ])
})
