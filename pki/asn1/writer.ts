import { bytesEqual, compareBytes, fromLatin1, fromUtf8 } from '../bytes/encodings.ts'
import { context, tag } from './tags.ts'

/** DER encoding (ITU-T X.690 §10, §11). */

const lengthOctets = (length: number): number => {
  if (length < 0x80) return 0
  let count = 1
  for (let rest = length; rest >= 0x100; rest = Math.floor(rest / 0x100)) count++
  return count
}

/** Writes identifier and length octets; returns where the content begins. */
const writeHeader = (target: Uint8Array, identifier: number, length: number, count: number): number => {
  target[0] = identifier
  target[1] = count === 0 ? length : 0x80 | count
  let rest = length
  for (let at = 1 + count; at > 1; at--) {
    target[at] = rest % 0x100
    rest = Math.floor(rest / 0x100)
  }
  return 2 + count
}

/** Identifier and length octets in front of `length` content octets. */
export const header = (identifier: number, length: number): Uint8Array => {
  const count = lengthOctets(length)
  const octets = new Uint8Array(2 + count)
  writeHeader(octets, identifier, length, count)
  return octets
}

export const encode = (identifier: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  let length = 0
  for (const part of parts) length += part.length
  const count = lengthOctets(length)
  const encoded = new Uint8Array(2 + count + length)
  let offset = writeHeader(encoded, identifier, length, count)
  for (const part of parts) {
    encoded.set(part, offset)
    offset += part.length
  }
  return encoded
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => encode(tag.sequence, ...parts)

/** SET OF with its members in the order of their encodings (X.690 §11.6). */
export const setOf = (...parts: readonly Uint8Array[]): Uint8Array => encode(tag.set, ...parts.toSorted(compareBytes))

export const explicit = (number: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  encode(context.constructed(number), ...parts)

export const octetString = (bytes: Uint8Array): Uint8Array => encode(tag.octetString, bytes)
export const bitString = (bytes: Uint8Array): Uint8Array => encode(tag.bitString, Uint8Array.of(0), bytes)
export const nullValue = (): Uint8Array => Uint8Array.of(tag.null, 0)
export const booleanValue = (value: boolean): Uint8Array => Uint8Array.of(tag.boolean, 1, value ? 0xff : 0)
export const utf8String = (text: string): Uint8Array => encode(tag.utf8String, fromUtf8(text))

/** INTEGER from a big-endian unsigned number of any length. */
export const unsignedInteger = (bytes: Uint8Array): Uint8Array => {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const trimmed = bytes.subarray(start)
  return (trimmed[0] ?? 0x80) >= 0x80 ? encode(tag.integer, Uint8Array.of(0), trimmed) : encode(tag.integer, trimmed)
}

export const smallInteger = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return unsignedInteger(bytes)
}

const base128 = (value: number): number[] => {
  const octets = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128))
  return octets
}

const encodedOids = new Map<string, Uint8Array>()
/** Far above what standards name; texts from elsewhere must not fill the memory. */
const MAX_ENCODED_OIDS = 1024

export const oid = (dotted: string): Uint8Array => {
  const known = encodedOids.get(dotted)
  if (known !== undefined) return known
  const [root = 0, second = 0, ...arcs] = dotted.split('.').map(Number)
  const encoded = encode(tag.oid, Uint8Array.from([...base128(root * 40 + second), ...arcs.flatMap(base128)]))
  if (encodedOids.size < MAX_ENCODED_OIDS) encodedOids.set(dotted, encoded)
  return encoded
}

/** UTCTime through 2049, GeneralizedTime later (RFC 5280 §4.1.2.5, RFC 5652 §11.3). Whole seconds. */
export const time = (date: Date): Uint8Array => {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? encode(tag.utcTime, fromLatin1(digits.slice(2)))
    : encode(tag.generalizedTime, fromLatin1(digits))
}

/** The same element under another identifier octet: IMPLICIT tagging, or attributes turned back into a SET OF. */
export const retag = (encoded: Uint8Array, identifier: number): Uint8Array => {
  if (encoded[0] === identifier) return encoded
  const copy = Uint8Array.from(encoded)
  copy[0] = identifier
  return copy
}

/** Certificates without doubles, in the given order. */
export const withoutDoubles = (items: readonly Uint8Array[]): Uint8Array[] =>
  items.filter((item, index) => items.findIndex((other) => bytesEqual(other, item)) === index)
