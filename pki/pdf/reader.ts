import type { ByteSource } from '../io/byte-source.ts'
import { damaged, unsupported } from './objects.ts'
import type { PdfObject, PdfValue } from './objects.ts'
import { createParser, needMore } from './parser.ts'
import type { PdfParser } from './parser.ts'

const FIRST_WINDOW = 4096
const MAX_WINDOW = 32 * 1024 * 1024
/** Bytes parsed for one document before it is given up: hostile files point many entries at one huge object. */
const WORK_LIMIT = 192 * 1024 * 1024

export interface PdfReader {
  readonly source: ByteSource
  /** Runs `parse` at `offset` over windows that grow until the object fits. */
  parseAt<T>(offset: number, parse: (parser: PdfParser, window: PdfWindow) => T): Promise<T>
  /** `12 0 obj …` at `offset`; its number must be `num` where one is given. */
  objectAt(offset: number, num?: number): Promise<PdfObject>
  /** Counts work done elsewhere on behalf of this document, in bytes. */
  charge(bytes: number): void
}

export interface PdfWindow {
  readonly buffer: Uint8Array
  readonly base: number
}

const readObject = (parser: PdfParser, { buffer, base }: PdfWindow, num: number | undefined): PdfObject => {
  parser.skipSpace()
  const offset = parser.position()
  const number = parser.word()
  parser.skipSpace()
  const generation = parser.word()
  parser.skipSpace()
  if (!/^\d{1,10}$/.test(number) || !/^\d{1,5}$/.test(generation) || parser.word() !== 'obj') {
    throw damaged('object_missing', { offset })
  }
  if (num !== undefined && Number(number) !== num) throw damaged('object_number', { offset, expected: num })
  const value: PdfValue = parser.value()
  parser.skipSpace()
  const object = { num: Number(number), gen: Number(generation), value, buffer, base, container: null }
  const isStream = typeof value === 'object' && value?.kind === 'dict' && parser.word() === 'stream'
  if (!isStream) return { ...object, streamStart: null }
  // §7.3.8.1: the keyword is followed by CR LF or LF; a lone CR is met in the wild.
  if (parser.peek() === 13) parser.advance(1)
  if (parser.peek() === 10) parser.advance(1)
  return { ...object, streamStart: parser.position() }
}

export const createPdfReader = (source: ByteSource): PdfReader => {
  let work = 0
  const charge = (bytes: number): void => {
    work += bytes
    if (work > WORK_LIMIT) throw unsupported('too_complex')
  }

  const parseAt = async <T>(offset: number, parse: (parser: PdfParser, window: PdfWindow) => T): Promise<T> => {
    if (offset < 0 || offset >= source.size) throw damaged('offset_outside', { offset })
    for (let size = FIRST_WINDOW; ; size *= 4) {
      const buffer = await source.read(offset, Math.min(size, source.size - offset))
      const parser = createParser(buffer, offset, offset, offset + buffer.length >= source.size)
      try {
        const result = parse(parser, { buffer, base: offset })
        charge(parser.position() - offset)
        return result
      } catch (error) {
        if (error !== needMore) throw error
        charge(buffer.length)
        if (size >= MAX_WINDOW) throw unsupported('object_too_large')
      }
    }
  }

  return {
    source,
    parseAt,
    charge,
    objectAt: (offset, num) => parseAt(offset, (parser, window) => readObject(parser, window, num)),
  }
}
