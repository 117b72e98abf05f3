import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { readSealImage } from '../image/seal-image.ts'
import { bufferSource } from '../io/byte-source.ts'
import { buildPdf, sealPixels } from '../testing/pdf-samples.ts'
import type { PdfStyle, SampleOptions } from '../testing/pdf-samples.ts'
import { encodeRgba } from '../testing/png-encoder.ts'
import { signSample } from '../testing/sign-sample.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { openPdf } from './document.ts'
import { inspectPdf } from './inspect.ts'
import { entry, isArray, isDict } from './objects.ts'
import { findPage } from './pages.ts'
import { verifyPdf } from './verify.ts'

const { root, issuing, signer } = createTestChain()
const anchors = [root.certificate]
const seal = readSealImage(encodeRgba(40, 40, sealPixels(40)))
const sign = (pdf: Uint8Array, input: Partial<Parameters<typeof signSample>[1]> = {}) =>
  signSample(pdf, { signer, chain: [issuing], image: seal, ...input })
const placement = { page: 1, x: 20, y: 30, width: 40, height: 40 }

const styles: PdfStyle[] = ['table', 'stream', 'object-streams', 'hybrid']
const annots = ['missing', 'direct', 'indirect'] as const
const forms = ['missing', 'direct', 'indirect', 'indirect-fields'] as const
const shapes: [string, SampleOptions][] = styles.flatMap((style) =>
  forms.flatMap((acroForm) =>
    annots.map((kind): [string, SampleOptions] => [
      `${style}, form ${acroForm}, annotations ${kind}`,
      { style, acroForm, pages: [{ annots: kind }, {}] },
    ]),
  ),
)

describe('signing a PDF', () => {
  it.each(shapes)('ok/%s', async (_name, options) => {
    const pdf = buildPdf(options)
    const { bytes, result } = await sign(pdf, { placements: [placement] })
    expect(Buffer.compare(bytes.subarray(0, pdf.length), pdf)).toBe(0)
    expect(result.size).toBe(bytes.length)
    expect(result.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    const report = await verifyPdf(bufferSource(bytes), { anchors })
    expect(report.signatures.map(({ findings }) => findings)).toEqual([[]])
    expect(report).toMatchObject({ verdict: 'valid', signatures: [{ coverage: 'whole', laterChanges: 'none' }] })
    const document = await openPdf(bufferSource(bytes))
    expect(document.xref.sections[0]?.kind).toBe(
      options.style === 'table' || options.style === 'hybrid' ? 'table' : 'stream',
    )
    const page = await findPage(document, 1)
    const list = await document.get(page.dict, 'Annots')
    expect(isArray(list) && list.items.length).toBe(options.pages?.[0]?.annots === 'missing' ? 1 : 2)
    const form = await document.get(document.catalog, 'AcroForm')
    const fields = isDict(form) ? await document.get(form, 'Fields') : null
    expect(isArray(fields) && fields.items.length).toBe(options.acroForm === 'missing' ? 1 : 2)
    expect(isDict(form) && entry(form, 'SigFlags')).toBe(3)
  })

  it('ok/five signatures on top of each other are all valid and only additions', async () => {
    let pdf = buildPdf({ style: 'object-streams', pages: [{}, { annots: 'indirect' }] })
    for (let count = 0; count < 5; count++) {
      const page = 1 + (count % 2)
      const placements = [
        { ...placement, page },
        { ...placement, page: 3 - page, x: 80 },
      ]
      pdf = (await sign(pdf, { placements: count === 4 ? [] : placements })).bytes
    }
    const report = await verifyPdf(bufferSource(pdf), { anchors })
    expect(report.verdict).toBe('valid')
    expect(report.signatures.map(({ fieldName }) => fieldName)).toEqual([1, 2, 3, 4, 5].map((n) => `Signature${n}`))
    expect(report.signatures.map(({ laterChanges }) => laterChanges)).toEqual([
      'allowed',
      'allowed',
      'allowed',
      'allowed',
      'none',
    ])
    expect(new Set(report.signatures[0]?.changes.map(({ kind }) => kind))).toEqual(
      new Set(['signature_added', 'seal_added']),
    )
  })

  it('ok/without a placement the signature is invisible', async () => {
    const { bytes } = await sign(buildPdf())
    expect(Buffer.from(bytes).toString('latin1')).toContain('/Rect [0 0 0 0]')
    expect((await verifyPdf(bufferSource(bytes), { anchors })).verdict).toBe('valid')
  })

  it('ok/reason, location and signer come back as they were given, Chinese included', async () => {
    const texts = { reason: '投标文件 (正本)', location: 'Jinan\\山东', signerName: '中标公司' }
    const { bytes } = await sign(buildPdf(), texts)
    const [signature] = (await verifyPdf(bufferSource(bytes), { anchors })).signatures
    expect(signature).toMatchObject(texts)
  })

  it('ok/one seal in slices over five pages is one picture and one signature', async () => {
    const pages = Array.from({ length: 5 }, () => ({}))
    const placements = pages.map((_, index) => ({
      page: index + 1,
      x: 202,
      y: 120,
      width: 7.9,
      height: 40,
      slice: { left: index / 5, right: (index + 1) / 5 },
    }))
    const { bytes } = await sign(buildPdf({ pages }), { placements })
    const text = Buffer.from(bytes).toString('latin1')
    expect(text.match(/\/Subtype \/Image/g)).toHaveLength(2)
    expect(text.match(/\/Subtype \/Form/g)).toHaveLength(5)
    expect(text.match(/\/Subtype \/Widget/g)).toHaveLength(1)
    expect(text.match(/\/Subtype \/Stamp/g)).toHaveLength(4)
    expect((await verifyPdf(bufferSource(bytes), { anchors })).verdict).toBe('valid')
  })

  it('ok/two pages that share one array of annotations each get their own seal', async () => {
    const pdf = Buffer.from(buildPdf({ pages: [{ annots: 'indirect' }, {}] })).toString('latin1')
    const shared = /\/Annots (\d+) 0 R/.exec(pdf)![1]!
    const both = pdf.replace(
      /(\/Type\/Page\/Parent \d+ 0 R\/Contents \d+ 0 R)(\/Resources)/,
      `$1/Annots ${shared} 0 R$2`,
    )
    // The page grew: the second page's offsets are repaired by a new table.
    const { bytes } = await sign(rebuildTable(both), { placements: [placement, { ...placement, page: 2 }] })
    const document = await openPdf(bufferSource(bytes))
    for (const number of [1, 2]) {
      const list = await document.get((await findPage(document, number)).dict, 'Annots')
      expect(isArray(list) && list.items.length).toBe(2)
    }
  })

  it('ok/a wrong /Length of a page is of no concern', async () => {
    const { bytes } = await sign(buildPdf({ wrongLength: true, style: 'object-streams' }), { placements: [placement] })
    expect((await verifyPdf(bufferSource(bytes), { anchors })).verdict).toBe('valid')
  })

  it('ok/a file that ends without a line end, and one with garbage behind %%EOF', async () => {
    const pdf = buildPdf()
    for (const source of [pdf.subarray(0, pdf.length - 1), Buffer.concat([pdf, Buffer.from('\r\n\0\0garbage')])]) {
      const { bytes } = await sign(new Uint8Array(source), { placements: [placement] })
      expect((await verifyPdf(bufferSource(bytes), { anchors })).verdict).toBe('valid')
    }
  })

  it('ok/the last of 10,000 pages is found without reading the others', async () => {
    const pages = Array.from({ length: 10_000 }, () => ({}))
    for (const options of [{ pages }, { pages, fanOut: 100, style: 'object-streams' as const }]) {
      const pdf = buildPdf(options)
      let reads = 0
      const source = {
        size: pdf.length,
        read: (offset: number, length: number) => {
          reads += length
          return pdf.subarray(offset, offset + length)
        },
      }
      const inspection = await inspectPdf(source)
      expect(inspection.pageCount).toBe(10_000)
      expect((await inspection.page(10_000)).width).toBeCloseTo(209.9, 1)
      expect(reads).toBeLessThan(pdf.length)
      const { bytes } = await sign(pdf, { placements: [{ ...placement, page: 10_000 }] })
      expect((await verifyPdf(bufferSource(bytes), { anchors })).verdict).toBe('valid')
    }
  })

  it('ok/SHA-384 with another file digest beside it', async () => {
    const strong = createTestChain('P-384')
    const { bytes, result } = await signSample(buildPdf(), {
      signer: strong.signer,
      chain: [strong.issuing],
      algorithm: 'ecdsa-sha384',
    })
    expect(result.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    const report = await verifyPdf(bufferSource(bytes), { anchors: [strong.root.certificate] })
    expect(report).toMatchObject({ verdict: 'valid', signatures: [{ algorithm: 'ecdsa-sha384' }] })
  })

  it.each([[{ page: 2 }], [{ page: 0 }], [{ page: 1.5 }], [{ x: 171 }], [{ y: 258 }], [{ x: -1 }], [{ width: 0 }]])(
    'fail/a seal outside the page is refused: %o',
    async (change) => {
      await expect(sign(buildPdf(), { placements: [{ ...placement, ...change }] })).rejects.toMatchObject({
        code: 'document.placement_outside',
      })
    },
  )

  it('fail/a file that changed since it was shown is not signed', async () => {
    let asked = 0
    const key: typeof signer.key = { ...signer.key, sign: (...args) => (asked++, signer.key.sign(...args)) }
    const pdf = buildPdf()
    const attempt = (expectedSha256: string) => sign(pdf, { signer: { ...signer, key }, expectedSha256 })
    await expect(attempt('ff'.repeat(32))).rejects.toMatchObject({ code: 'document.damaged' })
    expect(asked).toBe(0)
    await attempt(createHash('sha256').update(pdf).digest('hex'))
    expect(asked).toBe(1)
  })

  const certified = (level: number, transform = 'DocMDP') => [
    '<</Type/Sig/Filter/X/SubFilter/adbe.pkcs7.detached/ByteRange[0 0 0 0]/Contents<00>' +
      `/Reference[<</TransformMethod/${transform}/TransformParams<</Type/TransformParams/P ${level}/Action/All>>>>]>>`,
  ]
  it('fail/a certification of level 1 forbids another signature', async () => {
    const pdf = buildPdf({ extra: certified(1), catalog: '/Perms <</DocMDP 100000 0 R>>' })
    await expect(sign(pdf)).rejects.toMatchObject({ code: 'document.locked', details: { reason: 'docmdp' } })
    expect((await inspectPdf(bufferSource(pdf))).lock).toBe('docmdp')
  })

  it('level 2 allows a signature but no stamps beside it', async () => {
    const pdf = buildPdf({ extra: certified(2), catalog: '/Perms <</DocMDP 100000 0 R>>' })
    await expect(sign(pdf, { placements: [placement] })).resolves.toBeDefined()
    await expect(sign(pdf, { placements: [placement, { ...placement, x: 80 }] })).rejects.toMatchObject({
      code: 'document.locked',
    })
  })

  it.each([
    ['a lock on all fields', '/Lock <</Action/All>>', []],
    ['a lock with P 1', '/Lock <</Action/Include/Fields[(a)]/P 1>>', []],
    ['FieldMDP over all fields', '', certified(3, 'FieldMDP')],
  ])('fail/%s in a signed field forbids another signature', async (_name, lock, extra) => {
    const value = extra.length > 0 ? '/V 100000 0 R' : '/V <</Type/Sig>>'
    const pdf = buildPdf({ extra, catalog: `/AcroForm <</Fields[<</FT/Sig/T(Old)${value}${lock}>>]>>` })
    await expect(sign(pdf)).rejects.toMatchObject({ code: 'document.locked', details: { reason: 'field_lock' } })
  })
})

/** Writes a new table for a file whose objects moved. */
const rebuildTable = (text: string): Uint8Array => {
  const body = text.slice(0, text.indexOf('xref\n0 1'))
  const rows = [...body.matchAll(/^(\d+) 0 obj$/gm)].map((match) => [Number(match[1]), match.index] as const)
  const table = rows.map(([num, offset]) => `${num} 1\n${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const trailer = text.slice(text.indexOf('trailer'), text.indexOf('startxref'))
  return Buffer.from(
    `${body}xref\n0 1\n0000000000 65535 f \n${table}${trailer}startxref\n${body.length}\n%%EOF\n`,
    'latin1',
  )
}
