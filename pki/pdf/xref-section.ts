import type { PdfDict } from './objects.ts'

/** Where an object is (ISO 32000-1 §7.5.4, §7.5.8). */
export type XrefEntry =
  | { readonly kind: 'free' }
  | { readonly kind: 'offset'; readonly offset: number; readonly gen: number }
  | { readonly kind: 'compressed'; readonly container: number; readonly index: number }

export interface XrefRange {
  readonly first: number
  readonly count: number
}

/** One cross-reference section: a table with its trailer, or a stream. Entries are read when they are asked for. */
export interface XrefSection {
  readonly kind: 'table' | 'stream'
  readonly offset: number
  readonly trailer: PdfDict
  /** Bytes that the offsets in `trailer` point into, after subtracting `base`. */
  readonly buffer: Uint8Array
  readonly base: number
  readonly ranges: readonly XrefRange[]
  readonly lookupCost: number
  lookup(num: number): Promise<XrefEntry | undefined>
}

export const MAX_OBJECT_NUMBER = 8_388_607 * 2

export interface RangeIndex {
  /** Place of the range that holds a number, or -1. */
  readonly find: (num: number) => number
  /** Steps one search takes at most. */
  readonly cost: number
}

/** Search over ranges: by halves where they are in order, as writers leave them, else one by one in their own order. */
export const indexRanges = (ranges: readonly XrefRange[]): RangeIndex => {
  const isSorted = ranges.every(({ first }, index) => {
    const before = ranges[index - 1]
    return before === undefined || before.first + before.count <= first
  })
  const holds = (range: XrefRange | undefined, num: number): boolean =>
    range !== undefined && num >= range.first && num < range.first + range.count
  if (!isSorted) return { find: (num) => ranges.findIndex((range) => holds(range, num)), cost: ranges.length }
  const find = (num: number): number => {
    let low = 0
    let high = ranges.length
    // The last range that begins at or before the number.
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((ranges[middle]?.first ?? 0) <= num) low = middle
      else high = middle
    }
    return holds(ranges[low], num) ? low : -1
  }
  return { find, cost: 1 }
}
