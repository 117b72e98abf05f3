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
  lookup(num: number): Promise<XrefEntry | undefined>
}

export const MAX_OBJECT_NUMBER = 8_388_607 * 2

/** Ranges sorted for the search of one number; they may not be many, hostile files repeat them. */
export const findRange = (ranges: readonly XrefRange[], num: number): number =>
  ranges.findIndex(({ first, count }) => num >= first && num < first + count)
