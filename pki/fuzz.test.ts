import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { prepareSignedData } from './cms/prepare.ts'
import { verifySignedData } from './cms/verify.ts'
import { readSealImage } from './image/seal-image.ts'
import { bufferSource } from './io/byte-source.ts'
import { inspectPdf } from './pdf/inspect.ts'
import { preparePdfSignature } from './pdf/prepare.ts'
import { verifyPdf } from './pdf/verify.ts'
import { mutate, mutations } from './testing/mutations.ts'
import { buildPdf, sealPixels } from './testing/pdf-samples.ts'
import type { PdfStyle } from './testing/pdf-samples.ts'
import { encodeRgba } from './testing/png-encoder.ts'
import { signSample } from './testing/sign-sample.ts'
import { createTestChain } from './testing/test-ca.ts'
import { parseCertificate } from './x509/certificate.ts'

const { root, issuing, signer } = createTestChain()
const anchors = [root.certificate]

/** Only errors of the closed list, and an answer within a second of this process's own work. */
const behaves = async (run: () => unknown): Promise<void> => {
  const start = process.cpuUsage()
  try {
    await run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).toMatch(/^(document|certificate|signature|seal|request)\./)
  }
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(1000)
}

const fuzz = (runs: number, property: (list: Parameters<typeof mutate>[1]) => Promise<void>) =>
  fc.assert(fc.asyncProperty(mutations, property), { numRuns: runs })

describe('spoiled input', () => {
  it.each<PdfStyle>(['table', 'stream', 'object-streams', 'hybrid'])(
    'a spoiled PDF (%s) is refused with a code or read, never worse',
    async (style) => {
      const pages = [{ annots: 'indirect' as const }, { rotate: 90 }]
      const { bytes } = await signSample(buildPdf({ style, pages, acroForm: 'indirect' }), { signer, chain: [issuing] })
      const placements = [{ page: 2, x: 10, y: 10, width: 20, height: 20 }]
      await fuzz(400, async (list) => {
        const source = bufferSource(mutate(bytes, list))
        await behaves(async () => (await inspectPdf(source)).page(1))
        await behaves(() => preparePdfSignature(source, { placements, image: null, contentsSize: 100 }))
        await behaves(() => verifyPdf(source, { anchors }))
      })
    },
  )

  it('a spoiled CMS message is refused with a code or reported, never worse', async () => {
    const prepared = prepareSignedData({
      certificate: signer.certificate,
      chain: [issuing.certificate],
      algorithm: 'ecdsa-sha256',
      content: { bytes: Buffer.from('content'), isDetached: false },
      profile: 'cms',
    })
    const message = prepared.finish(signer.key.sign('ecdsa-sha256', prepared.toBeSigned))
    await fuzz(3000, (list) => behaves(() => verifySignedData(mutate(message, list), { anchors, allowPadding: true })))
  })

  it('a spoiled certificate is refused with a code or read, never worse', () =>
    fuzz(3000, (list) => behaves(() => parseCertificate(mutate(signer.certificate.der, list)))))

  it('a spoiled PNG is refused with a code or read, never worse', async () => {
    const png = encodeRgba(16, 16, sealPixels(16))
    await fuzz(1000, (list) => behaves(() => readSealImage(mutate(png, list))))
  })

  it('a spoiled JPEG is refused with a code or read, never worse', async () => {
    const frame = '0011080010001003012200021101031101'
    const jpeg = Buffer.from(
      `ffd8ffe000104a46494600010100000100010000ffc0${frame}ffda000c03010002110311003f00aabbccddffd9`,
      'hex',
    )
    expect(readSealImage(jpeg)).toMatchObject({ width: 16, height: 16, colorSpace: 'DeviceRGB' })
    await fuzz(1000, (list) => behaves(() => readSealImage(mutate(jpeg, list))))
  })

  it('random bytes are nothing', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await behaves(() => parseCertificate(bytes))
        await behaves(() => verifySignedData(bytes, { anchors, allowPadding: true }))
        await behaves(() => readSealImage(bytes))
        await behaves(() => inspectPdf(bufferSource(bytes)))
      }),
      { numRuns: 500 },
    ))
})

describe('hostile input', () => {
  const nested = (open: string, close: string) => `${open.repeat(10_000)}${close.repeat(10_000)}`

  it('DER nested 10,000 deep ends at once', async () => {
    const deep = Buffer.alloc(20_000)
    for (let at = 0; at < 20_000; at += 2) deep.set([0x30, 0x80], at)
    await behaves(() => verifySignedData(deep, { anchors }))
    await behaves(() => parseCertificate(Buffer.from('30840000000430800000'.repeat(1000), 'hex')))
  })

  it.each([
    ['arrays', nested('[', ']')],
    ['dictionaries', nested('<</A ', '>>')],
    ['parentheses', nested('(', ')')],
    ['an unfinished string', `(${'x'.repeat(3_000_000)}`],
    ['an unfinished array', '['.padEnd(2_000_000, '1 ')],
  ])('a PDF with %s without end ends at once', (_name, text) =>
    behaves(() => inspectPdf(bufferSource(buildPdf({ catalog: `/X ${text}` })))),
  )

  const loops: [string, string[], string][] = [
    ['a reference to itself', ['100000 0 R'], '/AcroForm 100000 0 R'],
    ['a field that is its own kid', ['<</T(a)/Kids[100000 0 R]>>'], '/AcroForm <</Fields[100000 0 R]>>'],
    ['a form of a million nulls', [`[${'null '.repeat(1_000_000)}]`], '/AcroForm <</Fields 100000 0 R>>'],
  ]
  it.each(loops)('%s ends at once', (_name, extra, catalog) =>
    behaves(() =>
      preparePdfSignature(bufferSource(buildPdf({ extra, catalog })), {
        placements: [],
        image: null,
        contentsSize: 10,
      }),
    ),
  )

  const patched = (from: RegExp, to: string) =>
    bufferSource(Buffer.from(Buffer.from(buildPdf()).toString('latin1').replace(from, to), 'latin1'))
  it.each([
    ['cross-references that point at themselves', /\/Size/, '/Prev 0/Size'],
    ['a table of a billion entries', /0 1\n/, '0 1000000000\n'],
    ['an object number beyond all limits', /\/Size \d+/, '/Size 99999999999999'],
    ['a page tree that contains itself', /\/Kids\[\d+ 0 R\]/, '/Kids[2 0 R]'],
    ['a page count of a billion', /\/Count 1/, '/Count 1000000000'],
  ])('%s end at once', (_name, from, to) => {
    const source = patched(from, to)
    return behaves(async () => (await inspectPdf(source)).page(1))
  })

  it('a stream that unpacks to gigabytes is refused', async () => {
    const { deflateSync } = await import('node:zlib')
    const bomb = deflateSync(Buffer.alloc(200 * 1024 * 1024))
    const head = `%PDF-1.5\n1 0 obj\n<</Type/XRef/W[1 4 2]/Size 5/Root 2 0 R/Filter/FlateDecode/Length ${bomb.length}>>\nstream\n`
    const pdf = Buffer.concat([Buffer.from(head), bomb, Buffer.from('\nendstream\nendobj\nstartxref\n9\n%%EOF\n')])
    await expect(inspectPdf(bufferSource(pdf))).rejects.toMatchObject({ code: 'document.unsupported' })
  })
})
