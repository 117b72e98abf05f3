import { expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { ckrCode, ckrName, ckrOf, driverError } from './ckr.ts'

it('the number is found in whatever form pkcs11js throws it', () => {
  expect(ckrOf(Object.assign(new Error('CKR_PIN_INCORRECT'), { code: 160 }))).toBe(160)
  expect(ckrOf(new Error('CKR_PIN_LOCKED:164\n    at PKCS11.C_Login'))).toBe(164)
  expect(ckrOf(new Error('CKR_VENDOR_DEFINED:2147488308'))).toBe(0x80001234)
  expect(ckrOf(new TypeError('Argument 1 has wrong type'))).toBeNull()
  expect(ckrOf('CKR_OK:0')).toBeNull()
})

it('each of the outcomes a person can do something about has its own code', () => {
  const codes = [0xa0, 0xa2, 0xa4, 0x32, 0xe0, 0xe2, 0x70, 0x82, 0x50].map(ckrCode)
  expect(codes).toEqual([
    'pin.incorrect',
    'pin.length',
    'pin.locked',
    'token.removed',
    'token.removed',
    'token.read_only',
    'key.mechanism_unsupported',
    'key.not_found',
    'operation.cancelled_by_user',
  ])
})

it('unknown and vendor-defined numbers are kept as a number', () => {
  expect(ckrName(0x80001234)).toBe('CKR_0x80001234')
  expect(ckrCode(0x80001234)).toBe('token.error')
})

it('the CKR name goes into the details, the thrown text does not', () => {
  const error = driverError(new Error('CKR_PIN_INCORRECT:160 secret 123456'), { who: 'user' })
  expect(error.details).toEqual({ who: 'user', ckr: 'CKR_PIN_INCORRECT' })
  expect(JSON.stringify(error)).not.toContain('123456')
  const own = new AppError('token.absent')
  expect(driverError(own)).toBe(own)
})
