import { AppError } from '#contract/errors.ts'

export const notImage = (reason: string): AppError => new AppError('seal.not_image', { reason })

/** Refuses sizes before memory is taken for them. */
export const checkPixels = (width: number, height: number, limit: number): void => {
  if (width === 0 || height === 0) throw notImage('empty')
  if (width * height > limit) throw new AppError('seal.too_large', { width, height, limit })
}
