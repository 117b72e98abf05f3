import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCodec } from './codec.ts'

const codec = createCodec({
  toText: (bytes) => Buffer.from(bytes).toString('base64'),
  toBytes: (text) => new Uint8Array(Buffer.from(text, 'base64')),
})
const roundTrip = (value: unknown): unknown => codec.decode(codec.encode(value))

test('whatever structuredClone copies comes back the same', () => {
  const values = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: false,
  })
  fc.assert(
    fc.property(values, (value) => {
      expect(roundTrip(value)).toEqual(structuredClone(value))
    }),
  )
})

test('a view on part of a buffer sends its part only', () => {
  const view = new Uint16Array(new Uint8Array([9, 9, 1, 0, 2, 0, 9, 9]).buffer, 2, 2)
  const back = roundTrip(view) as Uint16Array
  expect([...back]).toEqual([1, 2])
  expect(back.byteOffset).toBe(0)
})

test('a key named __proto__ stays a key', () => {
  const back = roundTrip(JSON.parse('{"__proto__": {"polluted": true}}')) as Record<string, unknown>
  expect(Object.keys(back)).toEqual(['__proto__'])
  expect((back as { polluted?: boolean }).polluted).toBeUndefined()
})

test('errors keep name, message, stack and cause', () => {
  const error = new TypeError('outer', { cause: new Error('inner') })
  const back = roundTrip(error) as TypeError
  expect(back).toBeInstanceOf(TypeError)
  expect([back.message, back.stack, (back.cause as Error).message]).toEqual(['outer', error.stack, 'inner'])
})

test.each([
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['a promise', Promise.resolve()],
  ['a weak map', new WeakMap()],
])('%s cannot be sent', (_name, value) => {
  expect(() => codec.encode({ value })).toThrow('An object could not be cloned.')
})
