import { inflateSync, constants } from 'node:zlib'

import { undoPngFilters } from '../image/png-filters.ts'
import { damaged, entry, integer, isArray, isDict, isName, unsupported } from './objects.ts'
import type { PdfDict, PdfValue } from './objects.ts'

/** Bytes an xref stream or object stream may unpack to. */
const MAX_UNPACKED = 32 * 1024 * 1024

const undoPredictor = (data: Uint8Array, parameters: PdfValue): Uint8Array => {
  if (!isDict(parameters)) return data
  const number = (key: string, missing: number): number => integer(entry(parameters, key)) ?? missing
  const predictor = number('Predictor', 1)
  if (predictor === 1) return data
  if (predictor < 10 || predictor > 15) throw unsupported('predictor')
  const bits = number('Colors', 1) * number('BitsPerComponent', 8)
  const rowLength = Math.ceil((bits * number('Columns', 1)) / 8)
  if (rowLength < 1 || rowLength > 65_536 || bits < 1) throw damaged('predictor')
  const rows = Math.floor(data.length / (rowLength + 1))
  const result = undoPngFilters(data, rowLength, rows, Math.max(1, bits >> 3))
  if (result === undefined) throw damaged('predictor')
  return result
}

const inflate = (data: Uint8Array): Uint8Array => {
  try {
    return inflateSync(data, { maxOutputLength: MAX_UNPACKED, finishFlush: constants.Z_SYNC_FLUSH })
  } catch (error) {
    if (error instanceof RangeError) throw unsupported('stream_too_large')
    throw damaged('inflate')
  }
}

/** Decodes a stream's data: FlateDecode with PNG predictors, which is what xref and object streams use (§7.4.4). */
export const decodeStream = (dict: PdfDict, data: Uint8Array): Uint8Array => {
  const single = (value: PdfValue): PdfValue => {
    if (!isArray(value)) return value
    if (value.items.length > 1) throw unsupported('filter')
    return value.items[0] ?? null
  }
  const filter = single(entry(dict, 'Filter'))
  if (filter === null) return data
  if (!isName(filter, 'FlateDecode')) throw unsupported('filter')
  return undoPredictor(inflate(data), single(entry(dict, 'DecodeParms')))
}
