import { createHash, createSign, generateKeyPairSync, privateEncrypt, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestLength, digestOf, signatureAlgorithms } from '#contract/keys.ts'
import { algorithmsOf, checkDigestLength, digestInfo, ecdsaRawToDer, truncateDigest } from './signing.ts'

it('the DigestInfo, padded and signed raw, is the signature that OpenSSL makes', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
    const info = digestInfo(hash, createHash(hash).update('招标').digest())
    expect(privateEncrypt(privateKey, info)).toEqual(createSign(hash).update('招标').sign(privateKey))
  }
})

it('an ECDSA signature r ‖ s as DER is accepted by OpenSSL and minimal', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  for (let index = 0; index < 50; index++) {
    const raw = sign('sha256', Buffer.from(`m${index}`), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    const der = ecdsaRawToDer(raw)
    const check = { key: publicKey, dsaEncoding: 'der' as const }
    expect(verify('sha256', Buffer.from(`m${index}`), check, der)).toBe(true)
  }
})

it('r and s with leading zeros and high bits become DER integers of X.690', () => {
  const raw = new Uint8Array(64)
  raw[31] = 1
  raw[32] = 0x80
  expect(Buffer.from(ecdsaRawToDer(raw)).toString('hex')).toBe(`3026020101022100${'80'.padEnd(64, '0')}`)
  expect(Buffer.from(ecdsaRawToDer(new Uint8Array(64))).toString('hex')).toBe('3006020100020100')
})

it('any r ‖ s up to 521 bits becomes one well-formed SEQUENCE', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 132, maxLength: 132 }), (raw) => {
      const der = ecdsaRawToDer(raw)
      const header = der[1] === 0x81 ? 3 : 2
      expect(der[header - 1]).toBe(der.length - header)
    }),
  )
})

describe('R13 digest length checked against the algorithm', () => {
  for (const algorithm of signatureAlgorithms) {
    it(algorithm, () => {
      const expected = digestLength[digestOf(algorithm)]
      checkDigestLength(algorithm, new Uint8Array(expected))
      for (const length of [0, 20, 32, 48, 64, 65].filter((other) => other !== expected)) {
        expect(() => checkDigestLength(algorithm, new Uint8Array(length))).toThrow(
          expect.objectContaining({ code: 'key.digest_length' }),
        )
      }
    })
  }
})

it('a digest longer than the curve keeps its leftmost bits', () => {
  const digest = Uint8Array.from({ length: 64 }, (_, index) => index)
  expect(truncateDigest(digest, 256)).toEqual(digest.subarray(0, 32))
  expect(truncateDigest(digest, 521)).toEqual(digest)
})

describe('algorithms of a key', () => {
  const names = ['CKM_RSA_PKCS', 'CKM_RSA_PKCS_PSS']
  it('RSA: PSS only where the token names it and the key is long enough', () => {
    expect(algorithmsOf({ keyType: 'rsa', keyBits: 2048 }, [])).toHaveLength(3)
    expect(algorithmsOf({ keyType: 'rsa', keyBits: 2048 }, names)).toHaveLength(6)
    expect(algorithmsOf({ keyType: 'rsa', keyBits: 1024 }, names)).not.toContain('rsa-pss-sha512')
  })
  it('EC: the hash that fits the curve comes first', () => {
    expect(algorithmsOf({ keyType: 'ec', keyBits: 384 }, names)[0]).toBe('ecdsa-sha384')
    expect(algorithmsOf({ keyType: 'ec', keyBits: 521 }, names)[0]).toBe('ecdsa-sha512')
  })
  it('other keys, SM2 among them: none', () => {
    expect(algorithmsOf({ keyType: 'other', keyBits: 256 }, names)).toEqual([])
  })
})
