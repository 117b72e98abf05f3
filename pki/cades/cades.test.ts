import { describe, expect, it } from 'vitest'

import { digest } from '../algorithms/digest.ts'
import { explicit, octetString, sequence } from '../asn1/writer.ts'
import { encodeAttribute } from '../cms/attributes.ts'
import { addUnsignedAttribute, addValidationData } from '../cms/edit.ts'
import { prepareSignedData } from '../cms/prepare.ts'
import type { SignatureProfile } from '../cms/signer.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import { inPieces } from '../testing/streams.ts'
import { createTestChain, issue } from '../testing/test-ca.ts'
import type { Issued } from '../testing/test-ca.ts'
import { basicOf, currentCrl, currentOcsp } from '../testing/current-status.ts'
import { verifyTimestampResponse } from '../time/client.ts'
import { createTimestampRequest } from '../time/request.ts'
import { answerTimestampRequest } from '../time/responder.ts'
import type { TimestampAuthority } from '../time/responder.ts'
import { addSignatureTimestamp, signatureDigest } from './augment.ts'
import { cadesOids } from './oids.ts'
import { encodeCommitment, encodeSignerLocation } from './signed-attributes.ts'
import { verifyCades, verifyCadesStream } from './verify.ts'

const content = Buffer.from('a bid')
const { root, issuing, signer } = createTestChain()
const anchors = [root.certificate]
const authority = createTestAuthority(issuing)

const sign = (by: Issued = signer, profile: SignatureProfile = 'cms', attributes: Uint8Array[] = []) => {
  const algorithm = by.certificate.key.type === 'sm2' ? 'sm2-sm3' : 'ecdsa-sha256'
  const prepared = prepareSignedData({
    certificate: by.certificate,
    chain: [issuing.certificate],
    algorithm,
    content: { bytes: content, isDetached: false },
    profile,
    attributes,
  })
  return prepared.finish(by.key.sign(algorithm, prepared.toBeSigned))
}

const stamp = async (message: Uint8Array, by: TimestampAuthority = authority, trust = anchors) => {
  const request = createTimestampRequest({ algorithm: 'sha256', digest: signatureDigest(message, 0, 'sha256') })
  const report = verifyTimestampResponse(await answerTimestampRequest(request.der, by), request, { anchors: trust })
  return addSignatureTimestamp(message, 0, report.token!, { anchors: trust })
}
const levelOf = (message: Uint8Array, options: Partial<Parameters<typeof verifyCades>[1]> = {}) => {
  const [report] = verifyCades(message, { anchors, ...options }).signers
  return { ...report!, problems: report!.signer.problems }
}
const crls = () => [currentCrl(root), currentCrl(issuing)]

describe('CAdES levels', () => {
  it('ok/B, with commitment and location', () => {
    const location = { country: 'CN', locality: '济南市', address: ['经十路 1 号'] }
    const message = sign(signer, 'cms', [encodeCommitment('approval'), encodeSignerLocation(location)])
    expect(levelOf(message)).toMatchObject({
      level: 'B',
      reasons: ['timestamp_absent'],
      problems: [],
      statements: { commitment: 'approval', location },
    })
  })

  it('ok/T, validated at the time of the stamp', async () => {
    const message = await stamp(sign())
    const report = levelOf(message)
    expect(report).toMatchObject({ level: 'T', problems: [] })
    expect(report.reasons).toEqual(['signer_revocation_unknown', 'authority_revocation_unknown'])
    expect(Math.abs(report.signer.chain!.at.getTime() - report.provenAt!.getTime())).toBeLessThan(1000)
  })

  it('ok/LT with CRLs', async () => {
    const message = addValidationData(await stamp(sign()), {
      crls: crls(),
      certificates: [authority.certificate],
    })
    expect(levelOf(message)).toMatchObject({ level: 'LT', reasons: ['archive_not_supported'], problems: [] })
  })

  it('ok/LT with OCSP responses', async () => {
    const message = addValidationData(await stamp(sign()), {
      crls: [currentCrl(root)],
      ocspResponses: [currentOcsp(issuing, signer.certificate), currentOcsp(issuing, authority.certificate)],
    })
    expect(levelOf(message)).toMatchObject({ level: 'LT', problems: [] })
  })

  it('ok/LT with the values and references of older profiles', async () => {
    const [rootCrl, issuingCrl] = crls()
    const basic = basicOf(currentOcsp(issuing, signer.certificate))
    const values = sequence(explicit(0, sequence(rootCrl!, issuingCrl!)), explicit(1, sequence(basic)))
    const reference = (crl: Uint8Array) => sequence(octetString(digest('sha1', crl)))
    const references = (...list: Uint8Array[]) =>
      encodeAttribute(cadesOids.revocationRefs, sequence(sequence(explicit(0, sequence(sequence(...list))))))
    const stamped = await stamp(sign())
    const withValues = addUnsignedAttribute(stamped, [0], encodeAttribute(cadesOids.revocationValues, values))
    const certificates = encodeAttribute(cadesOids.certificateValues, sequence(issuing.certificate.der))
    const complete = addUnsignedAttribute(withValues, [0], certificates)
    expect(levelOf(addUnsignedAttribute(complete, [0], references(reference(rootCrl!))))).toMatchObject({ level: 'LT' })
    expect(levelOf(addUnsignedAttribute(complete, [0], references(reference(content))))).toMatchObject({
      level: 'T',
      reasons: ['revocation_values_missing'],
    })
  })

  it('ok/LT read as a stream', async () => {
    const message = addValidationData(await stamp(sign()), { crls: crls() })
    const received: Uint8Array[] = []
    const report = await verifyCadesStream(inPieces(message, 50), {
      anchors,
      onContent: (chunk) => void received.push(Uint8Array.from(chunk)),
    })
    expect(report).toMatchObject({ isValid: true, isDetached: false, signers: [{ level: 'LT' }] })
    expect(Buffer.concat(received).equals(content)).toBe(true)
  })

  it('ok/a signer whose certificate has expired since is valid by the stamp alone', async () => {
    const now = Date.now()
    const short = issue({ commonName: 'Short', issuer: issuing, notAfter: new Date(now + 86_400_000) })
    const later = new Date(now + 10 * 86_400_000)
    const message = sign(short)
    expect(levelOf(message, { at: later }).problems).toEqual(['chain_invalid'])
    expect(levelOf(await stamp(message), { at: later })).toMatchObject({ level: 'T', problems: [] })
  })

  it('ok/SM2 with SM3 under RFC 5652, and GB/T 35275 is told apart', async () => {
    const sm2 = createTestChain('sm2')
    const by = createTestAuthority(sm2.issuing, 'sm2')
    const trust = [sm2.root.certificate]
    const add = (message: Uint8Array) => addValidationData(message, { certificates: [sm2.issuing.certificate] })
    const message = await stamp(add(sign(sm2.signer)), by, trust)
    expect(levelOf(message, { anchors: trust })).toMatchObject({ level: 'T', problems: [] })
    const gm = await stamp(add(sign(sm2.signer, 'gm')), by, trust)
    expect(levelOf(gm, { anchors: trust })).toMatchObject({ level: 'none', reasons: ['gb35275'], problems: [] })
  })

  it('ok/anchors of authorities can be others', async () => {
    const other = issue({ commonName: 'TSA root', isCa: true })
    const by = createTestAuthority(other)
    const trust = [other.certificate]
    const request = createTimestampRequest({ algorithm: 'sha512', digest: signatureDigest(sign(), 0, 'sha512') })
    expect(verifyTimestampResponse(await answerTimestampRequest(request.der, by), request, { anchors }).isValid).toBe(
      false,
    )
    const message = await stamp(sign(), by, trust)
    expect(levelOf(message)).toMatchObject({ level: 'B', reasons: ['timestamp_invalid'] })
    expect(levelOf(message, { timestampAnchors: trust })).toMatchObject({ level: 'T' })
  })
})

describe('what is not reached', () => {
  it('fail/a stamp over another signature is not put in, and where it is it counts for nothing', async () => {
    const other = sign()
    const request = createTimestampRequest({ algorithm: 'sha256', digest: signatureDigest(other, 0, 'sha256') })
    const { token } = verifyTimestampResponse(await answerTimestampRequest(request.der, authority), request, {
      anchors,
    })
    expect(() => addSignatureTimestamp(sign(), 0, token!, { anchors })).toThrow(
      expect.objectContaining({ details: { reason: 'timestamp_invalid', problems: 'imprint_mismatch' } }),
    )
    const forced = addUnsignedAttribute(sign(), [0], encodeAttribute(cadesOids.signatureTimeStamp, token!))
    expect(levelOf(forced)).toMatchObject({ level: 'B', reasons: ['timestamp_invalid'], provenAt: null })
  })

  it('fail/a certificate revoked before the stamp makes the signature invalid, after it not', async () => {
    const message = await stamp(sign())
    const revokedAt = (at: Date) =>
      addValidationData(message, {
        crls: [
          currentCrl(root),
          currentCrl(issuing, {
            entries: [{ certificate: signer.certificate, revokedAt: at }],
            thisUpdate: new Date(at.getTime() + 1000),
          }),
        ],
      })
    expect(levelOf(revokedAt(new Date(Date.now() - 7_200_000)))).toMatchObject({
      level: 'none',
      reasons: ['signature_invalid'],
      problems: ['chain_invalid'],
    })
    const report = levelOf(revokedAt(new Date(Date.now() + 60_000)), { at: new Date(Date.now() + 120_000) })
    expect(report.problems).toEqual([])
    expect(report.level).toBe('LT')
  })

  it('fail/an authority revoked since proves nothing', async () => {
    const message = addValidationData(await stamp(sign()), {
      crls: [
        currentCrl(issuing, {
          entries: [{ certificate: authority.certificate, revokedAt: new Date(Date.now() - 1000) }],
        }),
      ],
    })
    expect(levelOf(message)).toMatchObject({ level: 'B', reasons: ['timestamp_invalid'] })
  })

  it('fail/PAdES has no signing-time, so it is no CAdES-B', () => {
    expect(levelOf(sign(signer, 'pades'))).toMatchObject({ level: 'none', reasons: ['signing_time_absent'] })
  })

  it('fail/a changed content has no level', () => {
    const report = verifyCades(sign(), { anchors, content: Buffer.from('x') })
    expect(report).toMatchObject({ isValid: false, signers: [{ level: 'none', reasons: ['signature_invalid'] }] })
  })
})
