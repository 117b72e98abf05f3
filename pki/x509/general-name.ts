import { Asn1Error } from '../asn1/error.ts'
import { children, contentBytes, onlyChild } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { bytesEqual, toHex } from '../bytes/encodings.ts'
import { namesMatch } from './name-comparison.ts'
import { cleanText, readName } from './name.ts'
import type { DistinguishedName } from './name.ts'

/** GeneralName (RFC 5280 §4.2.1.6). Forms that nothing here reads inside keep their content octets. */
export type GeneralName =
  | { readonly form: 'email' | 'dns' | 'uri'; readonly text: string }
  | { readonly form: 'directory'; readonly name: DistinguishedName }
  /** 4 or 16 octets, twice as many inside name constraints. */
  | { readonly form: 'ip'; readonly bytes: Uint8Array }
  | { readonly form: 'other' | 'x400' | 'ediParty' | 'registeredId'; readonly bytes: Uint8Array }

const opaqueForms: ReadonlyMap<number, 'other' | 'x400' | 'ediParty' | 'registeredId'> = new Map([
  [0xa0, 'other'],
  [0xa3, 'x400'],
  [0xa5, 'ediParty'],
  [0x88, 'registeredId'],
])
const textForms: ReadonlyMap<number, 'email' | 'dns' | 'uri'> = new Map([
  [0x81, 'email'],
  [0x82, 'dns'],
  [0x86, 'uri'],
])

const latin1 = new TextDecoder('latin1')

const readIa5 = (node: DerNode): string => {
  const bytes = contentBytes(node)
  if (bytes.some((byte) => byte >= 0x80)) throw new Asn1Error('ia5_string_malformed', node.start)
  return latin1.decode(bytes)
}

export const readGeneralName = (node: DerNode): GeneralName => {
  const text = textForms.get(node.tag)
  if (text !== undefined) return { form: text, text: readIa5(node) }
  if (node.tag === 0xa4) return { form: 'directory', name: readName(onlyChild(node)) }
  const bytes = contentBytes(node)
  if (node.tag === 0x87) return { form: 'ip', bytes }
  const form = opaqueForms.get(node.tag)
  if (form === undefined) throw new Asn1Error('general_name_unknown', node.start)
  return { form, bytes }
}

/** Members of a GeneralNames, whatever its own tag; RFC 5280 §4.2.1.6 wants at least one. */
export const readGeneralNames = (node: DerNode): GeneralName[] => {
  const names = children(node).map(readGeneralName)
  if (names.length === 0) throw new Asn1Error('general_names_empty', node.start)
  return names
}

export const readAlternativeName = (value: Uint8Array): GeneralName[] =>
  readGeneralNames(expectTag(readDer(value), tag.sequence))

/** For reading in a report; no form to compare by. */
export const generalNameText = (name: GeneralName): string => {
  if ('text' in name) return `${name.form}:${cleanText(name.text)}`
  return name.form === 'directory' ? `directory:${name.name.text}` : `${name.form}:${toHex(name.bytes)}`
}

/** The same name: directory names after RFC 5280 §7.1, the others as they are written. */
export const generalNamesMatch = (a: GeneralName, b: GeneralName): boolean => {
  if (a.form === 'directory' && b.form === 'directory') return namesMatch(a.name, b.name)
  if (a.form !== b.form) return false
  if ('text' in a) return 'text' in b && a.text === b.text
  return 'bytes' in a && 'bytes' in b && bytesEqual(a.bytes, b.bytes)
}
