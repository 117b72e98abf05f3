import { describe, expect, it } from 'vitest'
import { formatCountdown, formatMillimetres, formatSize, formatUsbId, groupHex } from './format.ts'

describe('format', () => {
  it('groups a serial number by four', () => expect(groupHex('5f0a91c')).toBe('5F0A 91C'))
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KB'],
    [1_482_913, '1.41 MB'],
    [104_857_600, '100.0 MB'],
    [3 * 1024 ** 4, '3072.0 GB'],
  ])('writes %d bytes as %s', (bytes, text) => expect(formatSize(bytes)).toBe(text))
  it('writes USB ids as on the sticker', () => expect(formatUsbId(0x55c, 0xe618)).toBe('055C:E618'))
  it('writes a countdown with two digits of seconds', () => expect(formatCountdown(245)).toBe('4:05'))
  it('writes millimetres with one digit at most', () =>
    expect([42, 41.96, 20.25].map(formatMillimetres)).toEqual(['42', '42', '20.3']))
})
