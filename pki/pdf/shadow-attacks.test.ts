import { inflateSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { bufferSource } from '../io/byte-source.ts'
import { appendText, appendUpdate } from '../testing/append-update.ts'
import { buildPdf } from '../testing/pdf-samples.ts'
import type { SampleOptions } from '../testing/pdf-samples.ts'
import { signSample } from '../testing/sign-sample.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { verifyPdf } from './verify.ts'

const { root, issuing, signer } = createTestChain()
const at = { page: 1, x: 20, y: 30, width: 40, height: 40 }
const sign = async (pdf: Uint8Array) => (await signSample(pdf, { signer, chain: [issuing], placements: [at] })).bytes
const verify = (bytes: Uint8Array) => verifyPdf(bufferSource(bytes), { anchors: [root.certificate] })
const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

const sample: SampleOptions = { pages: [{ annots: 'indirect', rotate: 90 }, {}], acroForm: 'indirect-fields' }
const plain = buildPdf(sample)
const numberOf = (pattern: RegExp): number =>
  Number(new RegExp(`(\\d+) 0 obj\\n${pattern.source}`).exec(latin(plain))![1])
const catalog = 1
const pages = numberOf(/<<\/Type\/Pages/)
const page = numberOf(/<<\/Type\/Page\//)
const content = numberOf(/<<\/Length/)
const note = numberOf(/<<\/Type\/Annot/)
const annots = note + 1
const fields = numberOf(/\[\d+ 0 R\]\nendobj\n\d+ 0 obj\n<<\/Fields/)
const form = fields + 1

const bodyOf = (pdf: Uint8Array, num: number): string =>
  [...latin(pdf).matchAll(new RegExp(`\\n${num} 0 obj\\n([^]*?)\\nendobj`, 'g'))].at(-1)![1]!
const stream = (data: string, dict = '') => `<<${dict}/Length ${data.length}>>\nstream\n${data}\nendstream`
const ink = '0 g 0 0 600 900 re f'
const overlay = `/Type/XObject/Subtype/Form/BBox[0 0 600 900]`
type Change = Readonly<Record<number, string | null | ((body: string) => string)>>
const update = (pdf: Uint8Array, change: Change, trailer = '') =>
  appendUpdate(
    pdf,
    Object.fromEntries(
      Object.entries(change).map(([num, to]) => [num, typeof to === 'function' ? to(bodyOf(pdf, Number(num))) : to]),
    ),
    trailer,
  )
const adding = (text: string) => (body: string) => body.replace(/>>$/, `${text}>>`)
const item = (num: number) => (body: string) => body.replace(/\]$/, ` ${num} 0 R]`)

const signed = await sign(plain)
/** Prepared by the attacker, signed in good faith, then changed. */
const shadow = async (prepare: Change, attack: Change, trailer = '') =>
  update(await sign(update(plain, prepare, trailer)), attack)

const sigWidget = `/Type/Annot/Subtype/Widget/FT/Sig/T(Empty)/Rect[0 0 595 842]`
const emptyField: Change = { [annots]: item(600), [fields]: item(600), 600: `<<${sigWidget}>>` }
const appearance = { 701: stream(ink, overlay) }

const table = (rows: string, trailer: string) => (start: number, previous: string) =>
  `\nxref\n${rows}trailer\n<</Root 1 0 R/Prev ${previous}${trailer}>>\nstartxref\n${start + 1}\n%%EOF\n`
const row = (offset: number, gen = 0) => `${String(offset).padStart(10, '0')} ${String(gen).padStart(5, '0')} n \n`
const placeOf = (pdf: Uint8Array, num: number) => latin(pdf).lastIndexOf(`\n${num} 0 obj\n`) + 1
const sizeOf = (pdf: Uint8Array) => `/Size ${[...latin(pdf).matchAll(/\/Size (\d+)/g)].at(-1)![1]!}`

const container = /(\d+) 0 obj\n<<\/Type\/ObjStm\/N (\d+)\/First (\d+)\/Filter\/FlateDecode\/Length (\d+)>>\nstream\n/
const pack = (text = '') => buildPdf({ ...sample, style: 'object-streams', catalog: text })
const packed = () => sign(pack())

const unpack = (pdf: Uint8Array) => {
  const match = container.exec(latin(pdf))!
  const [num, count, first, length] = match.slice(1).map(Number) as [number, number, number, number]
  const start = match.index + match[0].length
  const members = latin(inflateSync(pdf.subarray(start, start + length)))
  return { num, members, dict: `/Type/ObjStm/N ${count}/First ${first}` }
}

const repack = (pdf: Uint8Array) => {
  const { num, members, dict } = unpack(pdf)
  return appendUpdate(pdf, { [num]: stream(members.replace('[0 0 595 842]', '[0 0 595 442]'), dict) })
}

/** The length is an object of its own, and the document information as well. */
const cutMembers = async () => {
  const { num, members, dict } = unpack(pack())
  const body = stream(members, dict).replace(/\/Length \d+/, '/Length 950 0 R')
  const prepared = appendUpdate(pack(), { [num]: body, 950: String(members.length) }, '/Info 950 0 R')
  return appendUpdate(await sign(prepared), { 950: '9' })
}

/** The update says that an object is the first one of its object stream: viewers go by that and find another. */
const wrongIndex = async () => {
  const pdf = await packed()
  const { num } = unpack(pdf)
  return appendText(pdf, (start, previous) => {
    const data = String.fromCharCode(2, num >> 8, num & 255, 9)
    const xref = `\n900 0 obj\n${stream(data, `/Type/XRef/W[1 2 1]/Index[${note} 1]/Size 901/Root 1 0 R/Prev ${previous}`)}\nendobj`
    return `${xref}\nstartxref\n${start + 1}\n%%EOF\n`
  })
}

const attacks: [string, () => Uint8Array | Promise<Uint8Array>][] = [
  [
    'a content stream that becomes an object stream',
    () => update(signed, { [content]: stream(ink, '/Type/ObjStm/N 0/First 0') }),
  ],
  [
    'a content stream that becomes a cross-reference stream',
    () => update(signed, { [content]: stream(ink, '/Type/XRef') }),
  ],
  [
    'a missing content stream that comes as an object stream',
    () =>
      shadow(
        { [page]: (body) => body.replace(/\/Contents (\d+ 0 R)/, '/Contents[$1 900 0 R]') },
        { 900: stream(ink, '/Type/ObjStm/N 0/First 0') },
      ),
  ],
  ['an object stream under its own number with other members', async () => repack(await packed())],
  [
    'an object stream that belongs to the validation data too',
    async () => repack(await sign(pack(`/DSS<</Certs[${unpack(pack()).num} 0 R]>>`))),
  ],
  ['the length of an object stream that is the document information too', cutMembers],
  ['an object read from another place of its object stream', wrongIndex],
  [
    'a widget that no signature covers',
    () => update(signed, { [annots]: item(600), 600: `<<${sigWidget}/AP<</N 701 0 R>>>>`, ...appearance }),
  ],
  [
    'a signature field that no signature covers',
    () =>
      update(signed, {
        [annots]: item(600),
        [fields]: item(600),
        600: `<<${sigWidget}/V<</Type/Sig>>/AP<</N 701 0 R>>>>`,
        ...appearance,
      }),
  ],
  [
    'an appearance for an empty signature field',
    () => shadow(emptyField, { 600: adding('/AP<</N 701 0 R>>'), ...appearance }),
  ],
  [
    'a value that is no signature for an empty signature field',
    () => shadow(emptyField, { 600: adding('/V<</Type/Sig>>/AP<</N 701 0 R>>'), ...appearance }),
  ],
  [
    'resources that are the document information too',
    () =>
      shadow(
        {
          [page]: (body) => body.replace(/\/Resources.*$/, '/Resources 600 0 R>>'),
          600: '<</XObject<</A 602 0 R>>>>',
          602: stream('', overlay),
          ...appearance,
        },
        { 600: '<</XObject<</A 701 0 R>>>>' },
        '/Info 600 0 R',
      ),
  ],
  [
    'an array of contents that belongs to the validation data too',
    () =>
      shadow(
        {
          [catalog]: adding('/DSS<</Certs 600 0 R>>'),
          [page]: (body) => body.replace(/\/Contents \d+ 0 R/, '/Contents 600 0 R'),
          600: `[${content} 0 R]`,
          701: stream(ink),
        },
        { 600: `[${content} 0 R 701 0 R]` },
      ),
  ],
  [
    'contents that are XMP too',
    () =>
      shadow(
        {
          [catalog]: adding('/Metadata 600 0 R'),
          [page]: (body) => body.replace(/\/Contents \d+ 0 R/, '/Contents 600 0 R'),
          600: stream('<?xpacket begin?>', '/Type/Metadata'),
        },
        { 600: stream(`<?xpacket begin?> ${ink}`, '/Type/Metadata') },
      ),
  ],
  [
    'a catalog that names what a page draws',
    () =>
      shadow(
        {
          [page]: (body) => body.replace(/\/Resources.*$/, '/Resources<</XObject 1 0 R>>>>'),
          [content]: stream('/DSS Do'),
        },
        { [catalog]: adding('/DSS 701 0 R'), ...appearance },
      ),
  ],
  [
    'annotations that are drawn as a form',
    () =>
      shadow(
        { [page + 4]: (body) => body.replace(/\/Resources.*$/, `/Resources<</XObject ${page + 4} 0 R>>>>`) },
        { [page + 4]: adding('/Annots 701 0 R'), ...appearance },
      ),
  ],
  [
    'a page whose contents stand twice',
    () =>
      update(signed, { [page]: (body) => body.replace('/Contents', '/Contents 701 0 R/Contents'), 701: stream(ink) }),
  ],
  [
    'a page that is turned by a number that is no integer',
    () => update(signed, { [page]: (body) => body.replace('/Rotate 90', '/Rotate 90.0') }),
  ],
  ['a page turned', () => update(signed, { [page]: (body) => body.replace('/Rotate 90', '/Rotate 270') })],
  ['an inherited crop box', () => update(signed, { [pages]: adding('/CropBox[0 0 9 9]') })],
  ['inherited resources', () => update(signed, { [pages]: adding('/Resources<<>>') })],
  [
    'a font exchanged',
    () =>
      shadow(
        {
          [page]: (body) => body.replace('/F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>', '/F 600 0 R'),
          600: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
        },
        { 600: '<</Type/Font/Subtype/Type1/BaseFont/Symbol>>' },
      ),
  ],
  [
    'layers switched',
    () =>
      shadow(
        { [catalog]: adding('/OCProperties 600 0 R'), 600: '<</OCGs[602 0 R]/D<<>>>>', 602: '<</Type/OCG/Name(a)>>' },
        { 600: '<</OCGs[602 0 R]/D<</OFF[602 0 R]>>>>' },
      ),
  ],
  ['permissions', () => update(signed, { [catalog]: adding('/Perms<<>>') })],
  [
    'JavaScript',
    () => update(signed, { [catalog]: adding('/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>') }),
  ],
  ['an XFA form', () => update(signed, { [form]: adding('/XFA(x)') })],
  [
    'fonts for a form that is drawn by the viewer',
    () => shadow({ [form]: adding('/NeedAppearances true') }, { [form]: adding('/DR<<>>') }),
  ],
  [
    'a dictionary that becomes a stream',
    () => update(signed, { [note]: stream('', '/Type/Annot/Subtype/Text/Rect[1 1 10 10]/Contents(note)/F 2') }),
  ],
  ['content freed', () => update(signed, { [content]: null })],
  [
    'another generation under the number',
    () => appendText(signed, table(`${content} 1\n${row(placeOf(signed, content), 1)}`, sizeOf(signed))),
  ],
  [
    'a generation that shows what was hidden',
    async () => {
      const hidden = await sign(
        update(plain, {
          [page]: (body) => body.replace(/\/Contents (\d+ 0 R)/, '/Contents[$1 701 1 R]'),
          701: stream(ink),
        }),
      )
      return appendText(hidden, (start, previous) => {
        const object = `\n701 1 obj\n${stream(ink)}\nendobj`
        const xref = table(`701 1\n${row(start + 1, 1)}`, sizeOf(hidden))(start + object.length, previous)
        return `${object}${xref}`
      })
    },
  ],
  [
    'a number in two sections of one table',
    () =>
      appendText(signed, (start, previous) => {
        const object = `\n${content} 0 obj\n${stream(ink)}\nendobj`
        const rows = `${content} 1\n${row(placeOf(signed, content))}${content} 1\n${row(start + 1)}`
        return `${object}${table(rows, sizeOf(signed))(start + object.length, previous)}`
      }),
  ],
  [
    'a size that makes objects missing',
    () => appendText(signed, table(`${page} 1\n${row(placeOf(signed, page))}`, '/Size 4')),
  ],
  [
    'an object that no table lists',
    () =>
      appendText(signed, (start, previous) => {
        const object = `\n${content} 0 obj\n${stream(ink)}\nendobj`
        return `${object}${table('0 0\n', sizeOf(signed))(start + object.length, previous)}`
      }),
  ],
  [
    'a version of an object behind the one that counts',
    () =>
      appendText(signed, (start, previous) => {
        const evil = `\n${content} 0 obj\n${stream(ink)}\nendobj`
        const good = `\n${content} 0 obj\n${bodyOf(signed, content)}\nendobj`
        const older = table(`${content} 1\n${row(start + good.length + 1)}`, sizeOf(signed))
        const hidden = `${good}${evil}${older(start + good.length + evil.length, previous)}`
        const back = String(start + good.length + evil.length + 1)
        return `${hidden}${table(`${content} 1\n${row(start + 1)}`, sizeOf(signed))(start + hidden.length, back)}`
      }),
  ],
  [
    'a trailer that no table ends with',
    () =>
      appendText(signed, (start, previous) => {
        const false_ = '\ntrailer\n<</Root 900 0 R>>'
        return `${false_}${table('0 0\n', sizeOf(signed))(start + false_.length, previous)}`
      }),
  ],
  [
    'a stream hidden behind its table',
    () =>
      appendText(signed, (start, previous) => {
        const object = `\n${content} 0 obj\n${stream(ink)}\nendobj\n`
        const place = String.fromCharCode(...[24, 16, 8, 0].map((bits) => ((start + 1) >> bits) & 255))
        const hidden = `900 0 obj\n${stream(`\u0001${place}\0`, `/Type/XRef/W[1 4 1]/Index[${content} 1]${sizeOf(signed)}`)}\nendobj`
        const rows = `${content} 1\n${row(placeOf(signed, content))}`
        const trailer = `${sizeOf(signed)}/XRefStm ${start + object.length}`
        return `${object}${hidden}${table(rows, trailer)(start + object.length + hidden.length, previous)}`
      }),
  ],
]

describe('what is seen cannot be changed behind a signature', () => {
  it('ok/the samples are valid as they were signed', async () => {
    for (const pdf of [signed, await packed(), await sign(update(plain, emptyField))]) {
      expect(await verify(pdf)).toMatchObject({ verdict: 'valid' })
    }
  })

  it.each(attacks)('fail/%s', async (_name, build) => {
    const { signatures, verdict } = await verify(await build())
    expect(verdict).toBe('invalid')
    expect(signatures.find(({ fieldName }) => fieldName === 'Signature1')).toMatchObject({ verdict: 'invalid' })
  })

  it('fail/a document whose object stream was freed is refused', async () => {
    const pdf = await packed()
    await expect(verify(appendUpdate(pdf, { [unpack(pdf).num]: null }))).rejects.toMatchObject({
      code: 'document.damaged',
    })
  })

  it('fail/cross-references that lead in a circle are refused', async () => {
    const circle = appendText(signed, (start) => table('0 0\n', sizeOf(signed))(start, String(start + 1)))
    await expect(verify(circle)).rejects.toMatchObject({ code: 'document.damaged' })
  })

  it('fail/a later signature does not vouch for what is added to its seal behind it', async () => {
    const twice = await sign(signed)
    const [seal] = [...latin(twice).matchAll(/\n(\d+) 0 obj\n<<\/Type \/XObject \/Subtype \/Form/g)].slice(-1)
    const { signatures } = await verify(update(twice, { [Number(seal![1])]: stream(ink, overlay) }))
    expect(signatures.map(({ verdict }) => verdict)).toEqual(['invalid', 'invalid'])
  })

  it('fail/not even a later signature makes contents of annotations', async () => {
    const prepared = {
      [page]: (body: string) => body.replace(/\/Contents (\d+ 0 R)/, '/Contents 600 0 R'),
      600: `[${content} 0 R]`,
    }
    const attacked = await shadow(prepared, { 600: `[${content} 0 R 701 0 R]`, 701: stream(ink, sigWidget) })
    expect((await verify(await sign(attacked))).signatures[0]).toMatchObject({ verdict: 'invalid' })
  })
})

describe('what is not seen may change behind a signature', () => {
  it('ok/document information, XMP and validation data, old ones freed', async () => {
    const prepared = update(
      plain,
      { [catalog]: adding('/Metadata 600 0 R'), 600: stream('<x/>', '/Type/Metadata'), 701: '<</Title(a)>>' },
      '/Info 701 0 R',
    )
    const later = update(
      await sign(prepared),
      {
        [catalog]: (body) => body.replace('/Metadata 600', '/DSS 611 0 R/Metadata 610'),
        600: null,
        610: stream('<y/>', '/Type/Metadata'),
        611: '<</Certs[612 0 R]>>',
        612: stream('0'),
        701: '<</Title(a)/ModDate(D:2026)>>',
      },
      '/Info 701 0 R',
    )
    const again = update(later, { 611: '<</Certs[612 0 R 613 0 R]>>', 613: stream('1') })
    const [signature] = (await verify(again)).signatures
    expect(signature).toMatchObject({ verdict: 'valid', laterChanges: 'allowed' })
    expect(new Set(signature!.changes.map(({ kind }) => kind))).toEqual(new Set(['dss_changed', 'metadata_changed']))
  })

  it('ok/a document timestamp on top, which cannot be checked yet, leaves the signature as it is', async () => {
    const twice = latin(await sign(signed))
    const at = twice.lastIndexOf('/ETSI.CAdES.detached')
    const stamped = `${twice.slice(0, at)}${'/ETSI.RFC3161'.padEnd(20)}${twice.slice(at + 20)}`
    const { signatures, verdict } = await verify(Buffer.from(stamped, 'latin1'))
    expect(signatures.map((signature) => signature.verdict)).toEqual(['valid', 'unknown'])
    expect(verdict).toBe('unknown')
  })

  it('ok/an empty field that a later signature covers when it is filled', async () => {
    const filled = await shadow(emptyField, {
      600: adding('/V 602 0 R/AP<</N 701 0 R>>'),
      602: '<</Type/Sig>>',
      ...appearance,
    })
    const [signature] = (await verify(await sign(filled))).signatures.slice(-1)
    expect(signature).toMatchObject({ verdict: 'valid' })
  })
})
