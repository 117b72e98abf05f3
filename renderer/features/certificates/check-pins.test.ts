import { describe, expect, it } from 'vitest'
import { checkPins } from './check-pins.ts'

const limits = { minLength: 6, maxLength: 8 }
const pins = (old: string, next: string, again = next) => {
  const encode = (text: string) => new TextEncoder().encode(text)
  return { old: encode(old), next: encode(next), again: encode(again) }
}

describe('F9.5 change the PIN', () => {
  it.each([
    ['ok', pins('830412', '570293'), null],
    ['fail/no old PIN', pins('', '570293'), { field: 'old', kind: 'required' }],
    ['fail/no new PIN', pins('830412', ''), { field: 'next', kind: 'required' }],
    ['fail/too short', pins('830412', '5702'), { field: 'next', kind: 'tooShort' }],
    ['fail/too long', pins('830412', '570293570'), { field: 'next', kind: 'tooLong' }],
    ['fail/three characters of nine bytes', pins('830412', '口令码'), { field: 'next', kind: 'tooLong' }],
    ['fail/weak', pins('830412', '123456'), { field: 'next', kind: 'weak' }],
    ['fail/same', pins('830412', '830412'), { field: 'next', kind: 'same' }],
    ['fail/differs', pins('830412', '570293', '570294'), { field: 'again', kind: 'differs' }],
  ])('%s', (_, given, expected) => expect(checkPins(given, limits, 'change')).toEqual(expected))

  it('lets the administrator PIN be the new one when unlocking: only the token can tell', () => {
    expect(checkPins(pins('830412', '830412'), limits, 'unlock')).toBeNull()
  })
})
