import type { ByteSource } from '../io/byte-source.ts'
import { damaged, entry, integer } from './objects.ts'
import type { PdfReader } from './reader.ts'
import { readXrefStream } from './xref-stream.ts'
import { MAX_OBJECT_NUMBER } from './xref-section.ts'
import type { XrefEntry, XrefSection } from './xref-section.ts'
import { readXrefTable } from './xref-table.ts'

/** Revisions and hybrid parts followed before a chain is taken for hostile. */
const MAX_SECTIONS = 2048
const TAIL = 64 * 1024
const LOOKUP_COST = 32

/** Value of the last `startxref` (§7.5.5), looked for from the end as garbage may follow %%EOF. */
const findStartXref = async (source: ByteSource): Promise<number> => {
  const start = Math.max(0, source.size - TAIL)
  const tail = Buffer.from(await source.read(start, source.size - start)).toString('latin1')
  const match = /^startxref[\s\0]+(\d{1,15})/.exec(tail.slice(Math.max(0, tail.lastIndexOf('startxref'))))
  if (match === null) throw damaged('startxref_missing')
  return Number(match[1])
}

const readSection = async (reader: PdfReader, offset: number): Promise<XrefSection> => {
  const keyword = await reader.parseAt(offset, (parser) => {
    parser.skipSpace()
    const start = parser.position()
    return { word: parser.word(), start, end: parser.position() }
  })
  if (keyword.word === 'xref') return readXrefTable(reader, keyword.end, offset)
  return readXrefStream(reader, await reader.objectAt(keyword.start), offset)
}

export interface Xref {
  readonly startXref: number
  /** Newest first; a hybrid file's stream follows its table (§7.5.8.4). */
  readonly sections: readonly XrefSection[]
  /** One more than the highest object number in use anywhere. */
  readonly size: number
  lookup(num: number): Promise<XrefEntry | undefined>
}

/** Follows the chain of cross-reference sections from the last `startxref`. */
export const readXref = async (reader: PdfReader): Promise<Xref> => {
  const startXref = await findStartXref(reader.source)
  const sections: XrefSection[] = []
  const hiddenBehind = new Set<XrefSection>()
  const seen = new Set<number>()
  const visit = async (offset: number): Promise<XrefSection> => {
    if (seen.has(offset) || sections.length >= MAX_SECTIONS) throw damaged('xref_loop', { offset })
    seen.add(offset)
    const section = await readSection(reader, offset)
    sections.push(section)
    return section
  }
  for (let next: number | null = startXref; next !== null;) {
    const section: XrefSection = await visit(next)
    const hybrid = section.kind === 'table' ? integer(entry(section.trailer, 'XRefStm')) : null
    if (hybrid !== null) {
      await visit(hybrid)
      hiddenBehind.add(section)
    }
    // Some writers put a /Prev of 0 into a file without an earlier section.
    const previous = integer(entry(section.trailer, 'Prev'))
    next = previous === 0 ? null : previous
  }
  const size = Math.max(
    ...sections.map(({ trailer }) => integer(entry(trailer, 'Size')) ?? 0),
    ...sections.map(({ ranges }) => ranges.reduce((top, { first, count }) => Math.max(top, first + count), 0)),
  )
  if (size > MAX_OBJECT_NUMBER) throw damaged('xref_size', { size })
  const lookup = async (num: number): Promise<XrefEntry | undefined> => {
    for (const section of sections) {
      reader.charge(LOOKUP_COST + section.lookupCost)
      const found = await section.lookup(num)
      // §7.5.8.4: objects hidden from old readers are free in the table and found in its stream.
      if (found !== undefined && !(found.kind === 'free' && hiddenBehind.has(section))) return found
    }
    return undefined
  }
  return { startXref, sections, size, lookup }
}
