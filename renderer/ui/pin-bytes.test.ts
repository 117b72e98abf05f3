import { describe, expect, it } from 'vitest'
import { isWeakPin, sameBytes, wipe } from './pin-bytes.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('pin bytes', () => {
  it.each(['111111', '123456', '654321', 'abcdef', '1'])('F9.2 a weak PIN is known: %s', (pin) => {
    expect(isWeakPin(bytes(pin))).toBe(true)
  })
  it.each(['112233', '135790', '830412', 'a1b2c3'])('lets another pass: %s', (pin) => {
    expect(isWeakPin(bytes(pin))).toBe(false)
  })
  it('compares whole buffers', () => {
    expect([
      sameBytes(bytes('ab'), bytes('ab')),
      sameBytes(bytes('ab'), bytes('abc')),
      sameBytes(bytes('ab'), bytes('ac')),
    ]).toEqual([true, false, false])
  })
  it('overwrites', () => {
    const [one, two] = [bytes('secret'), bytes('other')]
    wipe(one, two)
    expect([...one, ...two].every((byte) => byte === 0)).toBe(true)
  })
})
