import { crc32, inflateSync } from 'node:zlib'

import { undoPngFilters } from './png-filters.ts'
import { checkPixels, notImage } from './image-error.ts'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

export interface PngImage {
  readonly width: number
  readonly height: number
  readonly isGray: boolean
  /** One or three octets a pixel. */
  readonly colors: Uint8Array
  /** One octet a pixel, or null without transparency. */
  readonly alpha: Uint8Array | null
}

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, index) => bytes[index] === byte)

/** Colour types of ISO/IEC 15948 table 11: samples a pixel and the depths allowed. */
const colorTypes = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
} as const
type ColorType = keyof typeof colorTypes

interface Header {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colorType: ColorType
  readonly samples: number
  readonly isInterlaced: boolean
}

interface Chunks {
  readonly header: Header
  readonly data: readonly Uint8Array[]
  readonly palette: Uint8Array | null
  readonly transparency: Uint8Array | null
}

const isColorType = (value: number): value is ColorType => Object.hasOwn(colorTypes, value)

const readHeader = (body: Uint8Array, limit: number): Header => {
  if (body.length !== 13) throw notImage('header')
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const [width, height] = [view.getUint32(0), view.getUint32(4)] as const
  const [depth = 0, colorType = 0, compression, filter, interlace = 2] = body.subarray(8)
  if (!isColorType(colorType) || compression !== 0 || filter !== 0 || interlace > 1) throw notImage('header')
  const { samples, depths } = colorTypes[colorType]
  if (!depths.some((allowed) => allowed === depth)) throw notImage('depth')
  checkPixels(width, height, limit)
  return { width, height, depth, colorType, samples, isInterlaced: interlace === 1 }
}

const readChunks = (bytes: Uint8Array, limit: number): Chunks => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data: Uint8Array[] = []
  let header: Header | undefined
  let palette: Uint8Array | null = null
  let transparency: Uint8Array | null = null
  for (let at = SIGNATURE.length; ;) {
    if (at + 12 > bytes.length) throw notImage('truncated')
    const length = view.getUint32(at)
    if (at + 12 + length > bytes.length) throw notImage('truncated')
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1')
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) throw notImage('checksum')
    if ((header === undefined) !== (type === 'IHDR')) throw notImage('chunk_order')
    if (type === 'IHDR') header = readHeader(body, limit)
    else if (type === 'PLTE') palette = body
    else if (type === 'tRNS') transparency = body
    else if (type === 'IDAT') data.push(body)
    else if (type === 'IEND') break
    at += 12 + length
  }
  if (header === undefined || data.length === 0) throw notImage('no_data')
  return { header, data, palette, transparency }
}

interface Pass {
  readonly x: number
  readonly y: number
  readonly stepX: number
  readonly stepY: number
  readonly width: number
  readonly height: number
}

/** Adam7 (ISO/IEC 15948 §8.2): start and step of its seven passes. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

const passesOf = ({ width, height, isInterlaced }: Header): Pass[] =>
  (isInterlaced ? adam7 : ([[0, 0, 1, 1]] as const))
    .map(([x, y, stepX, stepY]) => ({
      x,
      y,
      stepX,
      stepY,
      width: Math.ceil((width - x) / stepX),
      height: Math.ceil((height - y) / stepY),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0)

const unpack = (data: readonly Uint8Array[], length: number): Uint8Array => {
  try {
    return inflateSync(data.length === 1 ? (data[0] ?? new Uint8Array(0)) : Buffer.concat(data), {
      maxOutputLength: length + 1024,
    })
  } catch (error) {
    throw error instanceof RangeError ? notImage('too_much_data') : notImage('inflate')
  }
}

/** Where samples go and what they mean; `write` gets one pixel's raw samples. */
const createTarget = ({ header, palette, transparency }: Chunks) => {
  const { width, height, depth, colorType } = header
  const isGray = colorType === 0 || colorType === 4
  const colors = new Uint8Array(width * height * (isGray ? 1 : 3))
  const hasAlpha = colorType >= 4 || transparency !== null
  const alpha = hasAlpha ? new Uint8Array(width * height).fill(255) : null
  if (colorType === 3 && (palette === null || palette.length % 3 !== 0)) throw notImage('palette')
  const keyOf = (index: number): number =>
    ((transparency?.[index * 2] ?? 0) << 8) | (transparency?.[index * 2 + 1] ?? 0)
  // Samples of 1, 2 and 4 bits spread over 0 to 255; of 16 bits are rounded to eight.
  const scale = depth === 16 ? 1 / 257 : 255 / (2 ** depth - 1)
  const tone = (sample: number): number => Math.round(sample * scale)

  const write = (pixel: number, [a = 0, b = 0, c = 0, d = 0]: readonly number[]): void => {
    if (colorType === 3) {
      if (palette === null || a * 3 + 2 >= palette.length) throw notImage('palette')
      colors.set(palette.subarray(a * 3, a * 3 + 3), pixel * 3)
      if (alpha !== null) alpha[pixel] = transparency?.[a] ?? 255
    } else if (isGray) {
      colors[pixel] = tone(a)
      if (alpha !== null) alpha[pixel] = colorType === 4 ? tone(b) : a === keyOf(0) ? 0 : 255
    } else {
      colors[pixel * 3] = tone(a)
      colors[pixel * 3 + 1] = tone(b)
      colors[pixel * 3 + 2] = tone(c)
      if (alpha === null) return
      const isKey = a === keyOf(0) && b === keyOf(1) && c === keyOf(2)
      alpha[pixel] = colorType === 6 ? tone(d) : isKey ? 0 : 255
    }
  }
  return { isGray, colors, alpha, write }
}

const readSamples = (rows: Uint8Array, bit: number, depth: number, samples: number, into: number[]): void => {
  for (let index = 0; index < samples; index++) {
    const position = bit + index * depth
    const byte = rows[position >> 3] ?? 0
    if (depth === 8) into[index] = byte
    else if (depth === 16) into[index] = (byte << 8) | (rows[(position >> 3) + 1] ?? 0)
    else into[index] = (byte >> (8 - depth - (position & 7))) & (2 ** depth - 1)
  }
}

/** Decodes a PNG (ISO/IEC 15948) of any colour type and depth, interlaced or not. */
export const readPng = (bytes: Uint8Array, limit: number): PngImage => {
  const chunks = readChunks(bytes, limit)
  const { header, data } = chunks
  const passes = passesOf(header)
  const bits = header.depth * header.samples
  const rowLength = (pass: Pass): number => Math.ceil((pass.width * bits) / 8)
  const packed = unpack(
    data,
    passes.reduce((sum, pass) => sum + pass.height * (rowLength(pass) + 1), 0),
  )
  const target = createTarget(chunks)
  const pixel: number[] = []
  let start = 0
  for (const pass of passes) {
    const length = rowLength(pass)
    const rows = undoPngFilters(packed.subarray(start), length, pass.height, Math.max(1, bits >> 3))
    if (rows === undefined) throw notImage('rows')
    start += pass.height * (length + 1)
    for (let row = 0; row < pass.height; row++) {
      for (let column = 0; column < pass.width; column++) {
        readSamples(rows, row * length * 8 + column * bits, header.depth, header.samples, pixel)
        const place = (pass.y + row * pass.stepY) * header.width + pass.x + column * pass.stepX
        target.write(place, pixel)
      }
    }
  }
  return { width: header.width, height: header.height, ...target }
}
