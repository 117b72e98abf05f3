export interface Size {
  readonly width: number
  readonly height: number
}

export type Fit = 'page' | 'width'

/** CSS pixels for a page of any unit: wholly visible, or as wide as the room. */
export const fitPageTo = (page: Size, room: Size, fit: Fit): Size => {
  const byWidth = room.width / page.width
  const scale = Math.max(0, fit === 'width' ? byWidth : Math.min(byWidth, room.height / page.height))
  return { width: Math.round(page.width * scale), height: Math.round(page.height * scale) }
}

/** Picture width to ask for: device pixels in steps of 200, so that a resized window does not ask at every pixel. */
export const pictureWidth = (cssWidth: number, pixelRatio: number): number =>
  Math.min(3000, Math.max(400, Math.ceil((cssWidth * pixelRatio) / 200) * 200))
