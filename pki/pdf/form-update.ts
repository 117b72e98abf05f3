import type { PdfDocument } from './document.ts'
import { appendItem, applySplices, setEntry, sourceText } from './edit.ts'
import type { Splice } from './edit.ts'
import { damaged, entry, integer, isArray, isDict, isRef } from './objects.ts'
import type { PdfDict, PdfObject, PdfRef } from './objects.ts'
import type { PdfPage } from './pages.ts'
import { refText } from './update-writer.ts'
import type { UpdateWriter } from './update-writer.ts'

/** SigFlags of ISO 32000-1 table 219: signatures exist, and the file may only be appended to. */
const SIGNATURES_EXIST_APPEND_ONLY = 3

const loadObject = async (document: PdfDocument, ref: PdfRef): Promise<PdfObject> => {
  const object = await document.object(ref.num)
  if (object === null) throw damaged('object_missing', { object: ref.num })
  return object
}

/** The reference with the generation the object really has: what its newer version must carry. */
const ownRef = ({ num, gen }: PdfObject): PdfRef => ({ kind: 'ref', num, gen })

/**
 * Adds references to the array under `key`: an array of its own is written anew, one inside the dictionary is extended in
 * place, a missing one is made. Returns the change to the dictionary, if it needs one.
 */
const extendArray = async (
  document: PdfDocument,
  writer: UpdateWriter,
  dict: PdfDict,
  key: string,
  added: readonly PdfRef[],
  written = new Set<number>(),
): Promise<Splice | null> => {
  const text = added.map(refText).join(' ')
  const value = entry(dict, key)
  if (isRef(value)) {
    const holder = await loadObject(document, value)
    const array = holder.value
    if (isArray(array) && written.has(holder.num)) {
      // Two pages share one array: the second gets its own, or it would show what belongs to the first.
      return setEntry(dict, key, `${sourceText(holder, array.start, array.end - 1)} ${text}]`)
    }
    if (isArray(array)) {
      written.add(holder.num)
      writer.put(ownRef(holder), applySplices(holder, array, [appendItem(array, text)]))
      return null
    }
    return setEntry(dict, key, `[${text}]`)
  }
  return isArray(value) ? appendItem(value, text) : setEntry(dict, key, `[${text}]`)
}

const formSplices = async (
  document: PdfDocument,
  writer: UpdateWriter,
  form: PdfDict,
  field: PdfRef,
): Promise<Splice[]> => {
  const flags = integer(await document.get(form, 'SigFlags')) ?? 0
  const fields = await extendArray(document, writer, form, 'Fields', [field])
  return [
    ...(fields === null ? [] : [fields]),
    setEntry(form, 'SigFlags', String((flags >>> 0) | SIGNATURES_EXIST_APPEND_ONLY)),
  ]
}

/** Makes or extends the interactive form (ISO 32000-1 §12.7.2) with one signature field. */
export const addField = async (document: PdfDocument, writer: UpdateWriter, field: PdfRef): Promise<void> => {
  const { catalog, catalogRef } = document
  const catalogObject = await loadObject(document, catalogRef)
  const value = entry(catalog, 'AcroForm')
  const form = await document.resolve(value)
  if (isRef(value) && isDict(form)) {
    const holder = await loadObject(document, value)
    writer.put(ownRef(holder), applySplices(holder, form, await formSplices(document, writer, form, field)))
    return
  }
  if (isDict(form)) {
    const splices = await formSplices(document, writer, form, field)
    writer.put(ownRef(catalogObject), applySplices(catalogObject, catalog, splices))
    return
  }
  const created = writer.allocate()
  writer.put(created, `<</Fields [${refText(field)}] /SigFlags ${SIGNATURES_EXIST_APPEND_ONLY}>>`)
  const splice = setEntry(catalog, 'AcroForm', refText(created))
  writer.put(ownRef(catalogObject), applySplices(catalogObject, catalog, [splice]))
}

/** Adds annotations to a page (§12.5.2). */
export const addAnnotations = async (
  document: PdfDocument,
  writer: UpdateWriter,
  page: PdfPage,
  annotations: readonly PdfRef[],
  sharedArrays: Set<number>,
): Promise<void> => {
  const splice = await extendArray(document, writer, page.dict, 'Annots', annotations, sharedArrays)
  if (splice !== null) writer.put(page.ref, applySplices(page.object, page.dict, [splice]))
}
