import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SignatureAlgorithm } from '#contract/keys.ts'
import type { SoftKeyKind } from '../testing/soft-key.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { prepareSignedData } from './prepare.ts'
import { verifySignedData } from './verify.ts'

const content = Buffer.from('投标报价 ¥1,234.50\r\n'.repeat(200))
let bench: Workbench

beforeAll(async () => {
  bench = await createWorkbench()
  await bench.write('content', content)
})
afterAll(() => bench.close())

/** Signs the content with its own, whose message is `message.der` then. */
const signWithOpenssl = (...args: string[]) =>
  bench.run(
    ...(['openssl', 'cms', '-sign', '-binary', '-outform', 'DER', '-in', 'content', '-out', 'message.der'] as const),
    ...args,
  )
const readMessage = async () => new Uint8Array(await readFile(bench.file('message.der')))
const writeSigner = async ({ signer, issuing }: ReturnType<typeof createTestChain>, name = '') => {
  await bench.write(`signer${name}.pem`, signer.pem)
  await bench.write(`key${name}.pem`, signer.key.pkcs8Pem())
  await bench.write(`issuing${name}.pem`, issuing.pem)
}

const cases: [SoftKeyKind, SignatureAlgorithm][] = [
  ['rsa-2048', 'rsa-pkcs1-sha256'],
  ['rsa-2048', 'rsa-pkcs1-sha512'],
  ['rsa-2048', 'rsa-pss-sha256'],
  ['rsa-2048', 'rsa-pss-sha384'],
  ['P-256', 'ecdsa-sha256'],
  ['P-384', 'ecdsa-sha384'],
  ['P-521', 'ecdsa-sha512'],
]

describe('openssl accepts our messages', () => {
  it.each(cases)('%s with %s, attached and detached', async (kind, algorithm) => {
    const { root, issuing, signer } = createTestChain(kind)
    await bench.write('root.pem', root.pem)
    for (const isDetached of [true, false]) {
      const prepared = prepareSignedData({
        certificate: signer.certificate,
        chain: [issuing.certificate],
        algorithm,
        content: { bytes: content, isDetached },
        profile: 'cms',
      })
      await bench.write('message.der', prepared.finish(signer.key.sign(algorithm, prepared.toBeSigned)))
      const { status, output } = await bench.run(
        ...(['openssl', 'cms', '-verify', '-binary', '-inform', 'DER', '-in', 'message.der', '-cades'] as const),
        ...['-CAfile', 'root.pem', '-purpose', 'any', '-out', 'out', ...(isDetached ? ['-content', 'content'] : [])],
      )
      expect(output).toContain('Verification successful')
      expect(status).toBe(0)
      expect(await readFile(bench.file('out'))).toEqual(content)
    }
  })
})

describe('we accept what openssl makes', () => {
  const options: [string, SoftKeyKind, string[]][] = [
    ['RSA', 'rsa-2048', ['-nodetach']],
    ['RSA, detached', 'rsa-2048', []],
    ['RSA, streamed with indefinite lengths', 'rsa-2048', ['-nodetach', '-stream']],
    ['RSA with PSS', 'rsa-2048', ['-nodetach', '-keyopt', 'rsa_padding_mode:pss', '-md', 'sha512']],
    ['RSA without attributes', 'rsa-2048', ['-nodetach', '-noattr']],
    ['RSA named by key identifier', 'rsa-2048', ['-nodetach', '-keyid']],
    ['RSA with the CAdES attribute', 'rsa-2048', ['-nodetach', '-cades']],
    ['ECDSA', 'P-256', ['-nodetach']],
    ['ECDSA P-384', 'P-384', ['-md', 'sha384']],
    ['ECDSA, streamed', 'P-256', ['-nodetach', '-stream', '-indef']],
  ]
  it.each(options)('%s', async (_name, kind, args) => {
    const chain = createTestChain(kind)
    await writeSigner(chain)
    const { output } = await signWithOpenssl(
      ...['-signer', 'signer.pem', '-inkey', 'key.pem', '-certfile', 'issuing.pem', ...args],
    )
    expect(output).toBe('')
    const report = verifySignedData(await readMessage(), { content, anchors: [chain.root.certificate] })
    expect(report.signers.map(({ problems }) => problems)).toEqual([[]])
    expect(report.isValid).toBe(true)
    if (!report.isDetached) expect(Buffer.compare(report.content!, content)).toBe(0)
  })

  it('two signers are reported one by one', async () => {
    const one = createTestChain('rsa-2048')
    await writeSigner(one, '0')
    await writeSigner(createTestChain('P-256'), '1')
    await signWithOpenssl(
      ...['-nodetach', '-signer', 'signer0.pem', '-inkey', 'key0.pem', '-signer', 'signer1.pem'],
      ...['-inkey', 'key1.pem', '-certfile', 'issuing0.pem'],
    )
    const report = verifySignedData(await readMessage(), { anchors: [one.root.certificate] })
    expect(report.isValid).toBe(false)
    expect(report.signers).toHaveLength(2)
    expect(report.signers.filter(({ isValid }) => isValid)).toHaveLength(1)
    expect(report.signers.find(({ isValid }) => !isValid)?.problems).toEqual(['chain_invalid'])
  })

  it('SHA-1 is never accepted', async () => {
    const chain = createTestChain('rsa-2048')
    await writeSigner(chain)
    await signWithOpenssl(
      ...['-nodetach', '-signer', 'signer.pem', '-inkey', 'key.pem', '-md', 'sha1', '-certfile', 'issuing.pem'],
    )
    const report = verifySignedData(await readMessage(), { anchors: [chain.root.certificate] })
    expect(report.signers[0]).toMatchObject({ isValid: false, problems: ['algorithm_unsupported'] })
  })
})
