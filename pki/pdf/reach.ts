import type { PdfDocument } from './document.ts'
import { isArray, isDict, isRef, unsupported } from './objects.ts'
import type { PdfObject, PdfValue } from './objects.ts'

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

/** The object stream without which what is in it would not be there. */
const containerLinks = (container: number | null): Link[] =>
  container === null ? [] : [{ key: 'ObjStm', value: { kind: 'ref', num: container, gen: 0 } }]

const linksOf = ({ value, container }: PdfObject, key: string): Link[] => [{ key, value }, ...containerLinks(container)]

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
      const target = await document.object(value.num)
      if (target !== null && (row === undefined || isArray(target.value))) open.push(...linksOf(target, key))
    } else if (isArray(value)) for (const item of value.items) open.push({ key: link.key, value: item })
    else if (isDict(value)) for (const [key, { value: item }] of value.entries) open.push({ key, value: item })
  }
  return reached
}

/** Entries of the catalog and of trailers that no viewer draws from; the catalog is walked through by itself. */
const undrawn: ReadonlySet<string> = new Set(['Metadata', 'DSS', 'Extensions', 'Version', 'Type', 'Info', 'Root'])

const drawnLinks = async ({ catalog, catalogRef, object, xref }: PdfDocument): Promise<Link[]> => {
  const container = (await object(catalogRef.num))?.container ?? null
  // Cross-reference streams are read with what their dictionaries refer to.
  const entries = [catalog, ...xref.sections.filter(({ kind }) => kind === 'stream').map(({ trailer }) => trailer)]
    .flatMap((dict) => [...dict.entries])
    .flatMap(([key, { value }]) => (undrawn.has(key) ? [] : [{ key, value }]))
  return [...containerLinks(container), ...entries]
}

/** Everything that may be drawn or may act: pages, form, names, layers, outlines. */
export const reachDrawn = async (document: PdfDocument): Promise<Reached> =>
  reach(document, await drawnLinks(document), new Map<number, string>())

/** What is drawn after objects of `drawn` got new values. What was drawn before stays in. */
export const reachFurther = async (
  document: PdfDocument,
  changed: readonly number[],
  drawn: Reached,
): Promise<Reached> => {
  const links = await drawnLinks(document)
  for (const num of changed) {
    const object = await document.object(num)
    if (object !== null) for (const key of keysOf(drawn, num)) links.push(...linksOf(object, key))
  }
  return reach(document, links, drawn)
}

/** The keys under which a number is drawn; none if it is not. */
export const keysOf = (drawn: Reached, num: number): string[] => drawn.get(num)?.split('/').slice(1) ?? []
