import type { SealImage } from '../image/seal-image.ts'
import type { PageGeometry } from './geometry.ts'
import type { PdfRef } from './objects.ts'
import { writeNumber } from './text.ts'
import { refText } from './update-writer.ts'
import type { UpdateWriter } from './update-writer.ts'

/** Part of the seal that is shown, in fractions of its width from the left: a slice of a 骑缝章. */
export interface Slice {
  readonly left: number
  readonly right: number
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** Image XObjects for the seal: the colours, and their opacity as a soft mask (ISO 32000-1 §11.6.5.3). */
const putImage = (writer: UpdateWriter, image: SealImage): PdfRef => {
  const common = `/Type /XObject /Subtype /Image /Width ${image.width} /Height ${image.height} /BitsPerComponent 8`
  const mask = image.softMask === null ? null : writer.allocate()
  if (mask !== null && image.softMask !== null) {
    writer.putStream(mask, `${common} /ColorSpace /DeviceGray /Filter /FlateDecode`, image.softMask)
  }
  const ref = writer.allocate()
  const extras = [
    image.isInverted ? ' /Decode [1 0 1 0 1 0 1 0]' : '',
    mask === null ? '' : ` /SMask ${refText(mask)}`,
  ].join('')
  writer.putStream(ref, `${common} /ColorSpace /${image.colorSpace} /Filter /${image.filter}${extras}`, image.data)
  return ref
}

/** Turns upright content so that it stands upright on a page that is displayed turned (§12.5.5, algorithm 8.1). */
const matrices: Record<PageGeometry['rotation'], string> = {
  0: '',
  90: ' /Matrix [0 1 -1 0 0 0]',
  180: ' /Matrix [-1 0 0 -1 0 0]',
  270: ' /Matrix [0 -1 1 0 0 0]',
}

export interface AppearanceInput {
  /** Size as displayed, in points. */
  readonly width: number
  readonly height: number
  readonly rotation: PageGeometry['rotation']
  readonly slice: Slice | null
}

/** Writes appearance streams; equal ones and the picture are written once. */
export const createAppearances = (writer: UpdateWriter, image: SealImage | null) => {
  const forms = new Map<string, PdfRef>()
  let picture: PdfRef | null = null

  const content = (width: number, height: number, slice: Slice | null): string => {
    // Without a picture a thin frame marks the place of the signature.
    if (image === null) {
      return `0.6 w 0.75 0 0 RG 0.3 0.3 ${writeNumber(width - 0.6)} ${writeNumber(height - 0.6)} re S`
    }
    const { left, right } = slice ?? { left: 0, right: 1 }
    const full = width / (right - left)
    const clip = `0 0 ${writeNumber(width)} ${writeNumber(height)} re W n`
    const place = `${writeNumber(full)} 0 0 ${writeNumber(height)} ${writeNumber(-left * full)} 0 cm`
    return `q ${clip} ${place} /Seal Do Q`
  }

  return (input: AppearanceInput): PdfRef => {
    const { width, height, rotation, slice } = input
    const key = [width, height, rotation, slice?.left, slice?.right].join(' ')
    const known = forms.get(key)
    if (known !== undefined) return known
    if (image !== null) picture ??= putImage(writer, image)
    const ref = writer.allocate()
    const resources = picture === null ? '<<>>' : `<</XObject <</Seal ${refText(picture)}>>>>`
    const box = `[0 0 ${writeNumber(width)} ${writeNumber(height)}]`
    writer.putStream(
      ref,
      `/Type /XObject /Subtype /Form /BBox ${box}${matrices[rotation]} /Resources ${resources}`,
      latin1(content(width, height, slice)),
    )
    forms.set(key, ref)
    return ref
  }
}
