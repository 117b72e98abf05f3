import { expect, it } from 'vitest'
import { withPinText } from './pin-text.ts'

it('the bytes are overwritten when the call returns and when it throws', () => {
  const pin = Uint8Array.from(Buffer.from('口令123'))
  expect(withPinText(pin, (text) => text.length)).toBe(5)
  expect(pin).toEqual(new Uint8Array(9))
  const other = Uint8Array.from(Buffer.from('123456'))
  expect(() =>
    withPinText(other, () => {
      throw new Error('driver')
    }),
  ).toThrow('driver')
  expect(other).toEqual(new Uint8Array(6))
})

it('a view in a larger buffer is read and overwritten alone', () => {
  const message = Uint8Array.from(Buffer.from('aa1234bb'))
  expect(withPinText(message.subarray(2, 6), (text) => text)).toBe('1234')
  expect(Buffer.from(message).toString('latin1')).toBe('aa\0\0\0\0bb')
})
