import type { PdfDocument } from './document.ts'
import { entry, isArray } from './objects.ts'
import type { PdfValue } from './objects.ts'
import type { PdfPage } from './pages.ts'

/** Lower left and upper right corner in default user space, points. */
export interface Box {
  readonly left: number
  readonly bottom: number
  readonly right: number
  readonly top: number
}

export interface PageGeometry {
  /** As displayed, after /Rotate and CropBox, in millimetres. */
  readonly width: number
  readonly height: number
  readonly rotation: 0 | 90 | 180 | 270
  readonly mediaBox: Box
  /** The visible part: CropBox within MediaBox. */
  readonly cropBox: Box
  /** Points of user space in one millimetre (72 / 25.4, divided by /UserUnit). */
  readonly pointsPerMillimetre: number
}

const LETTER: Box = { left: 0, bottom: 0, right: 612, top: 792 }

const readBox = async (document: PdfDocument, value: PdfValue): Promise<Box | null> => {
  if (!isArray(value) || value.items.length !== 4) return null
  const numbers: number[] = []
  for (const item of value.items) {
    const number = await document.resolve(item)
    if (typeof number !== 'number') return null
    numbers.push(number)
  }
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers
  const box = { left: Math.min(x1, x2), bottom: Math.min(y1, y2), right: Math.max(x1, x2), top: Math.max(y1, y2) }
  return box.right > box.left && box.top > box.bottom ? box : null
}

const intersect = (a: Box, b: Box): Box | null => {
  const box = {
    left: Math.max(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.min(a.right, b.right),
    top: Math.min(a.top, b.top),
  }
  return box.right > box.left && box.top > box.bottom ? box : null
}

const quarters = [0, 90, 180, 270] as const

/** Where the page lies and how it is shown (ISO 32000-1 §7.7.3.3, §14.11.2). */
export const readGeometry = async (document: PdfDocument, page: PdfPage): Promise<PageGeometry> => {
  const mediaBox = (await readBox(document, await page.attribute('MediaBox'))) ?? LETTER
  const wanted = await readBox(document, await page.attribute('CropBox'))
  const cropBox = (wanted === null ? null : intersect(mediaBox, wanted)) ?? mediaBox
  const rotate = await page.attribute('Rotate')
  const turn = typeof rotate === 'number' && rotate % 90 === 0 ? (((rotate / 90) % 4) + 4) % 4 : 0
  const rotation = quarters[turn] ?? 0
  const unit = await document.resolve(entry(page.dict, 'UserUnit'))
  const pointsPerMillimetre = 72 / 25.4 / (typeof unit === 'number' && unit > 0 ? unit : 1)
  const across = (cropBox.right - cropBox.left) / pointsPerMillimetre
  const along = (cropBox.top - cropBox.bottom) / pointsPerMillimetre
  const isUpright = rotation === 0 || rotation === 180
  return {
    width: isUpright ? across : along,
    height: isUpright ? along : across,
    rotation,
    mediaBox,
    cropBox,
    pointsPerMillimetre,
  }
}

export interface MillimetreRectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** From millimetres on the displayed page, origin top left, to a rectangle in default user space. */
export const toUserSpace = (geometry: PageGeometry, rectangle: MillimetreRectangle): Box => {
  const { cropBox, pointsPerMillimetre: scale } = geometry
  const corner = (x: number, y: number): readonly [number, number] => {
    const [right, down] = [x * scale, y * scale]
    if (geometry.rotation === 90) return [cropBox.left + down, cropBox.bottom + right]
    if (geometry.rotation === 180) return [cropBox.right - right, cropBox.bottom + down]
    if (geometry.rotation === 270) return [cropBox.right - down, cropBox.top - right]
    return [cropBox.left + right, cropBox.top - down]
  }
  const [x1, y1] = corner(rectangle.x, rectangle.y)
  const [x2, y2] = corner(rectangle.x + rectangle.width, rectangle.y + rectangle.height)
  return { left: Math.min(x1, x2), bottom: Math.min(y1, y2), right: Math.max(x1, x2), top: Math.max(y1, y2) }
}

/** Whole on the page, but for a rounding of a tenth of a millimetre. */
export const isOnPage = (geometry: PageGeometry, { x, y, width, height }: MillimetreRectangle): boolean => {
  const slack = 0.1
  return (
    width > 0 &&
    height > 0 &&
    x >= -slack &&
    y >= -slack &&
    x + width <= geometry.width + slack &&
    y + height <= geometry.height + slack
  )
}
