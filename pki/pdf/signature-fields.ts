import type { PdfDocument } from './document.ts'
import { damaged, entry, integer, isArray, isDict, isName, isRef } from './objects.ts'
import type { PdfDict, PdfObject, PdfValue } from './objects.ts'
import { readTextString } from './text.ts'

/** A signature field (ISO 32000-1 §12.7.4.5), signed or waiting. */
export interface SignatureField {
  /** Fully qualified name (§12.7.3.2). */
  readonly name: string
  readonly dict: PdfDict
  readonly objectNumber: number | null
  readonly signature: SignatureValue | null
}

export interface SignatureValue {
  readonly dict: PdfDict
  /**
   * The indirect object that holds the dictionary: its offsets are positions in the file unless it is compressed. null
   * for a dictionary deep inside another object, which no signer writes and whose byte range is never accepted.
   */
  readonly object: PdfObject | null
}

const MAX_FIELDS = 100_000
const MAX_DEPTH = 32

const readAcroForm = async (document: PdfDocument): Promise<PdfDict | null> => {
  const form = await document.get(document.catalog, 'AcroForm')
  return isDict(form) ? form : null
}

const readSignatureValue = async (
  document: PdfDocument,
  field: PdfDict,
  holder: PdfObject | null,
): Promise<SignatureValue | null> => {
  const value = entry(field, 'V')
  const object = isRef(value) ? await document.object(value.num) : holder
  const dict = await document.resolve(value)
  return isDict(dict) ? { dict, object } : null
}

/** Every field of the form, its signature fields in the order of the form, and the names at the top of it. */
export const readSignatureFields = async (
  document: PdfDocument,
): Promise<{ fields: SignatureField[]; topNames: Set<string> }> => {
  const form = await readAcroForm(document)
  const roots = form === null ? null : await document.get(form, 'Fields')
  const fields: SignatureField[] = []
  const topNames = new Set<string>()
  const seen = new Set<number>()
  let visited = 0

  const visit = async (kid: PdfValue, parent: { name: string; type: PdfValue }, depth: number): Promise<void> => {
    if (++visited > MAX_FIELDS || depth > MAX_DEPTH) throw damaged('form_too_deep')
    if (isRef(kid) && seen.has(kid.num)) return
    if (isRef(kid)) seen.add(kid.num)
    const object = isRef(kid) ? await document.object(kid.num) : null
    const dict = await document.resolve(kid)
    if (!isDict(dict)) return
    const partial = readTextString(await document.get(dict, 'T'))
    if (depth === 0 && partial !== null) topNames.add(partial)
    const name = [parent.name, partial ?? ''].filter((part) => part !== '').join('.')
    const type = (await document.get(dict, 'FT')) ?? parent.type
    const kids = await document.get(dict, 'Kids')
    // Kids without /T are the widgets of this field, not fields below it.
    if (isName(type, 'Sig') && partial !== null && (!isArray(kids) || !(await hasNamedKid(kids.items)))) {
      const signature = await readSignatureValue(document, dict, object)
      fields.push({ name, dict, objectNumber: isRef(kid) ? kid.num : null, signature })
      return
    }
    if (isArray(kids)) for (const item of kids.items) await visit(item, { name, type }, depth + 1)
  }

  const hasNamedKid = async (kids: readonly PdfValue[]): Promise<boolean> => {
    const first = await document.resolve(kids[0] ?? null)
    return isDict(first) && entry(first, 'T') !== null
  }

  if (isArray(roots)) for (const root of roots.items) await visit(root, { name: '', type: null }, 0)
  return { fields, topNames }
}

/** Parameters of a transform of a signature (§12.8.2), or null. */
export const readTransform = async (
  document: PdfDocument,
  signature: PdfDict,
  method: 'DocMDP' | 'FieldMDP',
): Promise<PdfDict | null> => {
  const references = await document.get(signature, 'Reference')
  if (!isArray(references)) return null
  for (const item of references.items.slice(0, 16)) {
    const reference = await document.resolve(item)
    if (!isDict(reference) || !isName(await document.get(reference, 'TransformMethod'), method)) continue
    const parameters = await document.get(reference, 'TransformParams')
    if (isDict(parameters)) return parameters
  }
  return null
}

export type DocMdpLevel = 1 | 2 | 3

/** Permissions of the certifying signature (§12.8.2.2): 1 nothing, 2 forms and signatures, 3 annotations too. */
export const readDocMdp = async (document: PdfDocument): Promise<DocMdpLevel | null> => {
  const permissions = await document.get(document.catalog, 'Perms')
  const signature = isDict(permissions) ? await document.get(permissions, 'DocMDP') : null
  if (!isDict(signature)) return null
  const parameters = await readTransform(document, signature, 'DocMDP')
  const level = parameters === null ? null : integer(await document.get(parameters, 'P'))
  return level === 1 || level === 3 ? level : 2
}

export type LockReason = 'docmdp' | 'field_lock'

const locksNewField = async (document: PdfDocument, lock: PdfDict): Promise<boolean> => {
  // ISO 32000-2 table 236: P in a lock dictionary restricts as DocMDP does.
  if (integer(await document.get(lock, 'P')) === 1) return true
  const action = await document.get(lock, 'Action')
  // All, or all but those listed: a new field is never among those listed.
  return isName(action, 'All') || isName(action, 'Exclude')
}

/** Why no further signature may be added, or null. */
export const findLock = async (
  document: PdfDocument,
  fields: readonly SignatureField[],
): Promise<LockReason | null> => {
  if ((await readDocMdp(document)) === 1) return 'docmdp'
  for (const { dict, signature } of fields) {
    if (signature === null) continue
    const lock = await document.get(dict, 'Lock')
    const transform = await readTransform(document, signature.dict, 'FieldMDP')
    for (const rule of [lock, transform]) if (isDict(rule) && (await locksNewField(document, rule))) return 'field_lock'
  }
  return null
}
