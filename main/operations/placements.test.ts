import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { AppError } from '#contract/errors.ts'
import { placementSchema, type Placement } from '#contract/operations.ts'
import { pagesOf, resolvePlacements } from './placements.ts'

const A4 = { width: 210, height: 297 }
const seal = { widthMm: 40, heightMm: 40 }
const context = (pageCount = 4, size = A4) => ({ pageCount, sizeOf: () => size, seal })
const resolve = (placement: unknown, pageCount = 4, size = A4) =>
  resolvePlacements([placementSchema.parse(placement)], context(pageCount, size))

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'nothing was thrown'
}

describe('F17.2 where a seal lands', () => {
  test('ok/a rectangle without a size takes the seal’s own, -1 is the last page', () => {
    expect(resolve({ kind: 'rectangle', page: -1, x: 100, y: 200 })).toEqual([
      { page: 4, x: 100, y: 200, width: 40, height: 40, slice: null },
    ])
  })

  test('ok/one given side keeps the seal’s shape', () => {
    const tall = { ...context(), seal: { widthMm: 40, heightMm: 20 } }
    const [byWidth] = resolvePlacements([{ kind: 'rectangle', page: 1, x: 0, y: 0, width: 20 }], tall)
    const [byHeight] = resolvePlacements([{ kind: 'rectangle', page: 1, x: 0, y: 0, height: 10 }], tall)
    expect(byWidth).toMatchObject({ width: 20, height: 10 })
    expect(byHeight).toMatchObject({ width: 20, height: 10 })
  })

  test.each([
    ['over the right edge', { kind: 'rectangle', page: 1, x: 170.1, y: 0 }],
    ['over the bottom', { kind: 'rectangle', page: 1, x: 0, y: 257.1 }],
    ['on a page that is not there', { kind: 'rectangle', page: 5, x: 0, y: 0 }],
    ['on a page before the first', { kind: 'rectangle', page: -5, x: 0, y: 0 }],
    ['a straddle below the page', { kind: 'straddle', y: 258 }],
    ['a straddle of pages that are not there', { kind: 'straddle', y: 0, firstPage: 5 }],
    ['a straddle that ends before it begins', { kind: 'straddle', y: 0, firstPage: 3, lastPage: 2 }],
  ])('fail/%s', (_name, placement) => {
    expect(codeOf(() => resolve(placement))).toBe('document.placement_outside')
  })

  test('ok/骑缝: slices of one seal at the right edges, left slice first', () => {
    const placed = resolve({ kind: 'straddle', y: 100 })
    expect(placed.map(({ page, x, width }) => [page, x, width])).toEqual([
      [1, 200, 10],
      [2, 200, 10],
      [3, 200, 10],
      [4, 200, 10],
    ])
    expect(placed.map(({ slice }) => slice)).toEqual([
      { left: 0, right: 0.25 },
      { left: 0.25, right: 0.5 },
      { left: 0.5, right: 0.75 },
      { left: 0.75, right: 1 },
    ])
  })

  test('ok/every page of any document gets exactly one slice, and the slices of a group make one whole seal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 60 }), (pageCount, firstPage) => {
        fc.pre(firstPage <= pageCount)
        const placed = resolve({ kind: 'straddle', y: 0, firstPage }, pageCount)
        expect(placed.map(({ page }) => page)).toEqual(
          Array.from({ length: pageCount - firstPage + 1 }, (_, index) => firstPage + index),
        )
        const groups = placed.filter(({ slice }) => slice?.left === 0).length
        const covered = placed.reduce((sum, { slice }) => sum + (slice === null ? 0 : slice.right - slice.left), 0)
        expect(covered).toBeCloseTo(groups, 6)
        expect(Math.min(...placed.map(({ width }) => width))).toBeGreaterThanOrEqual(2)
      }),
      { numRuns: 60 },
    )
  })

  test('ok/sizes are asked for only where they are needed', () => {
    const rectangle: Placement = { kind: 'rectangle', page: -1, x: 0, y: 0 }
    expect(pagesOf([rectangle, { ...rectangle, page: 3 }])).toEqual([1, -1, 3])
    expect(pagesOf([{ kind: 'straddle', firstPage: 1, y: 0 }])).toBe('all')
  })
})
