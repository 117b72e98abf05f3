import type { PdfArray, PdfDict, PdfObject } from './objects.ts'

/**
 * Changes to a dictionary or array as text, with every other byte left as it is: numbers, strings and private entries
 * keep the spelling their writer gave them.
 */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

const bytesOf = ({ buffer, base }: Pick<PdfObject, 'buffer' | 'base'>, start: number, end: number): Uint8Array =>
  buffer.subarray(start - base, end - base)

/** The text of a parsed value, as Latin-1. */
export const sourceText = (holder: Pick<PdfObject, 'buffer' | 'base'>, start: number, end: number): string =>
  Buffer.from(bytesOf(holder, start, end)).toString('latin1')

export const applySplices = (
  holder: Pick<PdfObject, 'buffer' | 'base'>,
  whole: { readonly start: number; readonly end: number },
  splices: readonly Splice[],
): string => {
  const sorted = splices.toSorted((a, b) => a.start - b.start)
  let text = ''
  let at = whole.start
  for (const splice of sorted) {
    text += sourceText(holder, at, splice.start) + splice.text
    at = splice.end
  }
  return text + sourceText(holder, at, whole.end)
}

/** Sets an entry: replaces the value it has, or adds it in front of the closing brackets. */
export const setEntry = (dict: PdfDict, key: string, text: string): Splice => {
  const existing = dict.entries.get(key)
  if (existing !== undefined) return { start: existing.start, end: existing.end, text: `/${key} ${text}` }
  return { start: dict.end - 2, end: dict.end - 2, text: `/${key} ${text}\n` }
}

/** Adds text in front of the closing bracket of an array. */
export const appendItem = (array: PdfArray, text: string): Splice => ({
  start: array.end - 1,
  end: array.end - 1,
  text: ` ${text}`,
})
