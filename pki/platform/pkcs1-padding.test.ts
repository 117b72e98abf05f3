import { expect, test } from 'vitest'

import { generateKeyPair, rsaDecrypt } from './node.ts'
import { unpadPkcs1 } from './pkcs1-padding.ts'

const random = new Uint8Array(64).fill(0xee)
const standIn = new Uint8Array(32).fill(0xee)
/** 00 02, so many bytes of padding, 00, message. */
const block = (padding: number, first = 0, second = 2, separator = 0) => {
  const bytes = new Uint8Array(64).fill(7)
  bytes.set([first, second])
  bytes[2 + padding] = separator
  return bytes
}

test.each([8, 9, 29, 45, 61])('ok/%i bytes of padding', (padding) => {
  expect(unpadPkcs1(block(padding), random)).toEqual(new Uint8Array(61 - padding).fill(7))
})

test('ok/a message may hold zeros', () => {
  const bytes = block(40)
  bytes[60] = 0
  expect(unpadPkcs1(bytes, random)).toEqual(bytes.slice(43))
})

test.each([
  ['a wrong first byte', block(10, 1)],
  ['a wrong type', block(10, 0, 1)],
  ['too little padding', block(7)],
  ['no padding', block(0)],
  ['no end of the padding', block(10, 0, 2, 9)],
])('fail/%s gives the random bytes', (_name, bytes) => expect(unpadPkcs1(bytes, random)).toEqual(standIn))

test('fail/whoever asks again with a wrong ciphertext gets the same bytes, and others with another one', async () => {
  const { pkcs8 } = await generateKeyPair('rsa-2048')
  const ask = (byte: number) => rsaDecrypt(pkcs8, { kind: 'pkcs1' }, new Uint8Array(256).fill(byte))
  expect(await ask(1)).toHaveLength(32)
  expect(await ask(1)).toEqual(await ask(1))
  expect(await ask(1)).not.toEqual(await ask(2))
})
