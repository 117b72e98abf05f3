import { checkPixels, notImage } from './image-error.ts'

export interface JpegImage {
  readonly width: number
  readonly height: number
  readonly colorSpace: 'DeviceGray' | 'DeviceRGB' | 'DeviceCMYK'
  readonly isInverted: boolean
  readonly data: Uint8Array
}

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff

const SOS = 0xda
const EOI = 0xd9
const APP14 = 0xee
/** Baseline, extended sequential and progressive Huffman: what DCTDecode must read (ISO 32000-1 §7.4.8). */
const frames: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2])
const otherFrames: ReadonlySet<number> = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])
/** Markers without a segment: TEM and RST0 to RST7. */
const isAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

const spaces = { 1: 'DeviceGray', 3: 'DeviceRGB', 4: 'DeviceCMYK' } as const

interface Frame {
  readonly width: number
  readonly height: number
  readonly components: 1 | 3 | 4
}

const readFrame = (segment: DataView, limit: number): Frame => {
  if (segment.byteLength < 6) throw notImage('frame')
  if (segment.getUint8(0) !== 8) throw notImage('precision')
  const [height, width, components] = [segment.getUint16(1), segment.getUint16(3), segment.getUint8(5)] as const
  if (components !== 1 && components !== 3 && components !== 4) throw notImage('components')
  if (segment.byteLength < 6 + 3 * components) throw notImage('frame')
  checkPixels(width, height, limit)
  return { width, height, components }
}

/** Checks the structure of a JPEG (ITU-T T.81 annex B) up to its scan; the data goes into the PDF as it is. */
export const readJpeg = (bytes: Uint8Array, limit: number): JpegImage => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let frame: Frame | undefined
  let hasAdobeMarker = false
  for (let at = 2; ;) {
    if (at + 4 > bytes.length || bytes[at] !== 0xff) throw notImage('marker')
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff || isAlone(marker)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    const length = view.getUint16(at + 2)
    if (length < 2 || at + 2 + length > bytes.length) throw notImage('truncated')
    const segment = new DataView(bytes.buffer, bytes.byteOffset + at + 4, length - 2)
    if (otherFrames.has(marker)) throw notImage('coding')
    if (frames.has(marker)) {
      if (frame !== undefined) throw notImage('frame_repeated')
      frame = readFrame(segment, limit)
    }
    if (marker === APP14 && length >= 14) hasAdobeMarker = true
    at += 2 + length
    if (marker === SOS) break
    if (marker === EOI) throw notImage('no_scan')
  }
  if (frame === undefined) throw notImage('no_frame')
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf(Uint8Array.of(0xff, EOI))
  if (end < 4) throw notImage('truncated')
  return {
    width: frame.width,
    height: frame.height,
    colorSpace: spaces[frame.components],
    isInverted: frame.components === 4 && hasAdobeMarker,
    data: bytes.subarray(0, end + 2),
  }
}
