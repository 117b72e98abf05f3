import type { PdfDocument } from './document.ts'
import { entriesEqual } from './objects.ts'
import type { PdfDict } from './objects.ts'
import { keysOf } from './reach.ts'
import type { Reached } from './reach.ts'

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
  object_unlisted: false,
  xref_replaced: false,
  trailing_data: false,
} as const satisfies Record<string, boolean>
export type ChangeKind = keyof typeof changeKinds

export interface RevisionChange {
  readonly kind: ChangeKind
  readonly isAllowed: boolean
  /** Object number, 0 where none applies. */
  readonly object: number
}

export const change = (kind: ChangeKind, object = 0): RevisionChange => ({
  kind,
  isAllowed: changeKinds[kind],
  object,
})

/** One step in the life of a document: from a signed revision to the next one, or to the file as it is. */
export interface Step {
  readonly before: PdfDocument
  readonly after: PdfDocument
  /** A later signature covers all of `after`: only then may something be added that is seen. */
  readonly isSigned: boolean
  /** What is drawn in `before`. */
  readonly drawn: Reached
  readonly changes: RevisionChange[]
}

/** Keys whose values differ; one that no list allows where the dictionary can be read in two ways. */
export const changedKeys = (before: PdfDict, after: PdfDict): string[] => [
  ...[...new Set([...before.entries.keys(), ...after.entries.keys()])].filter(
    (key) => !entriesEqual(before.entries.get(key), after.entries.get(key)),
  ),
  ...(after.isAmbiguous ? ['(ambiguous)'] : []),
]

export const hasOnly = (keys: readonly string[], allowed: readonly string[]): boolean =>
  keys.every((key) => allowed.includes(key))

/** Whether an object is referred to as one of `keys` alone: the same bytes may serve as something else too. */
export const isOnly = (drawn: Reached, num: number, ...keys: readonly string[]): boolean =>
  hasOnly(keysOf(drawn, num), keys)
