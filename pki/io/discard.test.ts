import { expect, test } from 'vitest'
import { discard } from './discard.ts'

test('ok/a buffer of its own is given back', () => {
  const chunk = Buffer.from(new ArrayBuffer(100_000))
  discard(chunk)
  expect(chunk.length).toBe(0)
  discard(chunk)
})

test('ok/a buffer with other bytes in it is left alone', () => {
  const whole = Buffer.from(new ArrayBuffer(100)).fill(7)
  discard(whole.subarray(0, 50))
  expect(whole.every((byte) => byte === 7)).toBe(true)
  const pooled = Buffer.from('投标函')
  discard(pooled)
  expect(pooled.toString()).toBe('投标函')
})
