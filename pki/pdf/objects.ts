import { AppError } from '#contract/errors.ts'

/** PDF objects (ISO 32000-1 §7.3). Offsets are positions in the buffer the object was parsed from. */
export interface PdfName {
  readonly kind: 'name'
  /** Octets as Latin-1 characters, `#xx` resolved. */
  readonly value: string
}
export interface PdfString {
  readonly kind: 'string'
  readonly bytes: Uint8Array
  readonly isHex: boolean
  readonly start: number
  readonly end: number
}
export interface PdfRef {
  readonly kind: 'ref'
  readonly num: number
  readonly gen: number
}
export interface PdfArray {
  readonly kind: 'array'
  readonly items: readonly PdfValue[]
  readonly start: number
  readonly end: number
}
export interface PdfEntry {
  readonly value: PdfValue
  /** From the key's slash to the end of the value: what is cut out when the entry is replaced. */
  readonly start: number
  readonly valueStart: number
  readonly end: number
  /** A number in a spelling that viewers do not take for an integer: `90.0`. */
  readonly isReal: boolean
}
export interface PdfDict {
  readonly kind: 'dict'
  readonly entries: ReadonlyMap<string, PdfEntry>
  /** A key stands in it twice: the last one counts here, the first one in some viewers. */
  readonly isAmbiguous: boolean
  readonly start: number
  readonly end: number
}
export type PdfValue = null | boolean | number | PdfName | PdfString | PdfRef | PdfArray | PdfDict

/** An indirect object (§7.3.10) with the bytes it was parsed from. */
export interface PdfObject {
  readonly num: number
  readonly gen: number
  readonly value: PdfValue
  /** Buffer that the offsets in `value` point into, after subtracting `base`. */
  readonly buffer: Uint8Array
  readonly base: number
  /** Where the stream's data begins in the file, or null if it is not a stream. */
  readonly streamStart: number | null
  /** Number of the object stream (§7.5.7) it is in: its offsets are not positions in the file. null: in none. */
  readonly container: number | null
}

export const damaged = (reason: string, details: Record<string, number> = {}): AppError =>
  new AppError('document.damaged', { reason, ...details })

export const unsupported = (reason: string): AppError => new AppError('document.unsupported', { reason })

type Kinds = Exclude<PdfValue, null | boolean | number>['kind']

const isKind = (value: PdfValue | undefined, kind: Kinds): boolean =>
  typeof value === 'object' && value !== null && value.kind === kind

export const isName = (value: PdfValue | undefined, text?: string): value is PdfName =>
  isKind(value, 'name') && (text === undefined || (value as PdfName).value === text)
export const isString = (value: PdfValue | undefined): value is PdfString => isKind(value, 'string')
export const isRef = (value: PdfValue | undefined): value is PdfRef => isKind(value, 'ref')
export const isArray = (value: PdfValue | undefined): value is PdfArray => isKind(value, 'array')
export const isDict = (value: PdfValue | undefined): value is PdfDict => isKind(value, 'dict')

export const entry = (dict: PdfDict, key: string): PdfValue => dict.entries.get(key)?.value ?? null
export const integer = (value: PdfValue): number | null => (Number.isInteger(value) ? (value as number) : null)

/** Whether an entry says the same as it did before, to every viewer. */
export const entriesEqual = (before: PdfEntry | undefined, after: PdfEntry | undefined): boolean =>
  before === undefined || after === undefined
    ? before === after
    : valuesEqual(before.value, after.value) && (before.isReal || !after.isReal)

/** Deep equality of what two values say, the earlier one first; offsets do not count. */
export const valuesEqual = (a: PdfValue, b: PdfValue): boolean => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (a.kind === 'name' && b.kind === 'name') return a.value === b.value
  if (a.kind === 'string' && b.kind === 'string') return Buffer.compare(a.bytes, b.bytes) === 0
  if (a.kind === 'ref' && b.kind === 'ref') return a.num === b.num && a.gen === b.gen
  if (a.kind === 'array' && b.kind === 'array') {
    return a.items.length === b.items.length && a.items.every((item, at) => valuesEqual(item, b.items[at] ?? null))
  }
  if (a.kind === 'dict' && b.kind === 'dict') {
    return (
      !a.isAmbiguous &&
      !b.isAmbiguous &&
      a.entries.size === b.entries.size &&
      [...a.entries].every(([key, value]) => entriesEqual(value, b.entries.get(key)))
    )
  }
  return false
}
