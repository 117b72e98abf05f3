import { crc32, deflateSync } from 'node:zlib'

const chunk = (type: string, body: Uint8Array): Buffer => {
  const framed = Buffer.alloc(body.length + 12)
  framed.writeUInt32BE(body.length, 0)
  framed.write(type, 4, 'latin1')
  framed.set(body, 8)
  framed.writeUInt32BE(crc32(framed.subarray(4, body.length + 8)), body.length + 8)
  return framed
}

export interface PngParts {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colorType: number
  readonly isInterlaced?: boolean
  /** Rows with their filter type octets in front. */
  readonly rows: Uint8Array
  readonly palette?: Uint8Array
  readonly transparency?: Uint8Array
}

/** Puts a PNG together from parts that may be as odd as a test needs them. */
export const encodePng = (parts: PngParts): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(parts.width, 0)
  header.writeUInt32BE(parts.height, 4)
  header.set([parts.depth, parts.colorType, 0, 0, parts.isInterlaced === true ? 1 : 0], 8)
  return new Uint8Array(
    Buffer.concat([
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      chunk('IHDR', header),
      ...(parts.palette === undefined ? [] : [chunk('PLTE', parts.palette)]),
      ...(parts.transparency === undefined ? [] : [chunk('tRNS', parts.transparency)]),
      chunk('IDAT', deflateSync(parts.rows)),
      chunk('IEND', new Uint8Array(0)),
    ]),
  )
}

/** An RGBA picture, unfiltered rows. */
export const encodeRgba = (width: number, height: number, pixels: Uint8Array): Uint8Array => {
  const rows = new Uint8Array(height * (width * 4 + 1))
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * width * 4, (row + 1) * width * 4), row * (width * 4 + 1) + 1)
  }
  return encodePng({ width, height, depth: 8, colorType: 6, rows })
}
