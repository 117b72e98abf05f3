import { deflateSync } from 'node:zlib'

import { AppError } from '#contract/errors.ts'
import { isJpeg, readJpeg } from './jpeg.ts'
import { isPng, readPng } from './png.ts'

/** A picture ready to become PDF image XObjects (ISO 32000-1 §8.9.5), 8 bits a component. */
export interface SealImage {
  readonly width: number
  readonly height: number
  readonly mediaType: 'image/png' | 'image/jpeg'
  readonly colorSpace: 'DeviceGray' | 'DeviceRGB' | 'DeviceCMYK'
  readonly filter: 'FlateDecode' | 'DCTDecode'
  /** Components are stored inverted, as Adobe writes CMYK. */
  readonly isInverted: boolean
  readonly data: Uint8Array
  /** Opacity, gray, FlateDecode; null: opaque. */
  readonly softMask: Uint8Array | null
}

const MAX_SEAL_BYTES = 20 * 1024 * 1024
/** 4096 × 4096: a seal of 58 mm at 1800 dpi. Checked before anything is unpacked. */
export const MAX_SEAL_PIXELS = 4096 * 4096

/**
 * Reads a PNG or JPEG seal picture. Throws `seal.too_large` or `seal.not_image` (with a reason), never decides by name
 * or media type.
 */
export const readSealImage = (bytes: Uint8Array): SealImage => {
  if (bytes.length > MAX_SEAL_BYTES)
    throw new AppError('seal.too_large', { bytes: bytes.length, limit: MAX_SEAL_BYTES })
  if (isJpeg(bytes)) {
    const { colorSpace, isInverted, width, height, data } = readJpeg(bytes, MAX_SEAL_PIXELS)
    const filter = 'DCTDecode'
    return { width, height, mediaType: 'image/jpeg', colorSpace, filter, isInverted, data, softMask: null }
  }
  if (!isPng(bytes)) throw new AppError('seal.not_image', { reason: 'unknown_format' })
  const { width, height, colors, alpha, isGray } = readPng(bytes, MAX_SEAL_PIXELS)
  return {
    width,
    height,
    mediaType: 'image/png',
    colorSpace: isGray ? 'DeviceGray' : 'DeviceRGB',
    filter: 'FlateDecode',
    isInverted: false,
    data: deflateSync(colors),
    softMask: alpha === null ? null : deflateSync(alpha),
  }
}
