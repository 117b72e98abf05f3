import { children, contentBytes, cursor, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { readOid, readText } from '../asn1/values.ts'
import { toHex } from '../bytes/encodings.ts'
import type { DistinguishedName } from './name.ts'

/** RFC 4518 §2.2: code points that are mapped to nothing, and those that become a space. */
const mappedToNothing =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- single code points by their numbers
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u06dd\u070f\u1806\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2063\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/gu
const mappedToSpace = /[\t-\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g
/** RFC 4518 §2.4: private use, surrogates, non-characters, unassigned, and what stands for undecodable octets. */
const prohibited = /[\p{Co}\p{Cs}\p{Cn}\ufffd]/u

const plainAscii = /^[\u0020-\u007e]*$/

const collapse = (text: string): string => text.trim().replaceAll(/ +/g, ' ')

/**
 * A string prepared for comparison without regard to case (RFC 5280 §7.1, RFC 4518 §2), or undefined where RFC 4518
 * prohibits one of its characters. Folding of B.2 is upper then lower case, which also turns ß into ss.
 */
export const prepareString = (text: string): string | undefined => {
  if (plainAscii.test(text)) return collapse(text.toLowerCase())
  const folded = text.replaceAll(mappedToSpace, ' ').replaceAll(mappedToNothing, '').toUpperCase().toLowerCase()
  const normalized = folded.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
  return prohibited.test(normalized) ? undefined : collapse(normalized)
}

const attributeKey = (node: DerNode): string => {
  const reader = cursor(node)
  const type = readOid(reader.next())
  const value = reader.next()
  const text = readText(value)
  const prepared = text === undefined ? undefined : prepareString(text)
  // Other types, and strings that cannot be prepared, are compared as they are encoded.
  return prepared === undefined
    ? `${type}#${value.tag.toString(16)}:${toHex(contentBytes(value))}`
    : `${type}=${prepared}`
}

interface NameKey {
  /** One key for each RDN, from the root of the tree downwards. */
  readonly rdns: readonly string[]
  readonly text: string
}

const keys = new WeakMap<DistinguishedName, NameKey>()

/** Prepared strings hold no control characters, so they can part what is joined. */
const keyOf = (name: DistinguishedName): NameKey => {
  const known = keys.get(name)
  if (known !== undefined) return known
  const rdns = children(readDer(name.der)).map((rdn) => children(rdn).map(attributeKey).toSorted().join('\u0001'))
  const key = { rdns, text: rdns.join('\u0002') }
  keys.set(name, key)
  return key
}

/** Equal for two names exactly if they match (RFC 5280 §7.1); for maps. */
export const nameKey = (name: DistinguishedName): string => keyOf(name).text

export const namesMatch = (a: DistinguishedName, b: DistinguishedName): boolean => a === b || nameKey(a) === nameKey(b)

/** True where `base` is `name` or one of the names above it. */
export const isWithinName = (name: DistinguishedName, base: DistinguishedName): boolean => {
  const inner = keyOf(name).rdns
  const outer = keyOf(base).rdns
  return outer.length <= inner.length && outer.every((rdn, index) => rdn === inner[index])
}

export const isEmptyName = (name: DistinguishedName): boolean => keyOf(name).rdns.length === 0
