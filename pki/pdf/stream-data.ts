import { damaged, entry, isDict, unsupported } from './objects.ts'
import type { PdfDict, PdfObject, PdfValue } from './objects.ts'
import type { PdfReader } from './reader.ts'

const END = Buffer.from('endstream')
const MAX_STREAM = 32 * 1024 * 1024
const CHUNK = 256 * 1024

const isEndAt = async (reader: PdfReader, offset: number): Promise<boolean> => {
  const tail = Buffer.from(await reader.source.read(offset, END.length + 2))
  const found = tail.indexOf(END)
  return found >= 0 && tail.subarray(0, found).every((byte) => byte === 10 || byte === 13)
}

const findEnd = async (reader: PdfReader, start: number): Promise<number> => {
  for (let at = start; at < reader.source.size && at - start < MAX_STREAM; at += CHUNK) {
    const chunk = Buffer.from(await reader.source.read(at, CHUNK + END.length))
    reader.charge(chunk.length)
    const found = chunk.indexOf(END)
    if (found >= 0) return at + found
  }
  throw damaged('stream_unfinished', { offset: start })
}

/**
 * The raw data of a stream. /Length is believed only if `endstream` follows; otherwise the keyword is looked for, as
 * every viewer does with files that were edited by hand.
 */
export const readStreamData = async (
  reader: PdfReader,
  object: PdfObject,
  resolve: (value: PdfValue) => Promise<PdfValue>,
): Promise<{ dict: PdfDict; data: Uint8Array; isLengthTrue: boolean }> => {
  const { value: dict, streamStart: start } = object
  if (start === null || !isDict(dict)) throw damaged('stream_missing', { object: object.num })
  const stated = await resolve(entry(dict, 'Length'))
  const expected = typeof stated === 'number' && Number.isInteger(stated) && stated >= 0 ? start + stated : Infinity
  const isLengthTrue = expected <= reader.source.size && (await isEndAt(reader, expected))
  const end = isLengthTrue ? expected : await findEnd(reader, start)
  if (end - start > MAX_STREAM) throw unsupported('stream_too_large')
  reader.charge(end - start)
  return { dict, data: await reader.source.read(start, end - start), isLengthTrue }
}
