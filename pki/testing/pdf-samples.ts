import { deflateSync } from 'node:zlib'

/** Builds small PDFs of every structure the signer must cope with. Each page carries a grey bar and its number. */
export type PdfStyle = 'table' | 'stream' | 'object-streams' | 'hybrid'

interface SamplePage {
  readonly mediaBox?: readonly number[]
  readonly cropBox?: readonly number[]
  readonly rotate?: number
  readonly annots?: 'missing' | 'direct' | 'indirect'
}

export interface SampleOptions {
  readonly style?: PdfStyle
  readonly pages?: readonly SamplePage[]
  /** Pages under each intermediate node; default: a flat tree. */
  readonly fanOut?: number
  readonly acroForm?: 'missing' | 'direct' | 'indirect' | 'indirect-fields'
  /** Further text of the catalog. */
  readonly catalog?: string
  /** Further objects, from number 100000 on. */
  readonly extra?: readonly string[]
  readonly wrongLength?: boolean
  readonly version?: string
}

interface SampleObject {
  readonly num: number
  readonly body: string
  /** Streams stay outside object streams. */
  readonly isStream: boolean
}

const EXTRA = 100_000

const createList = () => {
  const objects: SampleObject[] = []
  let next = 1
  return {
    objects,
    reserve: () => next++,
    put: (num: number, body: string, isStream = false) => {
      objects.push({ num, body, isStream })
      return num
    },
  }
}
type List = ReturnType<typeof createList>

const putPage = (list: List, page: SamplePage, parent: number, number: number, wrongLength: boolean): number => {
  const num = list.reserve()
  const content = list.reserve()
  const data = `0.9 g 20 20 60 8 re f BT /F 12 Tf 30 40 Td (${number}) Tj ET`
  const length = wrongLength ? data.length + 37 : data.length
  list.put(content, `<</Length ${length}>>\nstream\n${data}\nendstream`, true)
  const box = (name: string, numbers: readonly number[] | undefined) =>
    numbers === undefined ? '' : `/${name} [${numbers.join(' ')}]`
  let annots = ''
  if (page.annots === 'direct' || page.annots === 'indirect') {
    const note = list.put(list.reserve(), '<</Type/Annot/Subtype/Text/Rect[1 1 10 10]/Contents(note)/F 2>>')
    annots = `/Annots [${note} 0 R]`
    if (page.annots === 'indirect') annots = `/Annots ${list.put(list.reserve(), `[${note} 0 R]`)} 0 R`
  }
  list.put(
    num,
    `<</Type/Page/Parent ${parent} 0 R/Contents ${content} 0 R${box('MediaBox', page.mediaBox)}${box('CropBox', page.cropBox)}` +
      `${page.rotate === undefined ? '' : `/Rotate ${page.rotate}`}${annots}` +
      '/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>',
  )
  return num
}

const putPages = (list: List, options: SampleOptions): number => {
  const pages = options.pages ?? [{}]
  const root = list.reserve()
  const media = '/MediaBox [0 0 595 842]'
  const put = (page: SamplePage, parent: number, index: number) =>
    putPage(list, page, parent, index + 1, options.wrongLength === true)
  if (options.fanOut === undefined) {
    const kids = pages.map((page, index) => `${put(page, root, index)} 0 R`)
    return list.put(root, `<</Type/Pages/Count ${pages.length}/Kids[${kids.join(' ')}]${media}>>`)
  }
  const nodes: string[] = []
  for (let start = 0; start < pages.length; start += options.fanOut) {
    const node = list.reserve()
    const part = pages.slice(start, start + options.fanOut)
    const kids = part.map((page, index) => `${put(page, node, start + index)} 0 R`)
    list.put(node, `<</Type/Pages/Parent ${root} 0 R/Count ${part.length}/Kids[${kids.join(' ')}]>>`)
    nodes.push(`${node} 0 R`)
  }
  return list.put(root, `<</Type/Pages/Count ${pages.length}/Kids[${nodes.join(' ')}]${media}>>`)
}

const acroFormText = (list: List, kind: SampleOptions['acroForm']): string => {
  if (kind === undefined || kind === 'missing') return ''
  const field = list.put(list.reserve(), '<</FT/Tx/T(name)/V(value)>>')
  if (kind === 'direct') return `/AcroForm <</Fields [${field} 0 R]/DA(/Helv 0 Tf)>>`
  const fields = kind === 'indirect' ? `[${field} 0 R]` : `${list.put(list.reserve(), `[${field} 0 R]`)} 0 R`
  return `/AcroForm ${list.put(list.reserve(), `<</Fields ${fields}/SigFlags 0>>`)} 0 R`
}

const createOutput = (version: string) => {
  const parts: Buffer[] = []
  let at = 0
  const write = (part: string | Buffer): number => {
    const start = at
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part
    parts.push(bytes)
    at += bytes.length
    return start
  }
  write(`%PDF-${version}\n%\xe2\xe3\xcf\xd3\n`)
  return { write, finish: () => new Uint8Array(Buffer.concat(parts)) }
}
type Output = ReturnType<typeof createOutput>

const ID = '/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]'

const runsOf = (numbers: readonly number[]): [number, number][] => {
  const runs: [number, number][] = []
  for (const num of numbers.toSorted((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last !== undefined && last[0] + last[1] === num) last[1]++
    else runs.push([num, 1])
  }
  return runs
}

const writeTable = (output: Output, offsets: ReadonlyMap<number, number>, trailer: string): number => {
  const start = output.write('xref\n0 1\n0000000000 65535 f \n')
  for (const [first, count] of runsOf([...offsets.keys()])) {
    output.write(`${first} ${count}\n`)
    for (let num = first; num < first + count; num++) {
      output.write(`${String(offsets.get(num)).padStart(10, '0')} 00000 n \n`)
    }
  }
  output.write(`trailer\n<<${trailer}>>\n`)
  return start
}

type Row = readonly [type: number, second: number, third: number]

const writeXrefStream = (output: Output, num: number, rows: Map<number, Row>, trailer: string): number => {
  const start = output.write('')
  const numbers = [...rows.keys()].toSorted((a, b) => a - b)
  const data = Buffer.alloc(numbers.length * 7)
  numbers.forEach((number, index) => {
    const [type, second, third] = rows.get(number) ?? [0, 0, 0]
    data.writeUInt8(type, index * 7)
    data.writeUInt32BE(second, index * 7 + 1)
    data.writeUInt16BE(third, index * 7 + 5)
  })
  const packed = deflateSync(data)
  output.write(
    `${num} 0 obj\n<</Type/XRef/W[1 4 2]/Index[${runsOf(numbers).flat().join(' ')}]/Filter/FlateDecode/Length ${packed.length} ${trailer}>>\nstream\n`,
  )
  output.write(packed)
  output.write('\nendstream\nendobj\n')
  return start
}

const writeObjectStream = (output: Output, num: number, members: readonly SampleObject[]): number => {
  let body = ''
  const index = members.map((member) => {
    const pair = `${member.num} ${body.length}`
    body += `${member.body}\n`
    return pair
  })
  const head = `${index.join(' ')}\n`
  const packed = deflateSync(Buffer.from(head + body, 'latin1'))
  const start = output.write(
    `${num} 0 obj\n<</Type/ObjStm/N ${members.length}/First ${head.length}/Filter/FlateDecode/Length ${packed.length}>>\nstream\n`,
  )
  output.write(packed)
  output.write('\nendstream\nendobj\n')
  return start
}

export const buildPdf = (options: SampleOptions = {}): Uint8Array => {
  const style = options.style ?? 'table'
  const list = createList()
  const catalog = list.reserve()
  const pages = putPages(list, options)
  const form = acroFormText(list, options.acroForm)
  list.put(catalog, `<</Type/Catalog/Pages ${pages} 0 R${form}${options.catalog ?? ''}>>`)
  options.extra?.forEach((body, index) => list.put(EXTRA + index, body))
  const output = createOutput(options.version ?? (style === 'table' ? '1.4' : '1.6'))
  const isPacked = (object: SampleObject): boolean =>
    !object.isStream && (style === 'object-streams' || (style === 'hybrid' && object.num !== catalog))
  const rows = new Map<number, Row>()
  const offsets = new Map<number, number>()
  for (const { num, body } of list.objects.filter((object) => !isPacked(object))) {
    const offset = output.write(`${num} 0 obj\n${body}\nendobj\n`)
    offsets.set(num, offset)
    rows.set(num, [1, offset, 0])
  }
  const packed = list.objects.filter(isPacked)
  for (let at = 0; at < packed.length; at += 100) {
    const members = packed.slice(at, at + 100)
    const container = list.reserve()
    const offset = writeObjectStream(output, container, members)
    offsets.set(container, offset)
    rows.set(container, [1, offset, 0])
    members.forEach((member, index) => rows.set(member.num, [2, container, index]))
  }
  const top = list.reserve()
  const size = Math.max(top + 1, ...list.objects.map(({ num }) => num + 1))
  const trailer = `/Size ${size}/Root ${catalog} 0 R ${ID}`
  let startXref: number
  if (style === 'table') startXref = writeTable(output, offsets, trailer)
  else if (style === 'hybrid') {
    const hidden = new Map([...rows].filter(([, [type]]) => type === 2))
    const streamAt = writeXrefStream(output, top, hidden, trailer)
    startXref = writeTable(output, offsets, `${trailer}/XRefStm ${streamAt}`)
  } else {
    rows.set(top, [1, output.write(''), 0])
    startXref = writeXrefStream(output, top, rows, trailer)
  }
  output.write(`startxref\n${startXref}\n%%EOF\n`)
  return output.finish()
}

/** A seal-like PNG: a red disc with transparent corners, RGBA 8 bit. */
export const sealPixels = (size: number): Uint8Array => {
  const pixels = new Uint8Array(size * size * 4)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const inside = (x - size / 2) ** 2 + (y - size / 2) ** 2 < (size / 2) ** 2
      pixels.set(inside ? [220, 20, 20, 255] : [0, 0, 0, 0], (y * size + x) * 4)
    }
  }
  return pixels
}
