import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { indexRanges } from './xref-section.ts'

const gaps = fc.array(fc.record({ gap: fc.nat(3), count: fc.nat(4) }), { maxLength: 30 })

describe('the search over ranges of object numbers', () => {
  it('ok/finds the same by halves as one by one, in order or not', () => {
    fc.assert(
      fc.property(gaps, fc.boolean(), fc.nat(250), (steps, isReversed, num) => {
        let first = 0
        const ranges = steps.map(({ gap, count }) => {
          const range = { first: first + gap, count }
          first += gap + count
          return range
        })
        if (isReversed) ranges.reverse()
        const holds = ({ first: start, count }: { first: number; count: number }) => num >= start && num < start + count
        const found = indexRanges(ranges).find(num)
        expect(found < 0 ? undefined : ranges[found]).toBe(ranges.find(holds))
      }),
    )
  })
})
