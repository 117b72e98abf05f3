import { findChangedObjects, reachable } from './changed-objects.ts'
import type { ChangedObject, References } from './changed-objects.ts'
import type { PdfDocument } from './document.ts'
import { decodeStream } from './filters.ts'
import { entry, isArray, isDict, isName, isRef, valuesEqual } from './objects.ts'
import type { PdfDict, PdfObject, PdfRef, PdfValue } from './objects.ts'
import { readStreamData } from './stream-data.ts'

/** What a later revision did, as codes; `isAllowed` ones leave what was signed as it is. */
const changeKinds = {
  signature_added: true,
  seal_added: true,
  dss_changed: true,
  metadata_changed: true,
  form_changed: false,
  annotation_changed: false,
  page_changed: false,
  page_tree_changed: false,
  catalog_changed: false,
  object_changed: false,
  object_added: false,
  object_removed: false,
  xref_replaced: false,
  trailing_data: false,
} as const satisfies Record<string, boolean>
type ChangeKind = keyof typeof changeKinds

export interface RevisionChange {
  readonly kind: ChangeKind
  readonly isAllowed: boolean
  /** Object number, 0 where none applies. */
  readonly object: number
}

const change = (kind: ChangeKind, object = 0): RevisionChange => ({ kind, isAllowed: changeKinds[kind], object })

const changedKeys = (before: PdfDict, after: PdfDict): string[] =>
  [...new Set([...before.entries.keys(), ...after.entries.keys()])].filter(
    (key) => before.entries.has(key) !== after.entries.has(key) || !valuesEqual(entry(before, key), entry(after, key)),
  )

const hasOnly = (keys: readonly string[], allowed: readonly string[]): boolean =>
  keys.every((key) => allowed.includes(key))

/** Keys that signing an empty field may set on it and its widget. */
const signingKeys = ['V', 'AP', 'AS', 'F', 'M', 'MK', 'DA', 'Lock']
const catalogKeys = ['AcroForm', 'DSS', 'Extensions', 'Metadata', 'Version']

interface Context {
  readonly before: PdfDocument
  readonly after: PdfDocument
  /** Ends of the byte ranges of other signatures: a stamp in front of one of them was signed by it. */
  readonly laterEnds: readonly number[]
  readonly changes: RevisionChange[]
}

const isSignatureField = async (document: PdfDocument, dict: PdfDict): Promise<boolean> => {
  if (isName(await document.get(dict, 'FT'), 'Sig')) return true
  const parent = await document.get(dict, 'Parent')
  return isDict(parent) && isName(await document.get(parent, 'FT'), 'Sig')
}

/** Items of `after` that `before` does not have, or null if one was lost or replaced. */
const addedItems = (before: PdfValue, after: PdfValue): PdfRef[] | null => {
  const old = isArray(before) ? before.items : []
  const now = isArray(after) ? after.items : []
  const keyOf = ({ num, gen }: PdfRef): string => `${num} ${gen}`
  const oldKeys = new Set(old.filter(isRef).map(keyOf))
  const isKept = (item: PdfValue): boolean => !isRef(item) || oldKeys.has(keyOf(item))
  // In their old order too: it decides which annotation lies on top.
  const kept = now.filter(isKept)
  if (kept.length !== old.length || !old.every((item, index) => valuesEqual(item, kept[index] ?? null))) return null
  return now.filter(isRef).filter((item) => !isKept(item))
}

const acceptFields = async (context: Context, before: PdfValue, after: PdfValue, num: number): Promise<void> => {
  const added = addedItems(before, after)
  if (added === null) context.changes.push(change('form_changed', num))
  for (const ref of added ?? []) {
    const dict = await context.after.resolve(ref)
    const isNewSignature =
      isDict(dict) && (await context.before.object(ref.num)) === null && (await isSignatureField(context.after, dict))
    context.changes.push(change(isNewSignature ? 'signature_added' : 'form_changed', ref.num))
  }
}

const isSignedStamp = async ({ after, laterEnds }: Context, ref: PdfRef, dict: PdfDict): Promise<boolean> => {
  const place = await after.xref.lookup(ref.num)
  return (
    isName(await after.get(dict, 'Subtype'), 'Stamp') &&
    place?.kind === 'offset' &&
    laterEnds.some((end) => place.offset < end)
  )
}

const acceptAnnotations = async (context: Context, before: PdfValue, after: PdfValue, num: number): Promise<void> => {
  const added = addedItems(before, after)
  if (added === null) context.changes.push(change('annotation_changed', num))
  for (const ref of added ?? []) {
    const dict = await context.after.resolve(ref)
    const isNew = isDict(dict) && (await context.before.object(ref.num)) === null
    const isWidget = isNew && isName(entry(dict, 'Subtype'), 'Widget') && (await isSignatureField(context.after, dict))
    const isSeal = isNew && !isWidget && (await isSignedStamp(context, ref, dict))
    if (isSeal) context.changes.push(change('seal_added', ref.num))
    if (!isSeal && !isWidget) context.changes.push(change('annotation_changed', ref.num))
  }
}

const acceptForm = async (context: Context, before: PdfDict | null, after: PdfDict, num: number): Promise<void> => {
  const keys = before === null ? ['Fields'] : changedKeys(before, after)
  const isLegal = keys.every((key) => {
    if (key === 'Fields' || key === 'SigFlags') return true
    // Fonts and defaults for the appearance of the new field; nothing that was there may change.
    return (key === 'DR' || key === 'DA') && before !== null && !before.entries.has(key)
  })
  if (!isLegal) context.changes.push(change('form_changed', num))
  const old = before === null ? null : await context.before.get(before, 'Fields')
  await acceptFields(context, old, await context.after.get(after, 'Fields'), num)
}

const acceptCatalog = async (context: Context, { before, after, num }: ChangedObject): Promise<void> => {
  if (!isDict(before.value) || !isDict(after.value)) return
  const keys = changedKeys(before.value, after.value)
  if (!hasOnly(keys, catalogKeys)) context.changes.push(change('catalog_changed', num))
  if (keys.includes('DSS')) context.changes.push(change('dss_changed', num))
  if (keys.includes('Metadata')) context.changes.push(change('metadata_changed', num))
  if (!keys.includes('AcroForm')) return
  const form = await context.after.get(after.value, 'AcroForm')
  const old = await context.before.get(before.value, 'AcroForm')
  if (isDict(form)) await acceptForm(context, isDict(old) ? old : null, form, num)
  else context.changes.push(change('form_changed', num))
}

const acceptPage = async (context: Context, before: PdfDict, after: PdfDict, num: number): Promise<void> => {
  const keys = changedKeys(before, after)
  if (!hasOnly(keys, ['Annots'])) context.changes.push(change('page_changed', num))
  if (!keys.includes('Annots')) return
  const [old, now] = [await context.before.get(before, 'Annots'), await context.after.get(after, 'Annots')]
  await acceptAnnotations(context, old, now, num)
}

/** An empty signature field that was signed, or the widget of one. */
const acceptSigning = async (context: Context, before: PdfDict, after: PdfDict, num: number): Promise<boolean> => {
  const keys = changedKeys(before, after)
  const wasEmpty = entry(before, 'V') === null
  if (!wasEmpty || !hasOnly(keys, signingKeys) || !(await isSignatureField(context.before, before))) return false
  // A signed field's appearance stays as it was; only an empty one may get its value and appearance.
  const parent = await context.before.get(before, 'Parent')
  if (!keys.includes('V') && isDict(parent) && entry(parent, 'V') !== null) return false
  context.changes.push(change('signature_added', num))
  return true
}

const isAnnotationArray = async (document: PdfDocument, array: PdfValue): Promise<boolean> => {
  if (!isArray(array)) return false
  for (const item of array.items) {
    const dict = await document.resolve(item)
    if (isDict(dict) && entry(dict, 'Subtype') !== null && entry(dict, 'Rect') !== null) return true
  }
  return false
}

/**
 * Objects that viewers do not show: document information, XMP, validation data. Each must look like what it is said to
 * be on both sides, or a page's content could be passed off as metadata and exchanged.
 */
const isInvisible = async (context: Context, { before, after, num }: ChangedObject, known: KnownObjects) => {
  const isPlainDict = [before, after].every(
    ({ value, streamStart }) =>
      streamStart === null && isDict(value) && entry(value, 'Type') === null && entry(value, 'Contents') === null,
  )
  if (num === known.info) return isPlainDict ? 'metadata_changed' : null
  if (num === known.metadata) {
    const areXmp = (await isXmp(context.before, before)) && (await isXmp(context.after, after))
    return areXmp ? 'metadata_changed' : null
  }
  const isList = isArray(before.value) && isArray(after.value)
  const isDss = isDict(before.value) && isName(entry(before.value, 'Type'), 'DSS')
  return known.dss.has(num) && (isList || isDss || isPlainDict) ? 'dss_changed' : null
}

const isXmp = async (document: PdfDocument, object: PdfObject): Promise<boolean> => {
  if (object.streamStart === null || !isDict(object.value)) return false
  if (!isName(entry(object.value, 'Type'), 'Metadata')) return false
  const { dict, data } = await readStreamData(document.reader, object, document.resolve)
  return /^(?:\xef\xbb\xbf)?\s*<\?xpacket/.test(
    Buffer.from(decodeStream(dict, data).subarray(0, 256)).toString('latin1'),
  )
}

interface KnownObjects {
  readonly form: number
  readonly fields: number
  readonly metadata: number
  readonly info: number
  /** Everything under the catalog's /DSS as it was signed. */
  readonly dss: ReadonlySet<number>
}

const acceptChanged = async (context: Context, item: ChangedObject, known: KnownObjects): Promise<void> => {
  const { num, before, after } = item
  const [old, now] = [before.value, after.value]
  const invisible = await isInvisible(context, item, known)
  if (invisible !== null) {
    context.changes.push(change(invisible, num))
  } else if (num === context.before.catalogRef.num) await acceptCatalog(context, item)
  else if (num === known.fields) await acceptFields(context, old, now, num)
  else if (isArray(old) && (await isAnnotationArray(context.after, now))) {
    await acceptAnnotations(context, old, now, num)
  } else if (!isDict(old) || !isDict(now) || before.streamStart !== null || after.streamStart !== null) {
    context.changes.push(change('object_changed', num))
  } else if (num === known.form) await acceptForm(context, old, now, num)
  else if (isName(entry(old, 'Type'), 'Page')) await acceptPage(context, old, now, num)
  else if (isName(entry(old, 'Type'), 'Pages')) context.changes.push(change('page_tree_changed', num))
  else if (!(await acceptSigning(context, old, now, num))) {
    const isForm = entry(old, 'FT') !== null || entry(old, 'T') !== null
    const kind = isForm ? 'form_changed' : entry(old, 'Subtype') !== null ? 'annotation_changed' : 'object_changed'
    context.changes.push(change(kind, num))
  }
}

const numberOf = (value: PdfValue): number => (isRef(value) ? value.num : -1)

const knownObjects = async (document: PdfDocument): Promise<KnownObjects> => {
  const form = await document.get(document.catalog, 'AcroForm')
  return {
    form: numberOf(entry(document.catalog, 'AcroForm')),
    fields: isDict(form) ? numberOf(entry(form, 'Fields')) : -1,
    metadata: numberOf(entry(document.catalog, 'Metadata')),
    info: numberOf(entry(document.trailer, 'Info')),
    dss: await reachable(document, [entry(document.catalog, 'DSS')]),
  }
}

/** The older sections must be the ones that were signed, in the same order, under the same catalog. */
const isContinuation = (before: PdfDocument, after: PdfDocument): boolean => {
  const old = after.xref.sections.filter(({ offset }) => offset < before.size).map(({ offset }) => offset)
  return (
    old.join() === before.xref.sections.map(({ offset }) => offset).join() &&
    after.catalogRef.num === before.catalogRef.num &&
    after.catalogRef.gen === before.catalogRef.gen
  )
}

/** What the revisions behind `before` did to the document. Anything that is not recognised counts as a modification. */
export const compareRevisions = async (
  before: PdfDocument,
  after: PdfDocument,
  laterEnds: readonly number[],
  references: References,
): Promise<RevisionChange[]> => {
  if (after.xref.startXref === before.xref.startXref) return [change('trailing_data')]
  if (!isContinuation(before, after)) return [change('xref_replaced')]
  const { changed, removed, added } = await findChangedObjects(before, after)
  const context: Context = { before, after, laterEnds, changes: [] }
  const known = await knownObjects(before)
  for (const item of changed) await acceptChanged(context, item, known)
  // A new object is seen only through a change accepted above, unless what was signed already refers to its number.
  const signed = added.size === 0 ? new Set() : await references(before)
  return [
    ...context.changes,
    ...removed.map((num) => change('object_removed', num)),
    ...[...added].filter((num) => signed.has(num)).map((num) => change('object_added', num)),
  ]
}
