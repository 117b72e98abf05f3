import { describe, expect, it } from 'vitest'

import { bufferSource } from '../io/byte-source.ts'
import { appendText, appendUpdate } from '../testing/append-update.ts'
import { buildPdf } from '../testing/pdf-samples.ts'
import { signSample } from '../testing/sign-sample.ts'
import { createTestChain, issue } from '../testing/test-ca.ts'
import { verifyPdf } from './verify.ts'

const { root, issuing, signer } = createTestChain()
const anchors = [root.certificate]
const at = { page: 1, x: 20, y: 30, width: 40, height: 40 }
const sign = async (pdf: Uint8Array, placements = [at]) =>
  (await signSample(pdf, { signer, chain: [issuing], placements })).bytes
const verify = (bytes: Uint8Array) => verifyPdf(bufferSource(bytes), { anchors })
const first = async (bytes: Uint8Array) => (await verify(bytes)).signatures[0]!
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

const plain = buildPdf({ pages: [{ annots: 'indirect' }, {}], acroForm: 'indirect-fields' })
const signed = await sign(plain)

/** Numbers of objects in the sample, found by what they hold. */
const find = (pattern: RegExp): number => Number(new RegExp(`(\\d+) 0 obj\\n${pattern.source}`).exec(text(signed))![1])
const objects = {
  catalog: 1,
  pages: find(/<<\/Type\/Pages/),
  page: find(/<<\/Type\/Page\//),
  content: find(/<<\/Length/),
  textField: find(/<<\/FT\/Tx/),
  note: find(/<<\/Type\/Annot\/Subtype\/Text/),
}
const bodyOf = (num: number): string =>
  [...text(signed).matchAll(new RegExp(`\\n${num} 0 obj\\n([^]*?)\\nendobj`, 'g'))].at(-1)![1]!
const rewrite = (num: number, change: (body: string) => string) => appendUpdate(signed, { [num]: change(bodyOf(num)) })

describe('verifying a PDF', () => {
  it('ok/a document without signatures is unsigned', async () => {
    expect(await verify(plain)).toMatchObject({ verdict: 'unsigned', signatures: [] })
  })

  it('ok/an object that is written again unchanged changes nothing', async () => {
    const report = await first(rewrite(objects.page, (body) => body))
    expect(report).toMatchObject({ verdict: 'valid', coverage: 'earlier_revision', laterChanges: 'allowed' })
  })

  it('ok/validation data and XMP may be added', async () => {
    const catalog = bodyOf(objects.catalog).replace(/>>$/, '/DSS 500 0 R>>')
    const dss = '<</Type/DSS/Certs[501 0 R]>>'
    const report = await first(
      appendUpdate(signed, { 1: catalog, 500: dss, 501: '<</Length 2>>\nstream\n00\nendstream' }),
    )
    expect(report).toMatchObject({ verdict: 'valid', laterChanges: 'allowed' })
    expect(report.changes.map(({ kind }) => kind)).toEqual(['dss_changed'])
  })

  const note = bodyOf(objects.note + 1).replace(']', ' 600 0 R]')
  const overlay = '<</Type/Annot/Subtype/Stamp/Rect[0 0 595 842]>>'
  it.each([
    ['page_changed', () => rewrite(objects.page, (body) => body.replace('/Type/Page', '/Type/Page/Rotate 180'))],
    ['object_changed', () => rewrite(objects.content, (body) => body.replace('0.9 g', '0.1 g'))],
    ['page_tree_changed', () => rewrite(objects.pages, (body) => body.replace('842', '420'))],
    ['catalog_changed', () => rewrite(objects.catalog, (body) => body.replace('/Type', '/OpenAction[]/Type'))],
    ['form_changed', () => rewrite(objects.textField, (body) => body.replace('(value)', '(other)'))],
    ['annotation_changed', () => rewrite(objects.note, (body) => body.replace('(note)', '(else)'))],
    ['annotation_changed', () => appendUpdate(signed, { [objects.note + 1]: note, 600: overlay })],
    ['object_removed', () => appendUpdate(signed, { [objects.note]: null })],
    ['trailing_data', () => Buffer.concat([signed, Buffer.from('1 0 obj <<>> endobj')])],
    ['catalog_changed', () => appendUpdate(signed, { 1: bodyOf(1).replace('/Pages', '/Names 5 0 R/Pages') })],
    ['xref_replaced', () => appendUpdate(signed, { 800: bodyOf(1) }, '/Root 800 0 R')],
  ])('fail/%s after signing is a modification', async (kind, build) => {
    const report = await first(new Uint8Array(build()))
    expect(report.changes.filter(({ isAllowed }) => !isAllowed).map((change) => change.kind)).toContain(kind)
    expect(report).toMatchObject({
      verdict: 'invalid',
      laterChanges: 'modified',
      findings: ['modified_after_signing'],
    })
  })

  it('ok/a new object that nothing refers to changes nothing', async () => {
    const report = await first(appendUpdate(signed, { 700: '<</Orphan true>>' }))
    expect(report).toMatchObject({ verdict: 'valid', laterChanges: 'allowed' })
  })

  it('fail/very many objects that no table lists', async () => {
    const many = appendText(signed, (start, previous) => {
      const body = '\n9 0 obj\n'.repeat(200_000)
      const trailer = `trailer\n<</Size 9999/Prev ${previous}/Root 1 0 R>>\nstartxref\n${start + body.length}\n%%EOF\n`
      return `${body}xref\n0 0\n${trailer}`
    })
    const report = await first(many)
    expect(report).toMatchObject({ verdict: 'invalid', laterChanges: 'modified' })
    expect(report.changes.some(({ kind }) => kind === 'object_unlisted')).toBe(true)
  })

  it('fail/a reference that led nowhere when it was signed must not lead somewhere later', async () => {
    const page = /(\d+) 0 obj\n(<<\/Type\/Page\/[^]*?)\nendobj/.exec(text(plain))!
    const dangling = page[2]!.replace(/\/Contents (\d+ 0 R)/, '/Contents [$1 900 0 R]')
    const prepared = await sign(appendUpdate(plain, { [page[1]!]: dangling }))
    const report = await first(appendUpdate(prepared, { 900: '<</Length 2>>\nstream\n q\nendstream' }))
    expect(report).toMatchObject({ verdict: 'invalid', changes: [{ kind: 'object_added', object: 900 }] })
  })

  it('fail/the same, when only the revision of a second signature made the reference', async () => {
    const dangling = rewrite(objects.page, (body) => body.replace(/\/Contents (\d+ 0 R)/, '/Contents [$1 900 0 R]'))
    const late = appendUpdate(await sign(dangling), { 900: '<</Length 2>>\nstream\n q\nendstream' })
    const [one, two] = (await verify(late)).signatures
    expect(one?.changes.map(({ kind }) => kind)).toContain('page_changed')
    expect(two).toMatchObject({ verdict: 'invalid', changes: [{ kind: 'object_added', object: 900 }] })
  })

  it('fail/a content stream cannot be exchanged as metadata or document information', async () => {
    for (const alias of [`/Metadata ${objects.content} 0 R`, `/DSS ${objects.content} 0 R`]) {
      const prepared = await sign(appendUpdate(plain, { 1: bodyOf1(plain).replace('/Pages', `${alias}/Pages`) }))
      const stream = /\n(?:\d+) 0 obj\n(<<\/Length[^]*?endstream)/.exec(text(plain))![1]!
      const changed = appendUpdate(prepared, { [objects.content]: stream.replace('0.9 g', '0.1 g') })
      expect(await first(changed)).toMatchObject({ verdict: 'invalid', laterChanges: 'modified' })
    }
  })

  it('fail/a changed byte inside the range is a digest mismatch', async () => {
    const changed = Uint8Array.from(signed)
    const bar = text(signed).indexOf('0.9 g')
    changed[bar + 2] = 0x31
    expect(await first(changed)).toMatchObject({ verdict: 'invalid', findings: ['digest_mismatch'] })
  })

  const withRange = (numbers: string) => {
    const latin = text(signed)
    const place = latin.indexOf('/ByteRange [') + '/ByteRange '.length
    const end = latin.indexOf(']', place) + 1
    return Buffer.from(latin.slice(0, place) + numbers.padEnd(end - place) + latin.slice(end), 'latin1')
  }
  const range = /\/ByteRange \[0 +(\d+) +(\d+) +(\d+)\]/.exec(text(signed))!.slice(1).map(Number)
  const [open = 0, close = 0, rest = 0] = range
  it.each([
    ['not starting at 0', `[1 ${open - 1} ${close} ${rest}]`],
    ['leaving out more than the contents', `[0 ${open - 10} ${close} ${rest}]`],
    ['leaving out more behind the contents', `[0 ${open} ${close + 1} ${rest - 1}]`],
    ['covering the brackets', `[0 ${open + 1} ${close - 1} ${rest + 1}]`],
    ['reaching beyond the file', `[0 ${open} ${close} ${rest + 1}]`],
    ['of three numbers', `[0 ${open} ${close}]`],
    ['of six numbers', `[0 ${open} ${close} 1 ${close + 1} ${rest - 1}]`],
    ['negative', `[0 ${open} ${close} -5]`],
    ['missing', 'null'],
  ])('fail/a byte range %s does not protect', async (_name, numbers) => {
    const report = await first(withRange(numbers))
    expect(report).toMatchObject({ verdict: 'invalid', coverage: 'broken', findings: ['byte_range_invalid'] })
  })

  it('fail/a range that stops inside a revision is incomplete', async () => {
    const report = await first(withRange(`[0 ${open} ${close} ${rest - 60}]`))
    expect(report.findings).toContain('revision_incomplete')
    expect(report).toMatchObject({ verdict: 'invalid', coverage: 'broken' })
  })

  it('fail/contents that are not a signature are malformed', async () => {
    const changed = Uint8Array.from(signed)
    changed.fill(0x30, open + 1, close - 1)
    expect(await first(changed)).toMatchObject({ verdict: 'invalid', findings: ['contents_malformed'] })
  })

  it('an unknown issuer leaves the verdict open, an expired certificate does not', async () => {
    const stranger = issue({ commonName: 'Another root', isCa: true })
    const open = await verifyPdf(bufferSource(signed), { anchors: [stranger.certificate] })
    expect(open).toMatchObject({ verdict: 'unknown', signatures: [{ findings: ['chain_invalid'] }] })
    const late = await verifyPdf(bufferSource(signed), { anchors, at: new Date('2050-01-01T00:00:00Z') })
    expect(late).toMatchObject({ verdict: 'invalid', signatures: [{ findings: ['chain_invalid'] }] })
    expect(late.signatures[0]?.chain?.failures[0]).toMatchObject({ rule: 'expired', index: 0 })
  })

  it('ok/a stamp is only allowed when a later signature signed it', async () => {
    const twice = await sign(signed, [at, { ...at, page: 2 }])
    expect((await verify(twice)).signatures.map(({ verdict }) => verdict)).toEqual(['valid', 'valid'])
    const unsigned = appendUpdate(signed, { [objects.note + 1]: note, 600: overlay })
    expect(await first(unsigned)).toMatchObject({ verdict: 'invalid' })
    const vouched = await verify(await sign(unsigned))
    expect(vouched.signatures[0]).toMatchObject({ laterChanges: 'allowed' })
  })
})

const bodyOf1 = (pdf: Uint8Array): string => /\n1 0 obj\n([^]*?)\nendobj/.exec(text(pdf))![1]!
