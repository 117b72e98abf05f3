import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coalesce } from './coalesce.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('many changes in a row are told once, the last one is never lost', () => {
  const told: string[] = []
  const changed = coalesce((name: 'journal' | 'grants') => told.push(name), 40)
  for (let index = 0; index < 100; index += 1) changed('journal')
  changed('grants')
  expect(told).toEqual([])
  vi.advanceTimersByTime(40)
  expect(told).toEqual(['journal', 'grants'])
  changed('journal')
  vi.advanceTimersByTime(40)
  expect(told).toEqual(['journal', 'grants', 'journal'])
})
