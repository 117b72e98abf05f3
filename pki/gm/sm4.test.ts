import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openssl } from '../testing/boringssl.ts'
import {
  createSm4CbcDecryptor,
  createSm4CbcEncryptor,
  createSm4Ctr,
  createSm4GcmDecryptor,
  createSm4GcmEncryptor,
  decryptSm4Ecb,
  encryptSm4Ecb,
} from './sm4.ts'
import type { Sm4Cipher } from './sm4.ts'

const fromHex = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const KEY = fromHex('0123456789abcdeffedcba9876543210')

/** In pieces whose sizes are not whole blocks. */
const through = (cipher: Sm4Cipher, bytes: Uint8Array, first = 1): Buffer => {
  const parts: Uint8Array[] = []
  for (let offset = 0, size = first; offset < bytes.length; offset += size, size = ((size * 5 + 7) % 90_001) + 1) {
    parts.push(cipher.update(bytes.subarray(offset, offset + size)))
  }
  return Buffer.concat([...parts, cipher.finish()])
}
const byOpenssl = (mode: string, key: Uint8Array, iv: Uint8Array | null, bytes: Uint8Array): Buffer => {
  const cipher = openssl.createCipheriv(`sm4-${mode}`, key, iv)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}
const lengths = [0, 1, 15, 16, 17, 31, 32, 255, 256, 257, 4095, 65_536, 65_537, 300_001]

describe('SM4', () => {
  test('ok/the examples of GB/T 32907-2016 annex A, the second with a million rounds', () => {
    expect(hex(encryptSm4Ecb(KEY, KEY))).toBe('681edf34d206965e86b3e94f536e4246')
    // CBC over zeros from this IV is encrypting again and again.
    const block = createSm4CbcEncryptor(KEY, KEY, 'none').update(new Uint8Array(16_000_000)).subarray(-16)
    expect(hex(block)).toBe('595298c7c6fd271f0402f804c33d3f66')
  })

  test('ok/ECB both ways, any number of blocks', () => {
    for (const blocks of [0, 1, 2, 15, 16, 17, 33, 5000]) {
      const bytes = randomBytes(16 * blocks)
      const cipher = openssl.createCipheriv('sm4-ecb', KEY, null).setAutoPadding(false)
      const expected = Buffer.concat([cipher.update(bytes), cipher.final()])
      expect(expected.equals(encryptSm4Ecb(KEY, bytes))).toBe(true)
      expect(bytes.equals(decryptSm4Ecb(KEY, expected))).toBe(true)
    }
  })

  test('ok/CTR as OpenSSL, also where the counter runs over', () => {
    for (const counter of [
      '00'.repeat(16),
      'ff'.repeat(16),
      `${'00'.repeat(7)}01${'ff'.repeat(7)}f0`,
      `${'aa'.repeat(12)}fffffffe`,
    ]) {
      for (const length of lengths) {
        const bytes = randomBytes(length)
        expect(
          byOpenssl('ctr', KEY, fromHex(counter), bytes).equals(through(createSm4Ctr(KEY, fromHex(counter)), bytes)),
        ).toBe(true)
      }
    }
  })

  test('ok/CBC both ways as OpenSSL', () => {
    for (const length of lengths) {
      const [iv, bytes] = [randomBytes(16), randomBytes(length)]
      const expected = byOpenssl('cbc', KEY, iv, bytes)
      expect(expected.equals(through(createSm4CbcEncryptor(KEY, iv), bytes, 3))).toBe(true)
      expect(bytes.equals(through(createSm4CbcDecryptor(KEY, iv), expected, 5))).toBe(true)
    }
  })

  test('fail/CBC: wrong padding and broken lengths are one error', () => {
    const iv = randomBytes(16)
    const sealed = byOpenssl('cbc', KEY, iv, randomBytes(40))
    const notPadded = openssl.createCipheriv('sm4-cbc', KEY, iv).setAutoPadding(false).update(Buffer.alloc(32))
    for (const bad of [sealed.subarray(0, 47), sealed.subarray(0, 0), notPadded]) {
      expect(() => through(createSm4CbcDecryptor(KEY, iv), bad)).toThrow(
        expect.objectContaining({ code: 'key.decryption_failed' }),
      )
    }
  })

  test('ok/GCM: RFC 8998 appendix A.1', () => {
    const iv = fromHex('00001234567800000000abcd')
    const additionalData = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
    const plain = fromHex(
      'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa',
    )
    const sealed =
      '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d' +
      '83de3541e4c2b58177e065a9bf7b62ec'
    expect(through(createSm4GcmEncryptor(KEY, iv, { additionalData }), plain).toString('hex')).toBe(sealed)
    expect(hex(through(createSm4GcmDecryptor(KEY, iv, { additionalData }), fromHex(sealed)))).toBe(hex(plain))
  })

  test('ok/GCM opens what it sealed, two at once, any length of text, data and IV', () => {
    for (const length of lengths) {
      const [bytes, additionalData, iv] = [
        randomBytes(length),
        randomBytes(length % 50),
        randomBytes(1 + (length % 40)),
      ]
      const sealed = through(createSm4GcmEncryptor(KEY, iv, { additionalData }), bytes, 11)
      expect(sealed.length).toBe(length + 16)
      const [one, two] = [0, 1].map(() => createSm4GcmDecryptor(KEY, iv, { additionalData }))
      const opened = [one, two].map((cipher) => [cipher!.update(sealed.subarray(0, 20))])
      opened.forEach((parts, index) => parts.push([one, two][index]!.update(sealed.subarray(20))))
      opened.forEach((parts, index) =>
        expect(bytes.equals(Buffer.concat([...parts, [one, two][index]!.finish()]))).toBe(true),
      )
    }
  })

  test('fail/GCM: each changed, missing or added byte is found', () => {
    const iv = randomBytes(12)
    const sealed = through(createSm4GcmEncryptor(KEY, iv), randomBytes(50))
    const spoiled = [0, 20, 49, 50, 65].map((at) =>
      Buffer.from(sealed.map((byte, index) => (index === at ? byte ^ 1 : byte))),
    )
    for (const bad of [
      ...spoiled,
      sealed.subarray(0, 65),
      sealed.subarray(0, 10),
      Buffer.concat([sealed, Buffer.of(0)]),
    ]) {
      expect(() => through(createSm4GcmDecryptor(KEY, iv), bad)).toThrow(
        expect.objectContaining({ code: 'key.decryption_failed' }),
      )
    }
  })

  test('fail/nothing comes after the end', () => {
    const cipher = createSm4Ctr(KEY, KEY)
    cipher.finish()
    expect(() => cipher.update(KEY)).toThrow(TypeError)
    expect(() => createSm4Ctr(KEY.subarray(1), KEY)).toThrow(TypeError)
  })
})
