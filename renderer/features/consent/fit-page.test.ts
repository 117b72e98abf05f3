import { describe, expect, it } from 'vitest'
import { fitPageTo, pictureWidth } from './fit-page.ts'

describe('fit a page', () => {
  const a4 = { width: 210, height: 297 }
  it('shows it wholly', () =>
    expect(fitPageTo(a4, { width: 600, height: 400 }, 'page')).toEqual({ width: 283, height: 400 }))
  it('fills the width', () =>
    expect(fitPageTo(a4, { width: 600, height: 400 }, 'width')).toEqual({ width: 600, height: 849 }))
  it('never turns inside out in a room without height', () =>
    expect(fitPageTo(a4, { width: 600, height: 0 }, 'page')).toEqual({ width: 0, height: 0 }))
  it.each([
    [283, 1, 400],
    [601, 1, 800],
    [601, 2, 1400],
    [2000, 3, 3000],
  ])('asks for %d CSS pixels at ratio %d with %d', (css, ratio, pixels) =>
    expect(pictureWidth(css, ratio)).toBe(pixels),
  )
})
