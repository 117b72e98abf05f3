import type { PdfDocument } from './document.ts'
import { entry, isArray, isDict, isName, isRef, unsupported, valuesEqual } from './objects.ts'
import type { PdfObject, PdfValue } from './objects.ts'
import { readStreamData } from './stream-data.ts'
import type { XrefEntry } from './xref-section.ts'

const MAX_CHANGES = 50_000

export interface ChangedObject {
  readonly num: number
  readonly before: PdfObject
  readonly after: PdfObject
}

export interface ChangedObjects {
  readonly changed: readonly ChangedObject[]
  /** Numbers that were in use and are free now. */
  readonly removed: readonly number[]
  readonly added: ReadonlySet<number>
}

const isSamePlace = (a: XrefEntry | undefined, b: XrefEntry | undefined): boolean =>
  a?.kind === b?.kind &&
  (a?.kind !== 'offset' || b?.kind !== 'offset' || a.offset === b.offset) &&
  (a?.kind !== 'compressed' || b?.kind !== 'compressed' || (a.container === b.container && a.index === b.index))

const streamBytes = async (document: PdfDocument, object: PdfObject): Promise<Uint8Array> =>
  (await readStreamData(document.reader, object, document.resolve)).data

const isSameObject = async (before: PdfDocument, after: PdfDocument, a: PdfObject, b: PdfObject): Promise<boolean> => {
  if (!valuesEqual(a.value, b.value) || (a.streamStart === null) !== (b.streamStart === null)) return false
  return a.streamStart === null || Buffer.compare(await streamBytes(before, a), await streamBytes(after, b)) === 0
}

/** Containers of the file format itself; what is in them is compared object by object. */
const isContainer = ({ value }: PdfObject): boolean =>
  isDict(value) && (isName(entry(value, 'Type'), 'XRef') || isName(entry(value, 'Type'), 'ObjStm'))

/** Compares what the cross-reference sections behind `before` redefine. Objects written again unchanged do not count. */
export const findChangedObjects = async (before: PdfDocument, after: PdfDocument): Promise<ChangedObjects> => {
  const numbers = new Set<number>()
  for (const section of after.xref.sections.filter(({ offset }) => offset >= before.size)) {
    for (const { first, count } of section.ranges) {
      if (numbers.size + count > MAX_CHANGES) throw unsupported('too_complex')
      for (let num = first; num < first + count; num++) numbers.add(num)
    }
  }
  const changed: ChangedObject[] = []
  const removed: number[] = []
  const added = new Set<number>()
  for (const num of numbers) {
    if (isSamePlace(await before.xref.lookup(num), await after.xref.lookup(num))) continue
    const [old, now] = [await before.object(num), await after.object(num)]
    if (now === null) {
      if (old !== null && !isContainer(old)) removed.push(num)
    } else if (!isContainer(now)) {
      if (old === null) added.add(num)
      else if (!(await isSameObject(before, after, old, now))) changed.push({ num, before: old, after: now })
    }
  }
  return { changed, removed, added }
}

const MAX_REACHED = 500_000

const collectRefs = (value: PdfValue, into: Set<number>): void => {
  if (isRef(value)) into.add(value.num)
  else if (isArray(value)) for (const item of value.items) collectRefs(item, into)
  else if (isDict(value)) for (const item of value.entries.values()) collectRefs(item.value, into)
}

/**
 * Numbers that revisions refer to, asked for from the oldest revision to the newest: the first is walked through as a
 * whole, of later ones only what they changed.
 */
export const createReferences = () => {
  const numbers = new Set<number>()
  let latest: PdfDocument | null = null
  return async (document: PdfDocument): Promise<ReadonlySet<number>> => {
    if (latest === null) for (const num of await reachable(document, [document.catalogRef])) numbers.add(num)
    else {
      const { changed, added } = await findChangedObjects(latest, document)
      for (const { after } of changed) collectRefs(after.value, numbers)
      for (const num of added) collectRefs((await document.object(num))?.value ?? null, numbers)
    }
    latest = document
    return numbers
  }
}
export type References = ReturnType<typeof createReferences>

/** Numbers of the objects that can be reached from `roots`. */
export const reachable = async (document: PdfDocument, roots: readonly PdfValue[]): Promise<Set<number>> => {
  const found = new Set<number>()
  const open: PdfValue[] = [...roots]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isRef(value)) {
      if (found.has(value.num)) continue
      if (found.size >= MAX_REACHED) throw unsupported('too_complex')
      found.add(value.num)
      open.push((await document.object(value.num))?.value ?? null)
    } else if (isArray(value)) for (const item of value.items) open.push(item)
    else if (isDict(value)) for (const item of value.entries.values()) open.push(item.value)
  }
  return found
}
