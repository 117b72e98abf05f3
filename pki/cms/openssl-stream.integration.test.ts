import { createReadStream, createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SoftKeyKind } from '../testing/soft-key.ts'
import { createTestChain, issue } from '../testing/test-ca.ts'
import type { Issued } from '../testing/test-ca.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { addSigner } from './edit.ts'
import { prepareSignedData } from './prepare.ts'
import { signStream } from './sign-stream.ts'
import type { SignStreamInput, StreamSigner } from './sign-stream.ts'
import { verifySignedDataStream } from './verify-stream.ts'
import { verifySignedData } from './verify.ts'

const content = Buffer.from('投标报价 ¥1,234.50\r\n'.repeat(20_000))
const { root, issuing } = createTestChain()
const anchors = [root.certificate]
const signers = (['rsa-2048', 'P-256', 'P-521'] as const).map((kind) =>
  issue({ commonName: kind, kind, issuer: issuing }),
)
const algorithms = { rsa: 'rsa-pss-sha256', ec: 'ecdsa-sha256' } as const
let bench: Workbench

const algorithmOf = ({ certificate }: Issued) => algorithms[certificate.key.type as keyof typeof algorithms]
const by = (issued: Issued): StreamSigner => ({
  certificate: issued.certificate,
  chain: [issuing.certificate],
  algorithm: algorithmOf(issued),
  sign: (prepared) => Promise.resolve(issued.key.sign(prepared.algorithm, prepared.toBeSigned)),
})
const writeStream = (overrides: Partial<SignStreamInput> = {}) => {
  const input = { content: createReadStream(bench.file('content')), profile: 'cms' as const, signers: signers.map(by) }
  return pipeline(Readable.from(signStream({ ...input, ...overrides })), createWriteStream(bench.file('message.der')))
}
const verifyWithOpenssl = (...args: string[]) =>
  bench.run(
    ...([
      'openssl',
      'cms',
      '-verify',
      '-binary',
      '-inform',
      'DER',
      '-in',
      'message.der',
      '-CAfile',
      'root.pem',
    ] as const),
    ...['-purpose', 'any', '-out', 'out', ...args],
  )
const writeSigner = async (issued: Issued) => {
  await bench.write('signer.pem', issued.pem)
  await bench.write('key.pem', issued.key.pkcs8Pem())
}
const read = async (name: string) => new Uint8Array(await readFile(bench.file(name)))

beforeAll(async () => {
  bench = await createWorkbench()
  await bench.write('content', content)
  await bench.write('root.pem', root.pem)
  await bench.write('issuing.pem', issuing.pem)
})
afterAll(() => bench.close())

describe('messages made as a stream', () => {
  it.each([false, true])('openssl verifies several signers, detached: %s', async (isDetached) => {
    await writeStream({ isDetached })
    const { output } = await verifyWithOpenssl(...(isDetached ? ['-content', 'content'] : []))
    expect(output).toContain('Verification successful')
    expect(Buffer.compare(await readFile(bench.file('out')), content)).toBe(0)
  })

  it('openssl verifies a signer named by key identifier, and prints the message', async () => {
    await writeStream({ signers: signers.map((issued) => ({ ...by(issued), namedBy: 'key_identifier' as const })) })
    expect((await verifyWithOpenssl()).output).toContain('Verification successful')
    const printed = await bench.run(
      'openssl',
      'cms',
      '-cmsout',
      '-print',
      '-noout',
      '-inform',
      'DER',
      '-in',
      'message.der',
    )
    expect(printed.output).toContain('version: 3')
    expect(printed.status).toBe(0)
  })
})

describe('messages of openssl read as a stream', () => {
  it.each<[string, SoftKeyKind, string[]]>([
    ['indefinite lengths', 'rsa-2048', ['-stream']],
    ['definite lengths', 'P-256', []],
    ['PSS', 'rsa-2048', ['-keyopt', 'rsa_padding_mode:pss', '-md', 'sha384']],
    ['no attributes', 'P-384', ['-stream', '-noattr']],
  ])('%s', async (_name, kind, args) => {
    const signer = issue({ commonName: 'Signer', kind, issuer: issuing })
    await writeSigner(signer)
    await bench.run(
      ...(['openssl', 'cms', '-sign', '-binary', '-nodetach', '-outform', 'DER', '-in', 'content'] as const),
      ...['-out', 'message.der', '-signer', 'signer.pem', '-inkey', 'key.pem', '-certfile', 'issuing.pem', ...args],
    )
    const received: Uint8Array[] = []
    const report = await verifySignedDataStream(createReadStream(bench.file('message.der')), {
      anchors,
      onContent: (chunk) => void received.push(Uint8Array.from(chunk)),
    })
    expect(report.signers[0]?.problems).toEqual([])
    expect(Buffer.concat(received).equals(content)).toBe(true)
  })
})

describe('a further signer', () => {
  const [first, second] = signers as [Issued, Issued]
  const create = (issued: Issued) => {
    const prepared = prepareSignedData({
      ...by(issued),
      profile: 'cms',
      chain: [issuing.certificate],
      content: { bytes: content, isDetached: false },
    })
    return prepared.finish(issued.key.sign(prepared.algorithm, prepared.toBeSigned))
  }

  it('of ours beside one of openssl holds for both', async () => {
    await writeSigner(first)
    await bench.run(
      ...(['openssl', 'cms', '-sign', '-binary', '-nodetach', '-stream', '-outform', 'DER', '-in', 'content'] as const),
      ...['-out', 'one.der', '-signer', 'signer.pem', '-inkey', 'key.pem', '-certfile', 'issuing.pem'],
    )
    const prepared = addSigner(await read('one.der'), { ...by(second), profile: 'cms' })
    const message = prepared.finish(second.key.sign(prepared.algorithm, prepared.toBeSigned))
    expect(verifySignedData(message, { anchors }).signers.map(({ problems }) => problems)).toEqual([[], []])
    await bench.write('message.der', message)
    expect((await verifyWithOpenssl()).output).toContain('Verification successful')
  })

  it('of openssl beside one of ours holds for both', async () => {
    await bench.write('one.der', create(second))
    await writeSigner(first)
    await bench.run(
      ...(['openssl', 'cms', '-resign', '-binary', '-nodetach', '-inform', 'DER', '-outform', 'DER'] as const),
      ...['-in', 'one.der', '-out', 'two.der', '-signer', 'signer.pem', '-inkey', 'key.pem'],
    )
    const report = verifySignedData(await read('two.der'), { anchors })
    expect(report.signers.map(({ problems }) => problems)).toEqual([[], []])
  })

  it('openssl verifies a message without attributes', async () => {
    const prepared = prepareSignedData({
      ...by(first),
      profile: 'cms',
      chain: [issuing.certificate],
      content: { bytes: content, isDetached: false },
      hasNoAttributes: true,
    })
    await bench.write('message.der', prepared.finish(first.key.sign(prepared.algorithm, prepared.toBeSigned)))
    expect((await verifyWithOpenssl()).output).toContain('Verification successful')
  })
})

/** `openssl cms` of 3.0 signs and verifies SM2 with an empty ID, and that badly; `pkeyutl` takes the ID. */
describe('SM2 with the default ID, by openssl pkeyutl', () => {
  const sm2 = createTestChain('sm2')
  const pkeyutl = (...args: string[]) =>
    bench.run('openssl', 'pkeyutl', '-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678', ...args)
  const prepare = (profile: 'cms' | 'gm') =>
    prepareSignedData({
      certificate: sm2.signer.certificate,
      chain: [sm2.issuing.certificate],
      algorithm: 'sm2-sm3',
      profile,
      content: { bytes: content, isDetached: false },
    })

  it.each(['cms', 'gm'] as const)(
    '%s: the signature is over the attributes as a SET OF, both ways',
    async (profile) => {
      const prepared = prepare(profile)
      await bench.write('key.pem', sm2.signer.key.pkcs8Pem())
      await bench.write('attributes', prepared.toBeSigned)
      await bench.run('openssl', 'pkey', '-in', 'key.pem', '-pubout', '-out', 'public.pem')
      await pkeyutl('-sign', '-inkey', 'key.pem', '-in', 'attributes', '-out', 'signature')
      const message = prepared.finish(await read('signature'))
      expect(verifySignedData(message, { anchors: [sm2.root.certificate] }).signers[0]?.problems).toEqual([])

      const raw = sm2.signer.key.sign('sm2-sm3', prepared.toBeSigned)
      const own = verifySignedData(prepared.finish(raw), { anchors: [sm2.root.certificate] })
      expect(own.isValid).toBe(true)
      const parsed = await bench.run(
        'openssl',
        'asn1parse',
        '-inform',
        'DER',
        '-in',
        await bench.write('own.der', prepared.finish(raw)),
      )
      const [, offset, length] =
        /(\d+):d=\d+ +hl=\d+ l= *(\d+) prim: +OCTET STRING[^\n]*\n*$/.exec(parsed.output.trimEnd()) ?? []
      const der = await read('own.der')
      const start = Number(offset) + 2
      await bench.write('signature', der.subarray(start, start + Number(length)))
      const { output } = await pkeyutl(
        '-verify',
        '-pubin',
        '-inkey',
        'public.pem',
        '-in',
        'attributes',
        '-sigfile',
        'signature',
      )
      expect(output).toContain('Signature Verified Successfully')
    },
  )
})
