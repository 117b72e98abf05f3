import type { PdfDocument } from './document.ts'
import { unsupported, valuesEqual } from './objects.ts'
import type { PdfObject } from './objects.ts'
import { readStreamData } from './stream-data.ts'
import type { XrefEntry } from './xref-section.ts'

const MAX_CHANGES = 50_000

export interface ChangedObject {
  readonly num: number
  readonly before: PdfObject
  /** null: the number is free now. */
  readonly after: PdfObject | null
}

export interface ChangedObjects {
  readonly changed: readonly ChangedObject[]
  readonly added: readonly PdfObject[]
}

const generationOf = (place: XrefEntry | undefined): number => (place?.kind === 'offset' ? place.gen : 0)

const isSamePlace = (a: XrefEntry | undefined, b: XrefEntry | undefined): boolean =>
  a?.kind === b?.kind &&
  generationOf(a) === generationOf(b) &&
  (a?.kind !== 'offset' || b?.kind !== 'offset' || a.offset === b.offset) &&
  (a?.kind !== 'compressed' || b?.kind !== 'compressed' || (a.container === b.container && a.index === b.index))

const isSameObject = async (before: PdfDocument, after: PdfDocument, a: PdfObject, b: PdfObject): Promise<boolean> => {
  if (!valuesEqual(a.value, b.value) || (a.streamStart === null) !== (b.streamStart === null)) return false
  if (a.streamStart === null) return true
  const old = await readStreamData(before.reader, a, before.resolve)
  const now = await readStreamData(after.reader, b, after.resolve)
  // Where a /Length is wrong, viewers differ on what the data is.
  return old.isLengthTrue && now.isLengthTrue && Buffer.compare(old.data, now.data) === 0
}

/**
 * Compares what the cross-reference sections behind `before` redefine, object streams included: their members have kept
 * their place. Objects written again unchanged do not count.
 */
export const findChangedObjects = async (before: PdfDocument, after: PdfDocument): Promise<ChangedObjects> => {
  const numbers = new Set<number>()
  for (const section of after.xref.sections.filter(({ offset }) => offset >= before.size)) {
    for (const { first, count } of section.ranges) {
      if (numbers.size + count > MAX_CHANGES) throw unsupported('too_complex')
      for (let num = first; num < first + count; num++) numbers.add(num)
    }
  }
  const changed: ChangedObject[] = []
  const added: PdfObject[] = []
  for (const num of numbers) {
    const [was, is] = [await before.xref.lookup(num), await after.xref.lookup(num)]
    if (isSamePlace(was, is)) continue
    const [old, now] = [await before.object(num), await after.object(num)]
    if (old === null) {
      if (now !== null) added.push(now)
      continue
    }
    const generation = generationOf(was)
    const isSame =
      now !== null &&
      generationOf(is) === generation &&
      now.gen === generation &&
      (await isSameObject(before, after, old, now))
    if (!isSame) changed.push({ num, before: old, after: now })
  }
  return { changed, added }
}
