import { damaged, isDict } from './objects.ts'
import type { PdfDict } from './objects.ts'
import type { PdfParser } from './parser.ts'
import type { PdfReader, PdfWindow } from './reader.ts'
import { MAX_OBJECT_NUMBER, indexRanges } from './xref-section.ts'
import type { XrefEntry, XrefRange, XrefSection } from './xref-section.ts'

const ENTRY = 20
const MAX_RANGES = 100_000

/** `nnnnnnnnnn ggggg n` and two octets of line end (§7.5.4). */
const entryPattern = /^(\d{10}) (\d{5}) ([nf])[ \r\n]{2}$/

const toEntry = (offset: string, gen: string, kind: string): XrefEntry =>
  kind === 'n' && Number(offset) > 0 ? { kind: 'offset', offset: Number(offset), gen: Number(gen) } : { kind: 'free' }

interface Subsection extends XrefRange {
  /** File offset of the first entry. */
  readonly start: number
}

const readTrailer = (parser: PdfParser): PdfDict => {
  const dict = parser.value()
  if (!isDict(dict)) throw damaged('trailer', { offset: parser.position() })
  return dict
}

const readHeader = (parser: PdfParser): XrefRange | 'trailer' => {
  parser.skipSpace()
  const first = parser.word()
  if (first === 'trailer') return 'trailer'
  parser.skipSpace()
  const count = parser.word()
  if (!/^\d{1,10}$/.test(first) || !/^\d{1,10}$/.test(count))
    throw damaged('xref_header', { offset: parser.position() })
  if (Number(first) + Number(count) > MAX_OBJECT_NUMBER) throw damaged('xref_size', { offset: parser.position() })
  return { first: Number(first), count: Number(count) }
}

interface TableParts {
  readonly subsections: readonly Subsection[]
  readonly trailer: PdfDict
  readonly window: PdfWindow
}

type Step =
  | { readonly kind: 'trailer'; readonly trailer: PdfDict; readonly window: PdfWindow }
  | { readonly kind: 'range'; readonly range: XrefRange; readonly end: number }

/** Jumps over entries of exactly 20 octets without reading them; undefined when the table is not laid out like that. */
const readFixed = async (reader: PdfReader, offset: number): Promise<TableParts | undefined> => {
  const subsections: Subsection[] = []
  for (let at = offset; subsections.length < MAX_RANGES;) {
    const step = await reader.parseAt<Step>(at, (parser, window) => {
      const header = readHeader(parser)
      if (header === 'trailer') return { kind: 'trailer', trailer: readTrailer(parser), window }
      while (parser.peek() === 32) parser.advance(1)
      if (parser.peek() === 13) parser.advance(1)
      if (parser.peek() === 10) parser.advance(1)
      return { kind: 'range', range: header, end: parser.position() }
    })
    if (step.kind === 'trailer') return { subsections, trailer: step.trailer, window: step.window }
    const { first, count } = step.range
    const after = step.end + count * ENTRY
    if (after >= reader.source.size) return undefined
    for (const probe of count === 0 ? [] : [step.end, after - ENTRY]) {
      const text = Buffer.from(await reader.source.read(probe, ENTRY)).toString('latin1')
      if (!entryPattern.test(text)) return undefined
    }
    subsections.push({ first, count, start: step.end })
    at = after
  }
  throw damaged('xref_ranges', { offset })
}

/** Tables whose entries have another length, as some writers make them: read in full, token by token. */
const readLoose = (reader: PdfReader, offset: number) =>
  reader.parseAt(offset, (parser, window) => {
    const entries = new Map<number, XrefEntry>()
    const ranges: XrefRange[] = []
    for (;;) {
      const header = readHeader(parser)
      if (header === 'trailer') return { entries, ranges, trailer: readTrailer(parser), window }
      ranges.push(header)
      for (let index = 0; index < header.count; index++) {
        const words = [0, 1, 2].map(() => {
          parser.skipSpace()
          return parser.word()
        })
        const [place = '', gen = '', kind = ''] = words
        if (!/^\d{1,10}$/.test(place) || !/^\d{1,5}$/.test(gen) || !/^[nf]$/.test(kind)) {
          throw damaged('xref_entry', { offset: parser.position() })
        }
        if (!entries.has(header.first + index)) entries.set(header.first + index, toEntry(place, gen, kind))
      }
    }
  })

/** The table whose subsections begin at `offset`, behind the keyword `xref`. */
export const readXrefTable = async (reader: PdfReader, offset: number, keyword: number): Promise<XrefSection> => {
  const fixed = await readFixed(reader, offset)
  if (fixed === undefined) {
    const { entries, ranges, trailer, window } = await readLoose(reader, offset)
    const lookup = (num: number) => Promise.resolve(entries.get(num))
    return { kind: 'table', offset: keyword, trailer, ...window, ranges, lookupCost: 1, lookup }
  }
  const { subsections, trailer, window } = fixed
  const index = indexRanges(subsections)
  const lookup = async (num: number): Promise<XrefEntry | undefined> => {
    const subsection = subsections[index.find(num)]
    if (subsection === undefined) return undefined
    const at = subsection.start + (num - subsection.first) * ENTRY
    const match = entryPattern.exec(Buffer.from(await reader.source.read(at, ENTRY)).toString('latin1'))
    if (match === null) throw damaged('xref_entry', { offset: at })
    return toEntry(match[1] ?? '', match[2] ?? '', match[3] ?? '')
  }
  return { kind: 'table', offset: keyword, trailer, ...window, ranges: subsections, lookupCost: index.cost, lookup }
}
