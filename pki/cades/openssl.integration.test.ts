import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { contentBytes, encodedBytes, onlyChild } from '../asn1/reader.ts'
import { addValidationData } from '../cms/edit.ts'
import { prepareSignedData } from '../cms/prepare.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { currentCrl, currentOcsp } from '../testing/current-status.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { createTimestampRequest } from '../time/request.ts'
import { readTimestampResponse } from '../time/response.ts'
import { answerTimestampRequest } from '../time/responder.ts'
import { addSignatureTimestamp, signatureDigest } from './augment.ts'
import { cadesOids } from './oids.ts'
import { verifyCades } from './verify.ts'

const content = Buffer.from('投标报价 ¥1,234.50')
const { root, issuing, signer } = createTestChain('rsa-2048')
const anchors = [root.certificate]
let bench: Workbench

beforeAll(async () => {
  bench = await createWorkbench()
  await bench.write('root.pem', root.pem)
  await bench.write('issuing.pem', issuing.pem)
  await bench.write('signer.pem', signer.pem)
  await bench.write('key.pem', signer.key.pkcs8Pem())
  await bench.write('content', content)
})
afterAll(() => bench.close())

const createLongTerm = async (): Promise<Uint8Array> => {
  const prepared = prepareSignedData({
    certificate: signer.certificate,
    chain: [issuing.certificate],
    algorithm: 'rsa-pkcs1-sha256',
    profile: 'cms',
    content: { bytes: content, isDetached: false },
  })
  const message = prepared.finish(signer.key.sign('rsa-pkcs1-sha256', prepared.toBeSigned))
  const request = createTimestampRequest({ algorithm: 'sha256', digest: signatureDigest(message, 0, 'sha256') })
  const authority = createTestAuthority(issuing)
  const { token } = readTimestampResponse(await answerTimestampRequest(request.der, authority))
  return addValidationData(addSignatureTimestamp(message, 0, token!, { anchors }), {
    crls: [currentCrl(root), currentCrl(issuing)],
    ocspResponses: [currentOcsp(issuing, signer.certificate)],
  })
}

describe('openssl and CAdES', () => {
  it('verifies our long-term signature as CAdES, and reads all of it', async () => {
    const message = await createLongTerm()
    expect(verifyCades(message, { anchors }).signers).toMatchObject([{ level: 'LT' }])
    await bench.write('message.der', message)
    const verified = await bench.run(
      ...(['openssl', 'cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', 'message.der'] as const),
      ...['-CAfile', 'root.pem', '-purpose', 'any', '-crl_check_all', '-out', 'out'],
    )
    expect(verified.output).toContain('CAdES Verification successful')
    const printed = await bench.run(
      ...(['openssl', 'cms', '-cmsout', '-print', '-noout', '-inform', 'DER', '-in', 'message.der'] as const),
    )
    expect(printed.output).toContain('version: 5')
    expect(printed.output).toContain('id-smime-aa-timeStampToken')
  })

  it('finds the time-stamp to be over the signature value', async () => {
    const [info] = parseSignedData(await createLongTerm()).signers
    const stamp = info!.unsignedAttributes.find(({ type }) => type === cadesOids.signatureTimeStamp)!
    await bench.write('signature', info!.signature)
    await bench.write('token', encodedBytes(onlyChild(stamp.values)))
    expect(contentBytes(stamp.values).length).toBeGreaterThan(1000)
    const { output } = await bench.run(
      ...(['openssl', 'ts', '-verify', '-data', 'signature', '-in', 'token', '-token_in'] as const),
      ...['-CAfile', 'root.pem', '-untrusted', 'issuing.pem'],
    )
    expect(output).toContain('Verification: OK')
  })

  it('makes what we take for B', async () => {
    await bench.run(
      ...(['openssl', 'cms', '-sign', '-cades', '-binary', '-nodetach', '-outform', 'DER', '-in', 'content'] as const),
      ...['-signer', 'signer.pem', '-inkey', 'key.pem', '-certfile', 'issuing.pem', '-out', 'message.der'],
    )
    const report = verifyCades(new Uint8Array(await readFile(bench.file('message.der'))), { anchors, content })
    expect(report.signers).toMatchObject([{ level: 'B', reasons: ['timestamp_absent'], signer: { problems: [] } }])
  })
})
