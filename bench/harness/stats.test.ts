import { expect, test } from 'vitest'
import { interleave } from './interleave.ts'
import { median, percentile } from './stats.ts'

test('percentiles are values that were measured, whatever the order they came in', () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(median(samples)).toBe(50)
  expect(percentile(samples, 0.99)).toBe(99)
  expect(percentile(samples, 1)).toBe(100)
  expect(() => median([])).toThrow(RangeError)
})

test('contenders take turns, the first place goes round, and warm-up rounds are thrown away', async () => {
  const order: string[] = []
  const contender = (name: string) => () => {
    order.push(name)
    return Promise.resolve(order.length)
  }
  const samples = await interleave({ a: contender('a'), b: contender('b') }, { rounds: 2, warmUp: 1, only: { b: 2 } })
  expect(order.join('')).toBe('bba' + 'abb' + 'bba')
  expect(samples).toEqual({ a: [4, 9], b: [5, 6, 7, 8] })
})
