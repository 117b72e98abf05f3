import { change, changedKeys, hasOnly } from './change-kinds.ts'
import type { Step } from './change-kinds.ts'
import { addedItems, isSignatureField, vouchedDict } from './form-changes.ts'
import { isName } from './objects.ts'
import type { PdfDict, PdfValue } from './objects.ts'

/** Signatures' own widgets and seals may be put on top of what is there, under a later signature. */
export const acceptAnnotations = async (step: Step, before: PdfValue, after: PdfValue, num: number): Promise<void> => {
  const added = addedItems(before, after)
  if (added === null) step.changes.push(change('annotation_changed', num))
  for (const ref of added ?? []) {
    const dict = await vouchedDict(step, ref)
    const subtype = dict === null ? null : await step.after.get(dict, 'Subtype')
    const isWidget = dict !== null && isName(subtype, 'Widget') && (await isSignatureField(step.after, dict))
    if (isName(subtype, 'Stamp')) step.changes.push(change('seal_added', ref.num))
    else if (!isWidget) step.changes.push(change('annotation_changed', ref.num))
  }
}

export const acceptPage = async (step: Step, before: PdfDict, after: PdfDict, num: number): Promise<void> => {
  const keys = changedKeys(before, after)
  if (!hasOnly(keys, ['Annots'])) step.changes.push(change('page_changed', num))
  if (!keys.includes('Annots')) return
  await acceptAnnotations(step, await step.before.get(before, 'Annots'), await step.after.get(after, 'Annots'), num)
}
