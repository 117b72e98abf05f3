import { createCipheriv, createHash, generateKeyPairSync } from 'node:crypto'

import { expect, it } from 'vitest'

it('unit tests have no SM3, SM4 and SM2 of OpenSSL at hand', () => {
  expect(() => createHash('sm3')).toThrow('BoringSSL has no sm3')
  expect(() => createCipheriv('sm4-cbc', new Uint8Array(16), new Uint8Array(16))).toThrow('BoringSSL has no sm4-cbc')
  expect(() => createCipheriv('aes256-wrap', new Uint8Array(32), new Uint8Array(8))).toThrow('BoringSSL has no')
  expect(() => generateKeyPairSync('ec', { namedCurve: 'SM2' })).toThrow('BoringSSL has no SM2')
  expect(createHash('sha256').digest('hex')).toMatch(/^e3b0c442/)
})
