import fc from 'fast-check'
import { expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { digestIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { assembleSignedData, encodeContent } from '../cms/assemble.ts'
import { encodeAttribute } from '../cms/attributes.ts'
import { addUnsignedAttribute, addValidationData, prepareCounterSignature } from '../cms/edit.ts'
import { prepareSignedData } from '../cms/prepare.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { signStream } from '../cms/sign-stream.ts'
import { verifySignedDataStream } from '../cms/verify-stream.ts'
import { mutate, mutations } from '../testing/mutations.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import { collect, inPieces } from '../testing/streams.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { basicOf, currentCrl, currentOcsp } from '../testing/current-status.ts'
import { explicit, sequence } from '../asn1/writer.ts'
import { verifyTimestampResponse } from '../time/client.ts'
import { createTimestampRequest } from '../time/request.ts'
import { answerTimestampRequest } from '../time/responder.ts'
import { addSignatureTimestamp, signatureDigest } from './augment.ts'
import { cadesOids } from './oids.ts'
import { encodeCommitment, encodeSignerLocation } from './signed-attributes.ts'
import { verifyCades } from './verify.ts'

const { root, issuing, signer } = createTestChain()
const anchors = [root.certificate]
const content = Buffer.from('content of a bid')
const key = { certificate: signer.certificate, algorithm: 'ecdsa-sha256', profile: 'cms' } as const
const sign = (toBeSigned: Uint8Array) => signer.key.sign('ecdsa-sha256', toBeSigned)

/** Everything that is read, in one message. */
const longTerm = async () => {
  const prepared = prepareSignedData({
    ...key,
    chain: [issuing.certificate],
    content: { bytes: content, isDetached: false },
    attributes: [encodeCommitment('origin'), encodeSignerLocation({ country: 'CN', address: ['1'] })],
  })
  const message = prepared.finish(sign(prepared.toBeSigned))
  const request = createTimestampRequest({ algorithm: 'sha256', digest: signatureDigest(message, 0, 'sha256') })
  const response = await answerTimestampRequest(request.der, createTestAuthority(issuing))
  const { token } = verifyTimestampResponse(response, request, { anchors })
  const stamped = addSignatureTimestamp(message, 0, token!, { anchors })
  const counter = prepareCounterSignature(stamped, [0], key)
  const values = sequence(
    explicit(0, sequence(currentCrl(root))),
    explicit(1, sequence(basicOf(currentOcsp(issuing, signer.certificate)))),
  )
  return addValidationData(
    addUnsignedAttribute(
      counter.finish(sign(counter.toBeSigned)),
      [0],
      encodeAttribute(cadesOids.revocationValues, values),
    ),
    { crls: [currentCrl(issuing)], ocspResponses: [currentOcsp(issuing, signer.certificate)] },
  )
}

const behaves = async (run: () => unknown) => {
  const start = process.cpuUsage()
  try {
    await run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).toMatch(/^(certificate|signature)\./)
  }
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(1000)
}

it('a spoiled long-term signature is refused with a code or reported, never worse', async () => {
  const message = await longTerm()
  expect(verifyCades(message, { anchors })).toMatchObject({ isValid: true, signers: [{ level: 'LT' }] })
  await fc.assert(
    fc.asyncProperty(mutations, (list) => behaves(() => verifyCades(mutate(message, list), { anchors }))),
    { numRuns: 2000 },
  )
}, 60_000)

it('a spoiled stream is refused with a code or reported, never worse', async () => {
  const by = {
    ...key,
    chain: [issuing.certificate],
    sign: (prepared: { toBeSigned: Uint8Array }) => Promise.resolve(sign(prepared.toBeSigned)),
  }
  const message = await collect(signStream({ content: inPieces(content, 5), profile: 'cms', signers: [by] }))
  await fc.assert(
    fc.asyncProperty(mutations, (list) =>
      behaves(async () => {
        const received: Uint8Array[] = []
        const report = await verifySignedDataStream(inPieces(mutate(message, list), 100), {
          anchors,
          onContent: (chunk) => void received.push(Uint8Array.from(chunk)),
        })
        if (report.isValid) expect(Buffer.concat(received).equals(content)).toBe(true)
      }),
    ),
    { numRuns: 2000 },
  )
}, 60_000)

it('a bag of hostile certificates, signers and stamps ends quickly', async () => {
  const message = await longTerm()
  const { signers } = parseSignedData(message)
  const namesakes = Array.from({ length: 60 }, () => createTestChain().issuing.certificate.der)
  const crowded = assembleSignedData(
    {
      dialect: 'rfc5652',
      contentType: oids.data,
      digestAlgorithms: [digestIdentifier('sha256')],
      certificates: [...namesakes, signer.certificate.der],
      crls: parseSignedData(message).revocationChoices,
      signers: Array.from({ length: 64 }, () => signers[0]!.der),
    },
    encodeContent(oids.data, content),
  )
  await behaves(() => verifyCades(crowded, { anchors: [createTestChain().root.certificate] }))
})
