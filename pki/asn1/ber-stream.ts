import { concat } from '../bytes/concat.ts'
import { Asn1Error } from './error.ts'

/** Identifier and length octets of an element that is not read yet (ITU-T X.690 §8.1). */
export interface BerHeader {
  /** Identifier octet: class, constructed bit and number (below 31). */
  readonly identifier: number
  /** Content octets; undefined for the indefinite form. */
  readonly length: number | undefined
  /** Where the identifier octet stands in the stream. */
  readonly offset: number
  /** The header's own octets. */
  readonly encoded: Uint8Array
}

/**
 * Reads BER from a stream, forwards only: elements are looked at, entered, taken whole or, for long OCTET STRINGs, handed
 * on in the pieces in which they arrive. At any time it holds one chunk of the input and one header;
 * a chunk of the source must stay as it is until the one after the next is asked for.
 * All functions throw `Asn1Error`. One call at a time.
 */
export interface BerStream {
  /** Header of the next element inside the current one; null at its end (for the outermost level: of the input). */
  peek(): Promise<BerHeader | null>
  /** Bytes that were read so far: where the next element begins, unless it was looked at. */
  offset(): number
  /** Goes into the next element, which must be constructed and carry `identifier`. */
  enter(identifier: number): Promise<void>
  /** Leaves the current element, which must have been read to its end. */
  leave(): Promise<void>
  /** The next element as it is encoded, header included, if it has no more than `limit` bytes: else `too_long`. */
  take(limit: number): Promise<Uint8Array>
  /**
   * Content of the next element, an OCTET STRING under `identifier` (primitive form: 04, or 80 for [0] IMPLICIT), whole or in
   * pieces. Must be read to its end before anything else is asked for. The chunks are views of the input's.
   */
  octets(identifier: number): AsyncGenerator<Uint8Array, void>
  /** Passes over the next element, whatever its length. */
  skip(): Promise<void>
  /** Ends the source, read or not. */
  close(): Promise<void>
}

const MAX_DEPTH = 48
const CONSTRUCTED = 0x20
const OCTET_STRING = 0x04
const EMPTY = new Uint8Array(0)
const END_OF_CONTENTS = new Uint8Array(2)

/** The input as one run of bytes. */
const createInput = (source: AsyncIterable<Uint8Array>) => {
  const iterator = source[Symbol.asyncIterator]()
  let chunk: Uint8Array = EMPTY
  let at = 0
  let passed = 0
  const available = (): number => chunk.length - at
  /** At least `count` bytes at hand, or false when the input ends before. */
  const fill = async (count: number): Promise<boolean> => {
    while (available() < count) {
      const next = await iterator.next()
      if (next.done === true) return false
      passed += at
      chunk = available() === 0 ? next.value : concat(chunk.subarray(at), next.value)
      at = 0
    }
    return true
  }
  return {
    offset: (): number => passed + at,
    available,
    fill,
    close: async (): Promise<void> => {
      await iterator.return?.()
    },
    byte: (index: number): number => chunk[at + index] ?? 0,
    /** At most `count` bytes of those at hand. */
    shift: (count: number): Uint8Array => {
      const bytes = chunk.subarray(at, at + count)
      at += bytes.length
      return bytes
    },
  }
}

interface Level {
  /** Offset behind its last content octet; undefined for the indefinite form. */
  readonly end: number | undefined
}

export const createBerStream = (source: AsyncIterable<Uint8Array>): BerStream => {
  const input = createInput(source)
  const levels: Level[] = []
  let header: BerHeader | null = null

  /** Where the innermost element of definite length ends. */
  const limit = (): number => levels.findLast(({ end }) => end !== undefined)?.end ?? Number.MAX_SAFE_INTEGER

  /** Length of the header that begins here, as far as the bytes at hand tell; its octets after the second are counted in it. */
  const headerSize = (): number => {
    const first = input.available() > 1 ? input.byte(1) : 0
    return 2 + (first > 0x80 ? first & 0x7f : 0)
  }
  const parseHeader = (size: number): BerHeader => {
    const offset = input.offset()
    const identifier = input.byte(0)
    const first = input.byte(1)
    let length: number | undefined = first < 0x80 ? first : undefined
    if (first > 0x80) {
      length = 0
      for (let index = 2; index < size; index++) length = length * 256 + input.byte(index)
      if (length > Number.MAX_SAFE_INTEGER) throw new Asn1Error('length_too_large', offset)
    }
    if ((identifier & 0x1f) === 0x1f) throw new Asn1Error('high_tag_number', offset)
    if (length === undefined && (identifier & CONSTRUCTED) === 0) throw new Asn1Error('indefinite_primitive', offset)
    if (offset + size + (length ?? 0) > limit()) throw new Asn1Error('truncated', offset)
    return { identifier, length, offset, encoded: new Uint8Array(input.shift(size)) }
  }
  /** Leaves `header` null at the end of the current element. */
  const readHeader = async (): Promise<void> => {
    const level = levels.at(-1)
    const offset = input.offset()
    if (level?.end === offset) return
    if (input.available() < 2 && !(await input.fill(2))) {
      if (level === undefined && input.available() === 0) return
      throw new Asn1Error('truncated', offset)
    }
    if (input.byte(0) === 0 && input.byte(1) === 0) {
      if (level === undefined || level.end !== undefined) throw new Asn1Error('unexpected_end_of_contents', offset)
      return
    }
    const size = headerSize()
    if (size > 10) throw new Asn1Error('length_too_large', offset)
    if (input.available() < size && !(await input.fill(size))) throw new Asn1Error('truncated', offset)
    header = parseHeader(size)
  }
  const peek = async (): Promise<BerHeader | null> => {
    if (header === null) await readHeader()
    return header
  }
  const next = async (): Promise<BerHeader> => {
    const found = await peek()
    if (found === null) throw new Asn1Error('element_missing', input.offset())
    header = null
    return found
  }
  const push = ({ length, offset }: BerHeader): void => {
    if (levels.length >= MAX_DEPTH) throw new Asn1Error('nested_too_deep', offset)
    levels.push({ end: length === undefined ? undefined : input.offset() + length })
  }
  const leave = async (): Promise<void> => {
    const found = await peek()
    if (found !== null) throw new Asn1Error('unexpected_element', found.offset)
    if (levels.pop()?.end === undefined) input.shift(2)
  }
  /** The content of a primitive element as it arrives. */
  const primitive = async function* (length: number): AsyncGenerator<Uint8Array, void> {
    for (let rest = length; rest > 0;) {
      if (input.available() === 0 && !(await input.fill(1))) throw new Asn1Error('truncated', input.offset())
      const piece = input.shift(rest)
      rest -= piece.length
      yield piece
    }
  }

  /** Hands the octets of the next element to `collect`, header and end-of-contents octets too. */
  const walk = async (collect: (bytes: Uint8Array) => void): Promise<void> => {
    const depth = levels.length
    do {
      const found = await peek()
      if (found === null) {
        if (levels.length === depth) throw new Asn1Error('element_missing', input.offset())
        if (levels.at(-1)?.end === undefined) collect(END_OF_CONTENTS)
        await leave()
        continue
      }
      header = null
      collect(found.encoded)
      if (found.length === undefined) push(found)
      else for await (const piece of primitive(found.length)) collect(piece)
    } while (levels.length > depth)
  }

  return {
    peek,
    leave,
    close: input.close,
    offset: input.offset,
    enter: async (identifier) => {
      const found = await next()
      if (found.identifier !== identifier) throw new Asn1Error('unexpected_tag', found.offset)
      if ((identifier & CONSTRUCTED) === 0) throw new Asn1Error('not_constructed', found.offset)
      push(found)
    },
    take: async (most) => {
      const start = input.offset() - (header?.encoded.length ?? 0)
      let bytes = new Uint8Array(Math.min(most, 256))
      let size = 0
      await walk((piece) => {
        if (size + piece.length > most) throw new Asn1Error('too_long', start)
        if (size + piece.length > bytes.length) {
          const larger = new Uint8Array(Math.min(most, Math.max(2 * bytes.length, size + piece.length)))
          larger.set(bytes)
          bytes = larger
        }
        bytes.set(piece, size)
        size += piece.length
      })
      return bytes.subarray(0, size)
    },
    skip: () => walk(() => undefined),
    octets: async function* (identifier) {
      const whole = await next()
      if ((whole.identifier & ~CONSTRUCTED) !== identifier) throw new Asn1Error('unexpected_tag', whole.offset)
      if (whole.identifier === identifier) {
        yield* primitive(whole.length ?? 0)
        return
      }
      const depth = levels.length
      push(whole)
      while (levels.length > depth) {
        const piece = await peek()
        if (piece === null) {
          await leave()
          continue
        }
        header = null
        if ((piece.identifier & ~CONSTRUCTED) !== OCTET_STRING) throw new Asn1Error('unexpected_tag', piece.offset)
        if (piece.identifier !== OCTET_STRING) push(piece)
        else yield* primitive(piece.length ?? 0)
      }
    },
  }
}
