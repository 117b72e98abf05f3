import type { PdfDocument } from './document.ts'
import { isArray, isDict, isRef, unsupported } from './objects.ts'
import type { PdfValue } from './objects.ts'

/**
 * Numbers of objects that can be reached, each with the keys under which references to it stand, in a row:
 * `/Annots`, `/Parent/Kids`. Items of an array count under the key of the array.
 */
export type Reached = Map<number, string>

export interface Link {
  readonly key: string
  readonly value: PdfValue
}

const MAX_REACHED = 500_000
/** A row that grows longer ends in `/*`: any key. */
const MAX_ROW = 60
const ANY = '*'

/** Walks on from `links`, adding to `reached`. The catalog is noted, but not walked through. */
export const reach = async (document: PdfDocument, links: readonly Link[], reached: Reached): Promise<Reached> => {
  const open = [...links]
  for (let link = open.pop(); link !== undefined; link = open.pop()) {
    const { value } = link
    if (isRef(value)) {
      const row = reached.get(value.num)
      const key = row !== undefined && row.length > MAX_ROW ? ANY : link.key
      if (row !== undefined && [key, ANY].some((known) => `${row}/`.includes(`/${known}/`))) continue
      if (reached.size >= MAX_REACHED) throw unsupported('too_complex')
      reached.set(value.num, `${row ?? ''}/${key}`)
      if (value.num === document.catalogRef.num) continue
      const target = (await document.object(value.num))?.value ?? null
      if (row === undefined || isArray(target)) open.push({ key, value: target })
    } else if (isArray(value)) for (const item of value.items) open.push({ key: link.key, value: item })
    else if (isDict(value)) for (const [key, { value: item }] of value.entries) open.push({ key, value: item })
  }
  return reached
}

/** Entries of the catalog that no viewer draws from. */
const undrawn: ReadonlySet<string> = new Set(['Metadata', 'DSS', 'Extensions', 'Version', 'Type'])

const drawnLinks = ({ catalog }: PdfDocument): Link[] =>
  [...catalog.entries].flatMap(([key, { value }]) => (undrawn.has(key) ? [] : [{ key, value }]))

/** Everything that may be drawn or may act: pages, form, names, layers, outlines. */
export const reachDrawn = (document: PdfDocument): Promise<Reached> =>
  reach(document, drawnLinks(document), new Map<number, string>())

/** What is drawn after objects of `drawn` got new values. What was drawn before stays in. */
export const reachFurther = (document: PdfDocument, changed: readonly number[], drawn: Reached): Promise<Reached> =>
  Promise.all(
    changed.map(async (num) => {
      const value = (await document.object(num))?.value ?? null
      return keysOf(drawn, num).map((key): Link => ({ key, value }))
    }),
  ).then((links) => reach(document, [...drawnLinks(document), ...links.flat()], drawn))

/** The keys under which a number is drawn; none if it is not. */
export const keysOf = (drawn: Reached, num: number): string[] => drawn.get(num)?.split('/').slice(1) ?? []
