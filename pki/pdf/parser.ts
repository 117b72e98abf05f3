import {
  BACKSLASH,
  classes,
  CLOSE,
  escapes,
  GREATER,
  hexValue,
  integerPattern,
  LESS,
  LETTER_R,
  numberPattern,
  OPEN,
  PERCENT,
  SLASH,
  SQUARE,
  SQUARE_END,
} from './characters.ts'
import { damaged, unsupported } from './objects.ts'
import type { PdfArray, PdfDict, PdfEntry, PdfString, PdfValue } from './objects.ts'

/** Thrown when the window ends before the object does; the caller reads a larger window. */
export const needMore = Symbol('need more bytes')

const MAX_DEPTH = 64
const MAX_STRING = 1024 * 1024
/** Far more than the pages of any file. */
const MAX_ITEMS = 300_000

export interface PdfParser {
  /** Position in the file of the next unread byte. */
  position(): number
  skipSpace(): void
  /** A run of regular characters such as `obj`, `xref` or a number; empty at a delimiter. */
  word(): string
  value(): PdfValue
  /** The byte at the position, or -1 at the end of the file. */
  peek(): number
  advance(count: number): void
}

/**
 * Parser over `buffer`, which holds the file from offset `base` on. Recursion is limited; reading past the buffer throws
 * `needMore` unless `isComplete` says that the file ends there.
 */
export const createParser = (buffer: Uint8Array, base: number, start: number, isComplete: boolean): PdfParser => {
  const text = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length)
  let at = start - base

  const byteAt = (index: number): number => {
    const byte = buffer[index]
    if (byte !== undefined) return byte
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a signal between parser and reader, not an error
    if (!isComplete) throw needMore
    return -1
  }

  const skipSpace = (): void => {
    for (;;) {
      const byte = byteAt(at)
      if (byte === PERCENT) {
        while (byteAt(at) !== 10 && byteAt(at) !== 13 && byteAt(at) !== -1) at++
      } else if (byte === -1 || classes[byte] !== 1) return
      else at++
    }
  }

  const word = (): string => {
    const from = at
    let byte = byteAt(at)
    while (byte !== -1 && classes[byte] === 0) byte = byteAt(++at)
    return text.toString('latin1', from, at)
  }

  const name = (): string => {
    at++
    const found = word()
    if (!found.includes('#')) return found
    return found.replaceAll(/#([0-9A-Fa-f]{2})/g, (_match, digits: string) => String.fromCharCode(parseInt(digits, 16)))
  }

  const hexString = (): PdfString => {
    const from = at++
    const end = buffer.indexOf(GREATER, at)
    if (end < 0) {
      byteAt(buffer.length)
      throw damaged('string_unfinished', { offset: base + from })
    }
    const bytes = new Uint8Array((end - at + 1) >> 1)
    let digits = 0
    for (; at < end; at++) {
      const byte = byteAt(at)
      const digit = hexValue(byte)
      if (digit < 0 && classes[byte] !== 1) throw damaged('hex_string', { offset: base + at })
      // A missing last digit counts as zero (§7.3.4.3).
      if (digit >= 0) bytes[digits >> 1] = (digits & 1) === 0 ? digit * 16 : (bytes[digits >> 1] ?? 0) + digit
      if (digit >= 0) digits++
    }
    at++
    const used = bytes.subarray(0, (digits + 1) >> 1)
    return { kind: 'string', bytes: used, isHex: true, start: base + from, end: base + at }
  }

  const escaped = (): number | null => {
    const byte = byteAt(++at)
    if (byte >= 48 && byte <= 55) {
      let value = 0
      for (let digits = 0; digits < 3 && byteAt(at) >= 48 && byteAt(at) <= 55; digits++) {
        value = value * 8 + byteAt(at++) - 48
      }
      return value & 0xff
    }
    at++
    if (byte === 13 && byteAt(at) === 10) at++
    // A backslash at the end of a line joins the lines (§7.3.4.2).
    return byte === 10 || byte === 13 ? null : (escapes.get(byte) ?? byte)
  }

  const literalString = (): PdfString => {
    const from = at++
    const bytes: number[] = []
    for (let open = 1; ;) {
      const byte = byteAt(at)
      if (byte === -1) throw damaged('string_unfinished', { offset: base + from })
      if (byte === BACKSLASH) {
        const character = escaped()
        if (character !== null) bytes.push(character)
        continue
      }
      at++
      if (byte === OPEN) open++
      else if (byte === CLOSE && --open === 0) break
      bytes.push(byte)
      if (bytes.length > MAX_STRING) throw damaged('string_too_long', { offset: base + from })
    }
    return { kind: 'string', bytes: Uint8Array.from(bytes), isHex: false, start: base + from, end: base + at }
  }

  const isDigitAt = (index: number): boolean => {
    const byte = byteAt(index)
    return byte >= 48 && byte <= 57
  }

  const isEndOfWord = (index: number): boolean => {
    const byte = byteAt(index)
    return byte === -1 || classes[byte] !== 0
  }

  /** Digits up to the end of the word, or undefined for anything but an integer of up to 15 digits. */
  const digits = (): number | undefined => {
    let value = 0
    let index = at
    while (isDigitAt(index)) value = value * 10 + byteAt(index++) - 48
    if (index === at || index - at > 15 || !isEndOfWord(index)) return undefined
    at = index
    return value
  }

  /** A reference `12 0 R` when two integers and an R follow each other, else the first number (§7.3.10). */
  const integerOrRef = (num: number): PdfValue => {
    const behind = at
    skipSpace()
    const gen = digits()
    if (gen !== undefined && gen <= 65_535) {
      skipSpace()
      if (byteAt(at) === LETTER_R && isEndOfWord(at + 1)) {
        at++
        return { kind: 'ref', num, gen }
      }
    }
    at = behind
    return num
  }

  const numberOrKeyword = (): PdfValue => {
    const integer = digits()
    if (integer !== undefined) return integerOrRef(integer)
    const found = word()
    if (found === 'true') return true
    if (found === 'false') return false
    if (found === 'null') return null
    if (!numberPattern.test(found)) throw damaged('unexpected_token', { offset: base + at })
    return Number(found)
  }

  const array = (depth: number): PdfArray => {
    const from = at++
    const items: PdfValue[] = []
    for (;;) {
      skipSpace()
      const byte = byteAt(at)
      if (byte === SQUARE_END) break
      if (byte === -1) throw damaged('array_unfinished', { offset: base + from })
      items.push(value(depth + 1))
      if (items.length > MAX_ITEMS) throw unsupported('object_too_large')
    }
    at++
    return { kind: 'array', items, start: base + from, end: base + at }
  }

  const dictionary = (depth: number): PdfDict => {
    const from = at
    at += 2
    const entries = new Map<string, PdfEntry>()
    let isAmbiguous = false
    for (;;) {
      skipSpace()
      const byte = byteAt(at)
      if (byte === GREATER && byteAt(at + 1) === GREATER) break
      if (byte !== SLASH) throw damaged('dictionary', { offset: base + at })
      const start = base + at
      const key = name()
      skipSpace()
      const valueStart = base + at
      const found = value(depth + 1)
      const isReal = typeof found === 'number' && !integerPattern.test(text.toString('latin1', valueStart - base, at))
      isAmbiguous ||= entries.has(key)
      entries.set(key, { value: found, start, valueStart, end: base + at, isReal })
    }
    at += 2
    return { kind: 'dict', entries, isAmbiguous, start: base + from, end: base + at }
  }

  const value = (depth = 0): PdfValue => {
    if (depth > MAX_DEPTH) throw damaged('nested_too_deep', { offset: base + at })
    skipSpace()
    const byte = byteAt(at)
    if (byte === SLASH) return { kind: 'name', value: name() }
    if (byte === LESS) return byteAt(at + 1) === LESS ? dictionary(depth) : hexString()
    if (byte === OPEN) return literalString()
    if (byte === SQUARE) return array(depth)
    return numberOrKeyword()
  }

  return {
    position: () => base + at,
    skipSpace,
    word,
    value: () => value(),
    peek: () => byteAt(at),
    advance: (count) => {
      at += count
    },
  }
}
