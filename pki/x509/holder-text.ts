import { Asn1Error } from '../asn1/error.ts'
import { children, contentBytes, isConstructed, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readOid, readText } from '../asn1/values.ts'

/** A text inside an extension, with what stands around it. */
export interface HolderText {
  readonly text: string
  /** The OID in front of it in the same SEQUENCE, as containers of GM/T 0015-2023 have it. */
  readonly oid: string | null
  /** The nearest context tag: the alternative of IdentifyCode (GM/T 0015-2012). */
  readonly choice: number | null
}

const MAX_TEXTS = 32

const utf8 = new TextDecoder('utf-8', { fatal: true })
const decode = (bytes: Uint8Array): string | null => {
  try {
    return utf8.decode(bytes)
  } catch {
    // Not text.
    return null
  }
}

const tryDer = (bytes: Uint8Array): DerNode | null => {
  try {
    return readDer(bytes)
  } catch (error) {
    if (error instanceof Asn1Error) return null
    throw error
  }
}

const isContext = (node: DerNode): boolean => (node.tag & 0xc0) === 0x80

const walk = (node: DerNode, around: Omit<HolderText, 'text'>, found: HolderText[]): void => {
  if (found.length >= MAX_TEXTS) return
  const choice = isContext(node) ? node.tag & 0x1f : around.choice
  if (isConstructed(node)) {
    let oid = around.oid
    for (const child of children(node)) {
      if (child.tag === tag.oid) oid = readOid(child)
      else walk(child, { oid, choice }, found)
    }
    return
  }
  const inner = node.tag === tag.octetString ? tryDer(contentBytes(node)) : null
  if (inner !== null) {
    walk(inner, { oid: around.oid, choice }, found)
    return
  }
  const isPlain = isContext(node) || node.tag === tag.octetString
  const text = isPlain ? decode(contentBytes(node)) : (readText(node) ?? null)
  if (text !== null) found.push({ text, oid: around.oid, choice })
}

/**
 * The texts in an extension's value: a DER string, one or several inside context tags, sequences or octet strings, or bare
 * text without any DER. CAs do all of these.
 */
export const readHolderTexts = (value: Uint8Array): HolderText[] => {
  const node = tryDer(value)
  const found: HolderText[] = []
  try {
    if (node !== null) walk(node, { oid: null, choice: null }, found)
  } catch (error) {
    if (!(error instanceof Asn1Error)) throw error
    // Looked like DER by its first bytes alone: bare text, decoded below.
    found.length = 0
  }
  const bare = found.length === 0 ? decode(value) : null
  return bare === null ? found : [{ text: bare, oid: null, choice: null }]
}
