import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { describe, expect, it } from 'vitest'

import { collect, inPieces } from '../testing/streams.ts'
import { createTestChain, issue } from '../testing/test-ca.ts'
import type { Issued } from '../testing/test-ca.ts'
import { prepareSignedData } from './prepare.ts'
import { signStream } from './sign-stream.ts'
import type { SignStreamInput, StreamSigner } from './sign-stream.ts'
import { parseSignedData } from './signed-data.ts'
import { verifySignedDataStream } from './verify-stream.ts'
import type { VerifyStreamOptions } from './verify-stream.ts'
import { verifySignedData } from './verify.ts'

const { root, issuing, signer } = createTestChain()
const anchors = [root.certificate]
const second = issue({ commonName: 'Second', kind: 'rsa-2048', issuer: issuing })
const sm2 = createTestChain('sm2')
const content = Buffer.from('投标文件 '.repeat(5000))

const by = ({ certificate, key }: Issued, chain = issuing): StreamSigner => ({
  certificate,
  chain: [chain.certificate],
  algorithm:
    certificate.key.type === 'rsa' ? 'rsa-pkcs1-sha512' : certificate.key.type === 'sm2' ? 'sm2-sm3' : 'ecdsa-sha256',
  sign: (prepared) => Promise.resolve(key.sign(prepared.algorithm, prepared.toBeSigned)),
})
const create = (overrides: Partial<SignStreamInput> = {}) =>
  collect(
    signStream({ content: inPieces(content, 1000), profile: 'cms', signers: [by(signer), by(second)], ...overrides }),
  )
const verify = async (message: Uint8Array, options: Partial<VerifyStreamOptions> = {}, size = 700) => {
  const received: Uint8Array[] = []
  const report = await verifySignedDataStream(inPieces(message, size), {
    anchors,
    onContent: (chunk) => void received.push(Uint8Array.from(chunk)),
    ...options,
  })
  return { report, received: Buffer.concat(received) }
}

describe('a message made and verified as a stream', () => {
  it.each([1, 13, 1 << 20])('ok/attached, read in pieces of %d bytes', async (size) => {
    const message = await create(size === 1 ? { content: inPieces(content.subarray(0, 2000), 100) } : {})
    const { report, received } = await verify(message, {}, size)
    expect(report).toMatchObject({ isValid: true, isDetached: false, content: null })
    expect(report.signers.map(({ problems }) => problems)).toEqual([[], []])
    expect(received.equals(size === 1 ? content.subarray(0, 2000) : content)).toBe(true)
  })

  it('ok/is the same message for readers in memory', async () => {
    const report = verifySignedData(await create(), { content, anchors })
    expect(report.isValid).toBe(true)
    expect(Buffer.from(report.content!).equals(content)).toBe(true)
  })

  it('ok/detached, and detached content as a stream', async () => {
    const message = await create({ isDetached: true })
    expect(parseSignedData(message).content).toBeNull()
    expect(verifySignedData(message, { content, anchors }).isValid).toBe(true)
    expect((await verify(message, { content: inPieces(content, 999) })).report).toMatchObject({
      isValid: true,
      isDetached: true,
    })
    expect((await verify(message)).report.signers[0]?.problems).toEqual(['content_missing'])
    const other = await verify(message, { content: inPieces(content.subarray(1), 999) })
    expect(other.report.signers[0]?.problems).toEqual(['digest_mismatch'])
  })

  it('ok/GB/T 35275', async () => {
    const message = await create({ profile: 'gm', signers: [by(sm2.signer, sm2.issuing)] })
    const { report } = await verify(message, { anchors: [sm2.root.certificate] })
    expect(report.signers[0]?.problems).toEqual([])
    expect(parseSignedData(message).dialect).toBe('gb35275')
  })

  it('ok/without content', async () => {
    const { report } = await verify(await create({ content: inPieces(new Uint8Array(0)) }))
    expect(report.isValid).toBe(true)
  })

  it('ok/DER of definite lengths is read as a stream too', async () => {
    const prepared = prepareSignedData({
      certificate: signer.certificate,
      algorithm: 'ecdsa-sha256',
      content: { bytes: content, isDetached: false },
      profile: 'cms',
      hasNoAttributes: true,
    })
    const message = prepared.finish(signer.key.sign('ecdsa-sha256', prepared.toBeSigned))
    const { report } = await verify(message, { intermediates: [issuing.certificate] })
    expect(report.signers[0]?.problems).toEqual([])
  })

  it('fail/no attributes over more content than is held', async () => {
    const large = new Uint8Array(5 * 1024 * 1024)
    const prepared = prepareSignedData({
      certificate: signer.certificate,
      algorithm: 'ecdsa-sha256',
      content: { bytes: large, isDetached: false },
      profile: 'cms',
      hasNoAttributes: true,
    })
    const message = prepared.finish(signer.key.sign('ecdsa-sha256', prepared.toBeSigned))
    const { report } = await verify(message, { intermediates: [issuing.certificate] }, 1 << 20)
    expect(report.signers[0]).toMatchObject({ isSignatureValid: false, problems: ['content_missing'] })
  })

  it('fail/a message cut anywhere is never valid', async () => {
    const message = await create({ content: inPieces(content.subarray(0, 300), 100) })
    for (let length = 0; length < message.length; length += 7) {
      await expect(verify(message.subarray(0, length), {}, 1 << 20)).rejects.toMatchObject({
        code: 'signature.malformed',
      })
    }
    await expect(verify(Buffer.concat([message, Buffer.from('3000', 'hex')]))).rejects.toMatchObject({
      details: { reason: 'trailing_data' },
    })
  })

  it('fail/a changed chunk is a digest mismatch', async () => {
    const message = await create()
    message[2000] = message[2000]! ^ 1
    const { report } = await verify(message)
    expect(report.signers.map(({ problems }) => problems)).toEqual([['digest_mismatch'], ['digest_mismatch']])
  })

  it('fail/content given for a message that has its own is refused', async () => {
    await expect(verify(await create(), { content: inPieces(content, 10) })).rejects.toMatchObject({
      code: 'request.invalid',
    })
  })

  it('fail/a key that refuses ends the stream', async () => {
    const refusing: StreamSigner = { ...by(signer), sign: () => Promise.reject(new Error('PIN')) }
    await expect(create({ signers: [refusing] })).rejects.toThrow('PIN')
  })

  it('fail/an input that is given up is let go of', async () => {
    let isClosed = false
    async function* opened() {
      try {
        for (;;) yield await Promise.resolve(Buffer.from('nothing that is DER'))
      } finally {
        isClosed = true
      }
    }
    await expect(verifySignedDataStream(opened(), { anchors })).rejects.toMatchObject({ code: 'signature.malformed' })
    expect(isClosed).toBe(true)
  })

  it('fail/a tail without end is refused at its limit', async () => {
    async function* endless() {
      yield await Promise.resolve(
        Buffer.from('308006092a864886f70d010702a08030800201013100308006092a864886f70d0107010000a080', 'hex'),
      )
      for (;;)
        yield Buffer.concat(
          Array.from({ length: 64 }, () => Buffer.concat([Buffer.from('30820400', 'hex'), Buffer.alloc(1024)])),
        )
    }
    await expect(verifySignedDataStream(endless(), { anchors })).rejects.toMatchObject({
      details: { reason: 'too_long' },
    })
  })

  it('ok/content in a million pieces takes no more room than its bytes', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const room = () => {
      collectGarbage()
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    const before = room()
    let used = 0
    const message = (async function* () {
      yield Buffer.from('308006092a864886f70d010702a0803080020101310d300b0609608648016503040201', 'hex')
      yield Buffer.from('308006092a864886f70d010701a0802480', 'hex')
      const pieces = Buffer.from('040100'.repeat(10_000), 'hex')
      for (let count = 0; count < 100; count++) yield await Promise.resolve(pieces)
      used = room() - before
      yield Buffer.alloc(6)
      yield Buffer.from('3100', 'hex')
      yield Buffer.alloc(6)
    })()
    const report = await verifySignedDataStream(message, { anchors })
    expect(report).toMatchObject({ isValid: false, signers: [] })
    expect(used).toBeLessThan(30_000_000)
  }, 60_000)
})
