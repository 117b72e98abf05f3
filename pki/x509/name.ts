import { children, contentBytes, cursor, encodedBytes, expectTag } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readOid, readText } from '../asn1/values.ts'
import { toHex } from '../bytes/encodings.ts'
import { once } from './once.ts'

/** Attribute types with a short name (RFC 4514 §3, RFC 4519); others are written by their OID. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.45', 'x500UniqueIdentifier'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
])

interface NameAttribute {
  readonly oid: string
  /** Short name, or the OID where there is none. */
  readonly type: string
  /** Without control and direction characters. */
  readonly value: string
}

export interface DistinguishedName {
  /** As encoded in the certificate: what names are compared by, byte for byte. */
  readonly der: Uint8Array
  readonly attributes: readonly NameAttribute[]
  /** For reading, the most specific part first: `CN=…, O=…, C=CN`. Not a form to compare by. */
  readonly text: string
  readonly commonName: string | null
  readonly organization: string | null
}

/** Characters that turn the direction of text, end its line or hide: none of them may reach a window. */
export const cleanText = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')

const readAttribute = (node: DerNode): NameAttribute => {
  const reader = cursor(expectTag(node, tag.sequence))
  const oid = readOid(reader.next(tag.oid))
  const value = reader.next()
  reader.finish()
  const text = cleanText(readText(value) ?? `#${toHex(contentBytes(value))}`)
  return { oid, type: shortNames.get(oid) ?? oid, value: text }
}

/** RFC 4514 §2.4: characters that would make two names look alike. */
const escapeValue = (value: string): string => value.replaceAll(/[\\,+"<>;=]/g, (character) => `\\${character}`)

/** Name (RFC 5280 §4.1.2.4). */
export const readName = (node: DerNode): DistinguishedName => {
  const attributes = children(expectTag(node, tag.sequence)).flatMap((rdn) =>
    children(expectTag(rdn, tag.set)).map(readAttribute),
  )
  // The last of several is the most specific one.
  const find = (type: string): string | null =>
    attributes.findLast((attribute) => attribute.type === type)?.value ?? null
  const text = once(() =>
    attributes
      .toReversed()
      .map(({ type, value }) => `${type}=${escapeValue(value)}`)
      .join(', '),
  )
  return {
    der: encodedBytes(node),
    attributes,
    get text() {
      return text()
    },
    get commonName() {
      return find('CN')
    },
    get organization() {
      return find('O')
    },
  }
}
