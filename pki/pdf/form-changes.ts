import { change, changedKeys, hasOnly, isOnly } from './change-kinds.ts'
import type { Step } from './change-kinds.ts'
import type { PdfDocument } from './document.ts'
import { isArray, isDict, isName, isRef, valuesEqual } from './objects.ts'
import type { PdfDict, PdfRef, PdfValue } from './objects.ts'

/** Keys that signing an empty field may set on it and its widget. */
const signingKeys = ['V', 'AP', 'AS', 'F', 'M', 'MK', 'DA', 'Lock']
const catalogKeys = ['AcroForm', 'DSS', 'Extensions', 'Metadata', 'Version']

export const isSignatureField = async (document: PdfDocument, dict: PdfDict): Promise<boolean> => {
  if (isName(await document.get(dict, 'FT'), 'Sig')) return true
  const parent = await document.get(dict, 'Parent')
  return isDict(parent) && isName(await document.get(parent, 'FT'), 'Sig')
}

/** Items of `after` that `before` does not have, or null if one was lost or replaced. */
export const addedItems = (before: PdfValue, after: PdfValue): PdfRef[] | null => {
  if (!isArray(after)) return null
  const old = isArray(before) ? before.items : []
  const keyOf = ({ num, gen }: PdfRef): string => `${num} ${gen}`
  const oldKeys = new Set(old.filter(isRef).map(keyOf))
  const isKept = (item: PdfValue): boolean => !isRef(item) || oldKeys.has(keyOf(item))
  // In their old order too: it decides which annotation lies on top.
  const kept = after.items.filter(isKept)
  if (kept.length !== old.length || !old.every((item, index) => valuesEqual(item, kept[index] ?? null))) return null
  return after.items.filter(isRef).filter((item) => !isKept(item))
}

/**
 * An array of fields or annotations. One of contents holds streams, a colour space begins with a name; a reference that
 * leads nowhere is left behind by something that was deleted.
 */
export const isDictArray = async (document: PdfDocument, value: PdfValue): Promise<boolean> => {
  for (const item of isArray(value) ? value.items : [value]) {
    const object = isRef(item) ? await document.object(item.num) : { value: item, streamStart: null }
    if (object !== null && (object.streamStart !== null || !isDict(object.value))) return false
  }
  return isArray(value)
}

/** The dictionary of an object that is new, vouched for by a later signature, and no stream. */
export const vouchedDict = async ({ before, after, isSigned }: Step, ref: PdfRef): Promise<PdfDict | null> => {
  if (!isSigned || (await before.object(ref.num)) !== null) return null
  const object = await after.object(ref.num)
  return object?.streamStart === null && isDict(object.value) ? object.value : null
}

export const acceptFields = async (step: Step, before: PdfValue, after: PdfValue, num: number): Promise<void> => {
  const added = addedItems(before, after)
  if (added === null) step.changes.push(change('form_changed', num))
  for (const ref of added ?? []) {
    const dict = await vouchedDict(step, ref)
    const isSignature = dict !== null && (await isSignatureField(step.after, dict))
    step.changes.push(change(isSignature ? 'signature_added' : 'form_changed', ref.num))
  }
}

const noDict: PdfDict = { kind: 'dict', entries: new Map(), isAmbiguous: false, start: 0, end: 0 }

export const acceptForm = async (step: Step, before: PdfDict, after: PdfDict, num: number): Promise<void> => {
  const isLegal = changedKeys(before, after).every((key) => {
    if (key === 'Fields' || key === 'SigFlags') return true
    // Fonts and defaults for the appearance of the new field; nothing that was there may change.
    return (key === 'DR' || key === 'DA') && step.isSigned && !before.entries.has(key)
  })
  if (!isLegal) step.changes.push(change('form_changed', num))
  await acceptFields(step, await step.before.get(before, 'Fields'), await step.after.get(after, 'Fields'), num)
}

export const acceptCatalog = async (step: Step, before: PdfDict, after: PdfDict, num: number): Promise<void> => {
  const keys = changedKeys(before, after)
  // Signatures with a transform refer to the catalog as their /Data (§12.8.1).
  if (!hasOnly(keys, catalogKeys) || !isOnly(step.drawn, num, 'Data')) step.changes.push(change('catalog_changed', num))
  if (keys.includes('DSS')) step.changes.push(change('dss_changed', num))
  if (keys.includes('Metadata')) step.changes.push(change('metadata_changed', num))
  if (!keys.includes('AcroForm')) return
  const [old, now] = [await step.before.get(before, 'AcroForm'), await step.after.get(after, 'AcroForm')]
  if ((isDict(old) || old === null) && isDict(now)) await acceptForm(step, old ?? noDict, now, num)
  else step.changes.push(change('form_changed', num))
}

/** The value of a field, which its widget may leave to it. */
const fieldValue = async (document: PdfDocument, dict: PdfDict): Promise<PdfValue> => {
  const parent = await document.get(dict, 'Parent')
  return (await document.get(dict, 'V')) ?? (isDict(parent) ? document.get(parent, 'V') : null)
}

/** An empty signature field that was signed, or the widget of one. */
export const acceptSigning = async (step: Step, before: PdfDict, after: PdfDict, num: number): Promise<boolean> => {
  const isSigning =
    step.isSigned &&
    hasOnly(changedKeys(before, after), signingKeys) &&
    isOnly(step.drawn, num, 'Annots', 'Fields', 'Kids', 'Parent', 'Obj') &&
    (await isSignatureField(step.before, before)) &&
    (await fieldValue(step.before, before)) === null &&
    isDict(await fieldValue(step.after, after))
  if (isSigning) step.changes.push(change('signature_added', num))
  return isSigning
}
