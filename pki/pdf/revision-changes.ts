import { change, isOnly } from './change-kinds.ts'
import type { ChangeKind, RevisionChange, Step } from './change-kinds.ts'
import { findChangedObjects } from './changed-objects.ts'
import type { ChangedObject } from './changed-objects.ts'
import type { PdfDocument } from './document.ts'
import { acceptCatalog, acceptFields, acceptForm, acceptSigning, isDictArray } from './form-changes.ts'
import { entry, isDict, isName, isRef } from './objects.ts'
import type { PdfDict, PdfObject, PdfValue } from './objects.ts'
import { acceptAnnotations, acceptPage } from './page-changes.ts'
import { reach, reachFurther } from './reach.ts'
import type { Reached } from './reach.ts'
import { findUnlisted, isContinuation, isStrayXref } from './update-structure.ts'

/** Objects of the signed revision that have a part of their own. */
interface KnownObjects {
  readonly form: number
  readonly fields: number
  /** Document information and XMP. */
  readonly metadata: Reached
  /** Everything under the catalog's /DSS. */
  readonly dss: Reached
}

const numberOf = (value: PdfValue): number => (isRef(value) ? value.num : -1)

const knownObjects = async (document: PdfDocument): Promise<KnownObjects> => {
  const { catalog, trailer } = document
  const form = await document.get(catalog, 'AcroForm')
  const under = (dict: PdfDict, key: string) => ({ key, value: entry(dict, key) })
  return {
    form: numberOf(entry(catalog, 'AcroForm')),
    fields: isDict(form) ? numberOf(entry(form, 'Fields')) : -1,
    metadata: await reach(document, [under(trailer, 'Info'), under(catalog, 'Metadata')], new Map<number, string>()),
    dss: await reach(document, [under(catalog, 'DSS')], new Map<number, string>()),
  }
}

/** What an object is that nothing drawn refers to: whatever its bytes are, they are not seen. */
const unseenKind = ({ num, before }: ChangedObject, { metadata, dss }: KnownObjects): ChangeKind | null => {
  if (metadata.has(num)) return 'metadata_changed'
  if (dss.has(num)) return 'dss_changed'
  // The file's own cross-references, whose number some writers use again.
  return isDict(before.value) && isName(entry(before.value, 'Type'), 'XRef') ? null : 'object_changed'
}

const acceptDict = async (step: Step, old: PdfDict, now: PdfDict, num: number, known: KnownObjects): Promise<void> => {
  if (num === step.before.catalogRef.num) await acceptCatalog(step, old, now, num)
  else if (num === known.form && isOnly(step.drawn, num, 'AcroForm')) await acceptForm(step, old, now, num)
  else if (isName(entry(old, 'Type'), 'Page')) await acceptPage(step, old, now, num)
  else if (isName(entry(old, 'Type'), 'Pages')) step.changes.push(change('page_tree_changed', num))
  else if (!(await acceptSigning(step, old, now, num))) {
    const isForm = entry(old, 'FT') !== null || entry(old, 'T') !== null
    const kind = isForm ? 'form_changed' : entry(old, 'Subtype') !== null ? 'annotation_changed' : 'object_changed'
    step.changes.push(change(kind, num))
  }
}

const isStream = ({ streamStart }: PdfObject): boolean => streamStart !== null

const acceptChanged = async (step: Step, item: ChangedObject, known: KnownObjects): Promise<void> => {
  const { num, before, after } = item
  const [old, now] = [before.value, after?.value ?? null]
  if (num !== step.before.catalogRef.num && !step.drawn.has(num)) {
    const kind = unseenKind(item, known)
    if (kind !== null) step.changes.push(change(kind, num))
  } else if (after === null) step.changes.push(change('object_removed', num))
  else if (isDict(old) && isDict(now) && !isStream(before) && !isStream(after)) {
    await acceptDict(step, old, now, num, known)
  } else if (!(await isDictArray(step.before, old))) step.changes.push(change('object_changed', num))
  else if (num === known.fields && isOnly(step.drawn, num, 'Fields')) await acceptFields(step, old, now, num)
  else if (isOnly(step.drawn, num, 'Annots')) await acceptAnnotations(step, old, now, num)
  else step.changes.push(change('object_changed', num))
}

/**
 * What the revisions behind `before` did to the document. Anything that is not recognised counts as a modification. Brings
 * `drawn` from `before` to `after`.
 */
export const compareRevisions = async (
  before: PdfDocument,
  after: PdfDocument,
  isSigned: boolean,
  drawn: Reached,
): Promise<RevisionChange[]> => {
  if (after.xref.startXref === before.xref.startXref) return [change('trailing_data')]
  if (!(await isContinuation(before, after))) return [change('xref_replaced')]
  const { changed, added } = await findChangedObjects(before, after)
  const step: Step = { before, after, isSigned, drawn, changes: [] }
  const known = await knownObjects(before)
  for (const item of changed) await acceptChanged(step, item, known)
  // A new object is seen only through a change accepted above, unless what was signed already refers to its number.
  for (const { num } of added) if (drawn.has(num)) step.changes.push(change('object_added', num))
  for (const object of added) if (isStrayXref(after, object)) step.changes.push(change('xref_replaced', object.num))
  for (const num of await findUnlisted(before, after)) step.changes.push(change('object_unlisted', num))
  await reachFurther(
    after,
    [...changed, ...added].map(({ num }) => num),
    drawn,
  )
  return step.changes
}
