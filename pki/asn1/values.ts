import { Asn1Error } from './error.ts'
import { contentBytes, expectTag } from './reader.ts'
import type { DerNode } from './reader.ts'
import { tag } from './tags.ts'

/** Dotted form of an OBJECT IDENTIFIER (X.690 §8.19). */
export const readOid = (node: DerNode): string => {
  expectTag(node, tag.oid)
  const bytes = contentBytes(node)
  if (bytes.length === 0 || bytes.length > 64) throw new Asn1Error('oid_length', node.start)
  const arcs: number[] = []
  let value = 0
  bytes.forEach((byte, index) => {
    if (value === 0 && byte === 0x80) throw new Asn1Error('oid_not_minimal', node.start)
    value = value * 128 + (byte & 0x7f)
    if (value > Number.MAX_SAFE_INTEGER) throw new Asn1Error('oid_arc_too_large', node.start)
    if (byte >= 0x80) {
      if (index === bytes.length - 1) throw new Asn1Error('oid_truncated', node.start)
      return
    }
    if (arcs.length === 0) {
      const root = Math.min(2, Math.floor(value / 40))
      arcs.push(root, value - root * 40)
    } else arcs.push(value)
    value = 0
  })
  return arcs.join('.')
}

/** Content octets of an INTEGER, checked to be in the shortest form (X.690 §8.3.2). */
export const readIntegerBytes = (node: DerNode): Uint8Array => {
  expectTag(node, tag.integer)
  const bytes = contentBytes(node)
  const [first, second] = bytes
  if (first === undefined) throw new Asn1Error('integer_empty', node.start)
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new Asn1Error('integer_not_minimal', node.start)
  }
  return bytes
}

/** A non-negative INTEGER below 2^31. */
export const readSmallInteger = (node: DerNode): number => {
  const bytes = readIntegerBytes(node)
  if ((bytes[0] ?? 0) >= 0x80) throw new Asn1Error('integer_negative', node.start)
  if (bytes.length > 4) throw new Asn1Error('integer_too_large', node.start)
  return bytes.reduce((value, byte) => value * 256 + byte, 0)
}

export const readBoolean = (node: DerNode): boolean => {
  expectTag(node, tag.boolean)
  const bytes = contentBytes(node)
  if (bytes.length !== 1) throw new Asn1Error('boolean_length', node.start)
  return bytes[0] !== 0
}

/** The octets of a BIT STRING whose length is a multiple of eight: keys and signatures. */
export const readBitStringBytes = (node: DerNode): Uint8Array => {
  expectTag(node, tag.bitString)
  const bytes = contentBytes(node)
  if (bytes[0] !== 0) throw new Asn1Error('bit_string_unused_bits', node.start)
  return bytes.subarray(1)
}

/** Numbers of the bits that are set in a named-bit BIT STRING such as KeyUsage. */
export const readNamedBits = (node: DerNode): number[] => {
  expectTag(node, tag.bitString)
  const bytes = contentBytes(node)
  const unused = bytes[0]
  if (unused === undefined || unused > 7 || bytes.length > 9) throw new Asn1Error('bit_string_malformed', node.start)
  const bits: number[] = []
  for (let bit = 0; bit < (bytes.length - 1) * 8 - unused; bit++) {
    if (((bytes[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0) bits.push(bit)
  }
  return bits
}

const utf8 = new TextDecoder('utf-8')
const latin1 = new TextDecoder('latin1')

const decodeWide = (bytes: Uint8Array, width: 2 | 4): string => {
  let text = ''
  for (let at = 0; at + width <= bytes.length; at += width) {
    let code = 0
    for (let index = 0; index < width; index++) code = code * 256 + (bytes[at + index] ?? 0)
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  return text
}

/** Text of any ASN.1 string type; undefined for another type. Octets outside the type's alphabet are kept readable. */
export const readText = (node: DerNode): string | undefined => {
  const bytes = contentBytes(node)
  switch (node.tag) {
    case tag.utf8String:
    case tag.printableString:
    case tag.ia5String:
    case tag.numericString:
    case tag.visibleString:
      return utf8.decode(bytes)
    case tag.teletexString:
      return latin1.decode(bytes)
    case tag.bmpString:
      return decodeWide(bytes, 2)
    case tag.universalString:
      return decodeWide(bytes, 4)
    default:
      return undefined
  }
}

/** Two decimal digits, or NaN. */
const readPair = (bytes: Uint8Array, at: number): number => {
  const tens = (bytes[at] ?? 0) - 0x30
  const ones = (bytes[at + 1] ?? 0) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

const UPPER_Z = 0x5a

/** UTCTime or GeneralizedTime in the forms of RFC 5280 §4.1.2.5: with seconds, in UTC. */
export const readTime = (node: DerNode): Date => {
  const isShort = node.tag === tag.utcTime
  if (!isShort && node.tag !== tag.generalizedTime) throw new Asn1Error('unexpected_tag', node.start)
  const bytes = contentBytes(node)
  const at = isShort ? 2 : 4
  if (bytes.length !== at + 11 || bytes[at + 10] !== UPPER_Z) throw new Asn1Error('time_malformed', node.start)
  const years = readPair(bytes, at - 2)
  // RFC 5280 §4.1.2.5.1: two digits of 50 and above stand for 19YY.
  const year = isShort ? years + (years >= 50 ? 1900 : 2000) : readPair(bytes, 0) * 100 + years
  const [month, day] = [readPair(bytes, at), readPair(bytes, at + 2)]
  const [hour, minute, second] = [readPair(bytes, at + 4), readPair(bytes, at + 6), readPair(bytes, at + 8)]
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // A day or hour that does not exist comes back as another one, and a year below 100 as one of the last century.
  const isReal =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  if (!isReal) throw new Asn1Error('time_malformed', node.start)
  return date
}
