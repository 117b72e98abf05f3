import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openssl } from '../testing/boringssl.ts'
import { createHmacSm3, createSm3, sm3 } from './sm3.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const ascii = (text: string): Uint8Array => Buffer.from(text, 'ascii')

describe('SM3', () => {
  test('ok/the examples of GB/T 32905-2016 annex A', () => {
    expect(hex(sm3(ascii('abc')))).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0')
    expect(hex(sm3(ascii('abcd'.repeat(16))))).toBe('debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732')
  })

  test('ok/OpenSSL says the same for every length up to three blocks and beyond the stage', () => {
    const bytes = randomBytes(200_003)
    for (const length of [...Array.from({ length: 193 }, (_, index) => index), 65_535, 65_536, 65_537, 200_003]) {
      const part = bytes.subarray(0, length)
      expect(hex(sm3(part))).toBe(openssl.createHash('sm3').update(part).digest('hex'))
    }
  })

  test('ok/in pieces of any size, two at once, and from a copy', () => {
    const bytes = randomBytes(10_000)
    const expected = openssl.createHash('sm3').update(bytes).digest('hex')
    const [one, two] = [createSm3(), createSm3()]
    for (let offset = 0, size = 1; offset < bytes.length; offset += size, size = (size * 7 + 3) % 331) {
      one.update(bytes.subarray(offset, offset + size))
      two.update(bytes.subarray(offset, offset + size))
    }
    const copy = one.clone()
    expect(hex(one.digest())).toBe(expected)
    expect(hex(copy.digest())).toBe(expected)
    expect(hex(two.digest())).toBe(expected)
  })

  test('fail/nothing comes after the digest', () => {
    const hash = createSm3()
    hash.digest()
    expect(() => hash.update(ascii('a'))).toThrow(TypeError)
    expect(() => hash.digest()).toThrow(TypeError)
    expect(() => hash.clone()).toThrow(TypeError)
  })

  test('ok/HMAC as OpenSSL makes it, with short and long keys', () => {
    for (const length of [0, 1, 32, 64, 65, 200]) {
      const [key, message] = [randomBytes(length), randomBytes(300)]
      expect(hex(createHmacSm3(key).update(message).digest())).toBe(
        openssl.createHmac('sm3', key).update(message).digest('hex'),
      )
    }
  })
})
