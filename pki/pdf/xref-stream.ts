import { decodeStream } from './filters.ts'
import { damaged, entry, integer, isArray, isName } from './objects.ts'
import type { PdfDict, PdfObject, PdfValue } from './objects.ts'
import type { PdfReader } from './reader.ts'
import { readStreamData } from './stream-data.ts'
import { MAX_OBJECT_NUMBER, indexRanges } from './xref-section.ts'
import type { XrefEntry, XrefRange, XrefSection } from './xref-section.ts'

const integers = (value: PdfValue): number[] | null => {
  if (!isArray(value)) return null
  const numbers = value.items.map(integer)
  return numbers.every((number) => number !== null && number >= 0) ? (numbers as number[]) : null
}

const readRanges = (dict: PdfDict): XrefRange[] => {
  const size = integer(entry(dict, 'Size'))
  const pairs = integers(entry(dict, 'Index')) ?? (size === null ? [] : [0, size])
  const ranges: XrefRange[] = []
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const range = { first: pairs[at] ?? 0, count: pairs[at + 1] ?? 0 }
    if (range.first + range.count > MAX_OBJECT_NUMBER) throw damaged('xref_size')
    ranges.push(range)
  }
  return ranges
}

/** A cross-reference stream (§7.5.8). Its data is unpacked once and read entry by entry. */
export const readXrefStream = async (reader: PdfReader, object: PdfObject, offset: number): Promise<XrefSection> => {
  // §7.5.8.2: every value in this dictionary is direct.
  const { dict, data: packed } = await readStreamData(reader, object, (value) => Promise.resolve(value))
  if (!isName(entry(dict, 'Type'), 'XRef')) throw damaged('xref_missing', { offset })
  const widths = integers(entry(dict, 'W'))
  const [typeWidth = 0, secondWidth = 0, thirdWidth = 0] = widths ?? []
  const rowLength = typeWidth + secondWidth + thirdWidth
  if (widths?.length !== 3 || rowLength < 1 || widths.some((width) => width > 8))
    throw damaged('xref_widths', { offset })
  const data = decodeStream(dict, packed)
  reader.charge(data.length)
  const ranges = readRanges(dict)
  const starts: number[] = []
  let rows = 0
  for (const { count } of ranges) {
    starts.push(rows)
    rows += count
  }

  const field = (at: number, width: number): number => {
    let value = 0
    for (let index = 0; index < width; index++) value = value * 256 + (data[at + index] ?? 0)
    return value
  }
  const search = indexRanges(ranges)
  const lookup = (num: number): XrefEntry | undefined => {
    const index = search.find(num)
    const range = ranges[index]
    const start = starts[index]
    if (range === undefined || start === undefined) return undefined
    const at = (start + num - range.first) * rowLength
    if (at + rowLength > data.length) return undefined
    // §7.5.8.3: a missing type field means type 1.
    const type = typeWidth === 0 ? 1 : field(at, typeWidth)
    const second = field(at + typeWidth, secondWidth)
    const third = field(at + typeWidth + secondWidth, thirdWidth)
    if (type === 1) return { kind: 'offset', offset: second, gen: third }
    if (type === 2) return { kind: 'compressed', container: second, index: third }
    return { kind: 'free' }
  }
  return {
    kind: 'stream',
    offset,
    trailer: dict,
    buffer: object.buffer,
    base: object.base,
    ranges,
    lookupCost: search.cost,
    lookup: (num) => Promise.resolve(lookup(num)),
  }
}
