import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { oids } from '../algorithms/oids.ts'
import { encode, explicit, octetString, oid, sequence, setOf, smallInteger } from '../asn1/writer.ts'
import { readCertificationRequest, prepareCertificationRequest } from '../issue/certification-request.ts'
import { readCsrResponse, writeCsrResponse } from '../issue/csr-response.ts'
import { keyUsage } from '../issue/extensions.ts'
import { readOcspRequest } from '../revocation/ocsp-request.ts'
import { signStructure } from '../issue/signed-structure.ts'
import { issueWith } from '../testing/issue-chain.ts'
import { mutate, mutations } from '../testing/mutations.ts'
import { openEnvelopedKey, wrapEnvelopedKey } from './enveloped-key.ts'
import { openEscrowedKey, readCfcaKeyFile } from './cfca.ts'
import { readPrivateKey, writePrivateKey } from './key-file.ts'
import { keyFileOids } from './oids.ts'
import { readPkcs12 } from './pkcs12-read.ts'
import { writePkcs12 } from './pkcs12-write.ts'
import { generatePrivateKey } from './private-key.ts'

/** Only errors of the closed list, and an answer within a second of this process's own work. */
const behaves = async (run: () => unknown): Promise<void> => {
  const start = process.cpuUsage()
  try {
    await run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).toMatch(/^(certificate|key|request)\./)
  }
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(1000)
}
const spoil = (input: Uint8Array, runs: number, read: (spoiled: Uint8Array) => unknown) =>
  fc.assert(
    fc.asyncProperty(mutations, (list) => behaves(() => read(mutate(input, list)))),
    { numRuns: runs },
  )

const key = await generatePrivateKey('SM2')
const root = await issueWith('root', '根', 'SM2')
const leaf = await issueWith('signing', '张三', 'SM2', root)

describe('spoiled input is refused with a code or read, never worse', () => {
  test.each(['SM2', 'P-256', 'rsa-2048'] as const)('private keys: %s', async (kind) => {
    const plain = await generatePrivateKey(kind)
    await spoil(plain.pkcs8(), 1000, readPrivateKey)
    await spoil(await writePrivateKey(plain), 300, readPrivateKey)
  })
  test.each(['aes', 'sm4'] as const)('protected private keys: %s', async (protection) => {
    const file = await writePrivateKey(key, 'x', protection)
    await spoil(
      Buffer.from(
        Buffer.from(file)
          .toString()
          .replaceAll(/-----.*-----/g, ''),
        'base64',
      ),
      60,
      (spoiled) => readPrivateKey(spoiled, 'x'),
    )
  })
  test('PKCS#12', async () => {
    const file = await writePkcs12({ keys: [leaf], certificates: [root.certificate] }, 'x')
    await spoil(file, 20, (spoiled) => readPkcs12(spoiled, 'x'))
  })
  test('PKCS#12 behind its MAC', async () => {
    const labels = setOf(sequence(oid(keyFileOids.friendlyName), setOf(encode(0x1e, Uint8Array.of(0, 65)))))
    const bag = (type: string, value: Uint8Array) => sequence(oid(type), explicit(0, value), labels)
    const certificate = sequence(oid(keyFileOids.x509Certificate), explicit(0, octetString(leaf.certificate.der)))
    const keyBag = bag(keyFileOids.keyBag, leaf.key.pkcs8())
    const nested = bag(keyFileOids.safeContentsBag, sequence(bag(keyFileOids.certificateBag, certificate)))
    const data = (bytes: Uint8Array) => sequence(oid(oids.data), explicit(0, octetString(bytes)))
    const file = (safeContents: Uint8Array) => sequence(smallInteger(3), data(sequence(data(safeContents))))
    const safeContents = sequence(keyBag, nested)
    const { keys } = await readPkcs12(file(safeContents))
    expect(keys).toMatchObject([{ friendlyName: 'A', certificate: { serial: leaf.certificate.serial } }])
    await spoil(file(safeContents), 1000, (spoiled) => readPkcs12(spoiled))
    await spoil(safeContents, 1000, (spoiled) => readPkcs12(file(spoiled)))
  })
  test('SM2EnvelopedKey', () =>
    spoil(wrapEnvelopedKey(key, leaf.key.spki), 1000, (der) => openEnvelopedKey(der, leaf.key)))
  test('CSRResponse', async () => {
    const encryption = { key: root.key, certificates: [root.certificate] } as const
    const der = writeCsrResponse({ signing: [leaf.certificate], encryption })
    await spoil(der, 1000, (spoiled) => readCsrResponse(spoiled, leaf.key))
  })
  test('certification requests', async () => {
    const prepared = prepareCertificationRequest({
      spki: key.spki,
      subject: [['CN', '张三']],
      extensions: [keyUsage(['digitalSignature'])],
      challengePassword: 'x',
      temporaryKey: key.spki,
    })
    await spoil(await signStructure(prepared, key), 1500, readCertificationRequest)
  })
  test('questions of OCSP', async () => {
    const { der, serialBytes } = leaf.certificate
    const id = Buffer.concat([Uint8Array.of(2, serialBytes.length), serialBytes])
    const hashes = Buffer.from(`300906052b0e03021a05000414${'11'.repeat(20)}0414${'22'.repeat(20)}`, 'hex')
    const list = (content: Uint8Array) => Buffer.concat([Uint8Array.of(0x30, content.length), content])
    const request = list(list(list(list(list(Buffer.concat([hashes, id]))))))
    expect(readOcspRequest(request).certificates).toHaveLength(1)
    await spoil(request, 1500, readOcspRequest)
    await spoil(der, 200, readOcspRequest)
  })
  test('CFCA’s files', async () => {
    const answer = (bytes: Uint8Array) => openEscrowedKey(Buffer.from(bytes).toString('latin1'), key)
    await spoil(Buffer.from('0'.repeat(80) + 'MAMCAQE='), 500, answer)
    await spoil(Buffer.from('MIGHAgEBBA=='), 500, (bytes) => readCfcaKeyFile(bytes, 'x'))
  })
  test('random bytes are nothing', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await behaves(() => readPrivateKey(bytes, 'x'))
        await behaves(() => readPkcs12(bytes, 'x'))
        await behaves(() => readCertificationRequest(bytes))
        await behaves(() => openEnvelopedKey(bytes, key))
        await behaves(() => readCsrResponse(bytes, key))
        await behaves(() => readOcspRequest(bytes))
      }),
      { numRuns: 300 },
    ))
})

describe('hostile input ends at once', () => {
  const deep = Buffer.concat([Buffer.alloc(20_000, Uint8Array.of(0x30, 0x80)), Buffer.alloc(10)])
  const many = Buffer.from('-----BEGIN PRIVATE KEY-----\n'.repeat(100_000))
  const unfinished = Buffer.from(`-----BEGIN PRIVATE KEY-----\n${'A'.repeat(3_000_000)}`)
  const wide = Buffer.concat([Buffer.from('3083ffffff020103', 'hex'), Buffer.alloc(0xffffff)])
  test.each([
    ['nested', deep],
    ['many blocks', many],
    ['a block without end', unfinished],
    ['a huge sequence', wide],
  ])('%s', async (_name, bytes) => {
    await behaves(() => readPrivateKey(bytes, 'x'))
    await behaves(() => readPkcs12(bytes, 'x'))
    await behaves(() => readCertificationRequest(bytes))
    await behaves(() => readCfcaKeyFile(bytes, 'x'))
    await behaves(() => openEnvelopedKey(bytes, key))
    await behaves(() => readCsrResponse(bytes, key))
    await behaves(() => openEscrowedKey(bytes.toString('latin1'), key))
  })
})
