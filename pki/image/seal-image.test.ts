import { inflateSync } from 'node:zlib'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { encodePng, encodeRgba } from '../testing/png-encoder.ts'
import { readPng } from './png.ts'
import { MAX_SEAL_PIXELS, readSealImage } from './seal-image.ts'

const LIMIT = MAX_SEAL_PIXELS
const bytes = (...values: number[]) => Uint8Array.from(values)

describe('PNG seals', () => {
  it('ok/colour and opacity are separated', () => {
    const image = readSealImage(encodeRgba(2, 1, bytes(220, 20, 30, 255, 1, 2, 3, 40)))
    expect(image).toMatchObject({ width: 2, height: 1, colorSpace: 'DeviceRGB', filter: 'FlateDecode' })
    expect([...inflateSync(image.data)]).toEqual([220, 20, 30, 1, 2, 3])
    expect([...inflateSync(image.softMask!)]).toEqual([255, 40])
  })

  const palette = bytes(255, 0, 0, 0, 255, 0, 0, 0, 255)
  it.each<[string, Parameters<typeof encodePng>[0], number[], number[] | null]>([
    ['gray, 8 bits', { width: 2, height: 1, depth: 8, colorType: 0, rows: bytes(0, 7, 200) }, [7, 200], null],
    ['gray, 1 bit', { width: 3, height: 1, depth: 1, colorType: 0, rows: bytes(0, 0b10100000) }, [255, 0, 255], null],
    ['gray, 4 bits', { width: 2, height: 1, depth: 4, colorType: 0, rows: bytes(0, 0x0f) }, [0, 255], null],
    ['gray, 16 bits', { width: 1, height: 1, depth: 16, colorType: 0, rows: bytes(0, 0x80, 0x80) }, [128], null],
    [
      'gray with one transparent value',
      { width: 2, height: 1, depth: 8, colorType: 0, rows: bytes(0, 7, 200), transparency: bytes(0, 7) },
      [7, 200],
      [0, 255],
    ],
    ['gray and opacity', { width: 1, height: 1, depth: 8, colorType: 4, rows: bytes(0, 9, 80) }, [9], [80]],
    ['RGB', { width: 1, height: 1, depth: 8, colorType: 2, rows: bytes(0, 1, 2, 3) }, [1, 2, 3], null],
    [
      'palette, 2 bits, with opacity',
      { width: 3, height: 1, depth: 2, colorType: 3, rows: bytes(0, 0b00011000), palette, transparency: bytes(10) },
      [255, 0, 0, 0, 255, 0, 0, 0, 255],
      [10, 255, 255],
    ],
    [
      'filters: left, up, average, Paeth',
      { width: 2, height: 4, depth: 8, colorType: 0, rows: bytes(1, 10, 5, 2, 1, 1, 3, 4, 4, 4, 1, 1) },
      [10, 15, 11, 16, 9, 16, 10, 17],
      null,
    ],
  ])('ok/%s', (_name, parts, colors, alpha) => {
    const image = readPng(encodePng(parts), LIMIT)
    expect([...image.colors]).toEqual(colors)
    expect(image.alpha === null ? null : [...image.alpha]).toEqual(alpha)
  })

  it('ok/interlaced pictures come out as plain ones', () => {
    // 5 × 5 gray, each pixel its own number; the passes of Adam7 written by hand.
    const passes = [
      [[0]],
      [[4]],
      [[20, 24]],
      [[2], [22]],
      [[10, 12, 14]],
      [
        [1, 3],
        [11, 13],
        [21, 23],
      ],
      [
        [5, 6, 7, 8, 9],
        [15, 16, 17, 18, 19],
      ],
    ]
    const rows = Uint8Array.from(passes.flatMap((pass) => pass.flatMap((row) => [0, ...row])))
    const image = readPng(encodePng({ width: 5, height: 5, depth: 8, colorType: 0, isInterlaced: true, rows }), LIMIT)
    expect([...image.colors]).toEqual(Array.from({ length: 25 }, (_, index) => index))
  })

  it('ok/any pixels come back as they were', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat(255)),
        (width, height, stream) => {
          const pixels = Uint8Array.from(stream.take(width * height * 4))
          const image = readPng(encodeRgba(width, height, pixels), LIMIT)
          const joined = Array.from({ length: width * height }, (_, at) => [
            ...image.colors.subarray(at * 3, at * 3 + 3),
            image.alpha![at],
          ])
          expect(joined.flat()).toEqual([...pixels])
        },
      ),
    )
  })

  const good = encodeRgba(4, 4, new Uint8Array(64))
  const huge = encodePng({ width: 5000, height: 5000, depth: 8, colorType: 0, rows: bytes(0) })
  const odd = (parts: Partial<Parameters<typeof encodePng>[0]>) =>
    encodePng({ width: 1, height: 1, depth: 8, colorType: 0, rows: bytes(0, 0), ...parts })
  it.each([
    ['seal.too_large', huge],
    ['seal.too_large', new Uint8Array(21 * 1024 * 1024)],
    ['seal.not_image', new Uint8Array(0)],
    ['seal.not_image', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['seal.not_image', Buffer.from('GIF89a')],
    ['seal.not_image', good.subarray(0, 40)],
    ['seal.not_image', good.subarray(0, good.length - 13)],
    ['seal.not_image', odd({ depth: 3 })],
    ['seal.not_image', odd({ colorType: 5 })],
    ['seal.not_image', odd({ width: 0 })],
    ['seal.not_image', odd({ rows: bytes(5, 0) })],
    ['seal.not_image', odd({ rows: bytes(0) })],
    ['seal.not_image', odd({ rows: new Uint8Array(100_000) })],
    ['seal.not_image', odd({ colorType: 3 })],
    ['seal.not_image', odd({ colorType: 3, palette: bytes(1, 2, 3), rows: bytes(0, 1) })],
  ])('fail/%s (%#)', (code, input) => {
    expect(() => readSealImage(new Uint8Array(input))).toThrow(expect.objectContaining({ code }))
  })

  it('fail/a changed byte breaks the checksum', () => {
    const spoiled = Uint8Array.from(good)
    spoiled[18] = 9
    expect(() => readSealImage(spoiled)).toThrow(expect.objectContaining({ details: { reason: 'checksum' } }))
  })
})

describe('JPEG seals', () => {
  const jpeg = (marker: string, components: number, extra = '', size = '00100020') => {
    const parts = Array.from({ length: components }, (_, index) => `${String(index + 1).padStart(2, '0')}1100`).join('')
    const length = (8 + 3 * components).toString(16).padStart(4, '0')
    const frame = `ff${marker}${length}08${size}0${components}${parts}`
    return new Uint8Array(Buffer.from(`ffd8${extra}${frame}ffda000801010000003f00abcdffd9`, 'hex'))
  }
  const adobe = 'ffee000e41646f626500640000000002'

  it.each([
    ['baseline', jpeg('c0', 3), { colorSpace: 'DeviceRGB', isInverted: false, width: 32, height: 16 }],
    ['progressive', jpeg('c2', 3), { colorSpace: 'DeviceRGB' }],
    ['gray', jpeg('c0', 1), { colorSpace: 'DeviceGray' }],
    ['CMYK by Adobe, which is inverted', jpeg('c0', 4, adobe), { colorSpace: 'DeviceCMYK', isInverted: true }],
  ])('ok/%s goes in as it is', (_name, input, expected) => {
    expect(readSealImage(input)).toMatchObject({ ...expected, filter: 'DCTDecode', softMask: null })
    expect(readSealImage(input).data).toEqual(input)
  })

  it.each([
    ['seal.not_image', jpeg('c3', 3)],
    ['seal.not_image', jpeg('c9', 3)],
    ['seal.not_image', jpeg('c0', 2)],
    ['seal.not_image', jpeg('c0', 3, 'ffc0000b080010002001011100')],
    ['seal.not_image', jpeg('c0', 3).subarray(0, 12)],
    ['seal.not_image', bytes(0xff, 0xd8, 0xff, 0xd9)],
    ['seal.too_large', jpeg('c0', 3, '', 'ffffffff')],
  ])('fail/%s (%#)', (code, input) => {
    expect(() => readSealImage(input)).toThrow(expect.objectContaining({ code }))
  })
})
