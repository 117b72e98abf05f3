import { pump } from '../io/byte-source.ts'
import type { PdfDocument } from './document.ts'
import { entry, integer, isDict, isName, unsupported } from './objects.ts'
import type { PdfObject } from './objects.ts'
import type { XrefSection } from './xref-section.ts'

const appendedSections = (before: PdfDocument, after: PdfDocument): XrefSection[] =>
  after.xref.sections.filter(({ offset }) => offset >= before.size)

const sizeOf = ({ trailer }: PdfDocument): number => integer(entry(trailer, 'Size')) ?? 0

/** Each number once, in a hybrid pair (§7.5.8.4) too: viewers differ on which of two entries counts. */
const listsTwice = async (sections: readonly XrefSection[]): Promise<boolean> => {
  for (const [index, { ranges, trailer }] of sections.entries()) {
    const sorted = ranges.filter(({ count }) => count > 0).toSorted((a, b) => a.first - b.first)
    if (sorted.some(({ first, count }, at) => first + count > (sorted[at + 1]?.first ?? Infinity))) return true
    const table = sections[index - 1]
    if (table === undefined || entry(table.trailer, 'XRefStm') === null || trailer === table.trailer) continue
    for (const { first, count } of ranges) {
      for (let num = first; num < first + count; num++) {
        const listed = await table.lookup(num)
        if (listed !== undefined && listed.kind !== 'free') return true
      }
    }
  }
  return false
}

/**
 * The older sections must be the ones that were signed, in the same order, under the same catalog, and the new ones must
 * leave one reading only. PDFium takes objects beyond /Size for missing.
 */
export const isContinuation = async (before: PdfDocument, after: PdfDocument): Promise<boolean> => {
  const old = after.xref.sections.filter(({ offset }) => offset < before.size).map(({ offset }) => offset)
  const added = appendedSections(before, after)
  return (
    old.join() === before.xref.sections.map(({ offset }) => offset).join() &&
    after.catalogRef.num === before.catalogRef.num &&
    after.catalogRef.gen === before.catalogRef.gen &&
    sizeOf(after) >= sizeOf(before) &&
    !added.some(({ trailer }) => trailer.isAmbiguous) &&
    !(await listsTwice(added))
  )
}

/** Longer than any beginning of a landmark that holds no white space. */
const OVERLAP = 64
const MAX_BLANK = 1024 * 1024
/** An object or a trailer, as viewers look for them when they rebuild the cross-references of a file. */
const landmark = /(\d{1,10})[\s\0]+\d{1,10}[\s\0]+obj(?![A-Za-z0-9])|trailer[\s\0]*(?:%[^\r\n]*[\r\n][\s\0]*)*<</g

/** What the next chunk may continue: white space and digits at the end of the text, and a word in front of them. */
const unfinished = (text: string): string => {
  let at = text.length
  while (at > 0 && /[\s\0\d]/.test(text.charAt(at - 1))) at--
  if (text.length - at > MAX_BLANK) throw unsupported('too_complex')
  return text.slice(Math.max(0, at - OVERLAP))
}

/** Numbers of objects behind `before` that begin where no section says so; 0 stands for a trailer. */
export const findUnlisted = async (before: PdfDocument, after: PdfDocument): Promise<number[]> => {
  const sections = appendedSections(before, after)
  const starts = new Set(sections.flatMap(({ offset, base, trailer }) => [offset, base, trailer.start]))
  const found = new Map<number, { num: number; end: number }>()
  let position = before.size
  let rest = ''
  await pump(after.reader.source, before.size, after.size, (chunk) => {
    const text = rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
    const base = position - rest.length
    for (const match of text.matchAll(landmark)) {
      // Digits that the chunk's beginning has cut off were seen whole with the chunk before.
      if (match.index === 0 && base > before.size) continue
      const start = base + match.index
      found.set(start, { num: Number(match[1] ?? 0), end: start + match[0].length })
    }
    position += chunk.length
    rest = unfinished(text)
  })
  const unlisted: number[] = []
  for (const [start, { num, end }] of found) {
    const isTrailer = num === 0
    const isKnown = isTrailer ? starts.has(end - 2) : starts.has(start) || (await isListed(after, sections, num, start))
    if (!isKnown) unlisted.push(num)
  }
  return unlisted
}

/** Some writers point at the line end in front of the object. */
const SLACK = 2

/** Whether a section says that the object is here, and the version that counts is not one in front of it. */
const isListed = async (
  after: PdfDocument,
  sections: readonly XrefSection[],
  num: number,
  start: number,
): Promise<boolean> => {
  const latest = await after.xref.lookup(num)
  const holder = latest?.kind === 'compressed' ? await after.xref.lookup(latest.container) : latest
  if (holder?.kind === 'offset' && holder.offset + SLACK < start) return false
  for (const section of sections) {
    const place = await section.lookup(num)
    if (place?.kind === 'offset' && place.offset <= start && start - place.offset <= SLACK) return true
  }
  return false
}

/** A cross-reference stream that is none of the sections: a viewer that rebuilds a file may believe it. */
export const isStrayXref = (after: PdfDocument, { value }: PdfObject): boolean =>
  isDict(value) &&
  isName(entry(value, 'Type'), 'XRef') &&
  !after.xref.sections.some(({ trailer }) => trailer.start === value.start)
