import { fromHex, fromUtf8, toHex } from '../bytes/encodings.ts'
import { concat } from '../bytes/concat.ts'
import { decryptSm2, encryptWithNonce } from '../gm/sm2-encryption.ts'
import { exchangeSm2Key } from '../gm/sm2-key-exchange.ts'
import { DEFAULT_ID, identityDigest, publicKeyOf } from '../gm/sm2-key.ts'
import { createMessageDigest, encodeSm2Signature, signDigestWithNonce, verifySm2Digest } from '../gm/sm2-signature.ts'
import { createHmacSm3, sm3 } from '../gm/sm3.ts'
import {
  createSm4CbcDecryptor,
  createSm4CbcEncryptor,
  createSm4Ctr,
  createSm4GcmDecryptor,
  createSm4GcmEncryptor,
  encryptSm4Ecb,
} from '../gm/sm4.ts'
import type { Sm4Cipher } from '../gm/sm4.ts'
import { judged } from './outcome.ts'
import type { Outcome } from './outcome.ts'

/** GB/T 32918.5-2017 annexes A and C. */
const d = fromHex('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8')
const k = fromHex('59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21')
const r = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3'
const s = 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa'
/** Annex B. */
const exchange = {
  a: fromHex('81eb26e941bb5af16df116495f90695272ae2cd63d6c4ae1678418be48230029'),
  b: fromHex('785129917d45a9ea5437a59356b82338eaadda6ceb199088f14ae10defa229b5'),
  ra: fromHex('d4de15474db74d06491c440d305e012400990f3e390c7e87153c12db2ea60bb3'),
  rb: fromHex('7e07124814b309489125eaed101113164ebf0f3458c5bd88335c1f9d596243d6'),
}
/** GB/T 32907-2016 annex A. */
const block = fromHex('0123456789abcdeffedcba9876543210')
/** RFC 8998 appendix A.1. */
const gcm = {
  iv: fromHex('00001234567800000000abcd'),
  aad: fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
  plaintext: fromHex(
    'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa',
  ),
  sealed:
    '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec',
}

const through = (cipher: Sm4Cipher, bytes: Uint8Array): Uint8Array => concat(cipher.update(bytes), cipher.finish())

const signed = (): Uint8Array | null =>
  signDigestWithNonce(d, createMessageDigest(publicKeyOf(d)).update(fromUtf8('message digest')).digest(), k)

const exchanged = () =>
  exchangeSm2Key({
    ...{ role: 'initiator', privateKey: exchange.a, ephemeralPrivateKey: exchange.ra, length: 16 },
    peer: { publicKey: publicKeyOf(exchange.b), ephemeralKey: publicKeyOf(exchange.rb) },
  })

const hexOf = (bytes: Uint8Array | null): string => (bytes === null ? 'none' : toHex(bytes))

/** Name and source, what is computed, what the standard says. */
const vectors: readonly (readonly [string, () => string, string])[] = [
  [
    'SM3 "abc" (GB/T 32905 A.1)',
    () => toHex(sm3(fromUtf8('abc'))),
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  ],
  [
    'SM3 "abcd"×16 (GB/T 32905 A.2)',
    () => toHex(sm3(fromUtf8('abcd'.repeat(16)))),
    'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
  ],
  [
    'HMAC-SM3 (GB/T 15852.2)',
    () =>
      toHex(
        createHmacSm3(fromHex('0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20'))
          .update(
            fromUtf8(
              'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopqabcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
            ),
          )
          .digest(),
      ),
    'ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a',
  ],
  ['SM4 block (GB/T 32907 A.1)', () => toHex(encryptSm4Ecb(block, block)), '681edf34d206965e86b3e94f536e4246'],
  [
    'SM4 a million times (GB/T 32907 A.2)',
    () => toHex(createSm4CbcEncryptor(block, block, 'none').update(new Uint8Array(16_000_000)).slice(-16)),
    '595298c7c6fd271f0402f804c33d3f66',
  ],
  [
    'SM4-CBC and back',
    () =>
      toHex(through(createSm4CbcDecryptor(block, block), through(createSm4CbcEncryptor(block, block), gcm.plaintext))),
    toHex(gcm.plaintext),
  ],
  [
    'SM4-CTR and back',
    () => toHex(through(createSm4Ctr(block, block), through(createSm4Ctr(block, block), gcm.plaintext))),
    toHex(gcm.plaintext),
  ],
  [
    'SM4-GCM (RFC 8998 A.1)',
    () => toHex(through(createSm4GcmEncryptor(block, gcm.iv, { additionalData: gcm.aad }), gcm.plaintext)),
    gcm.sealed,
  ],
  [
    'SM4-GCM decryption (RFC 8998 A.1)',
    () => toHex(through(createSm4GcmDecryptor(block, gcm.iv, { additionalData: gcm.aad }), fromHex(gcm.sealed))),
    toHex(gcm.plaintext),
  ],
  [
    'SM2 Z (GB/T 32918.5 A.2)',
    () => toHex(identityDigest(publicKeyOf(d), DEFAULT_ID)),
    'b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3',
  ],
  ['SM2 signature (GB/T 32918.5 A.2)', () => hexOf(signed()), r + s],
  [
    'SM2 signature in DER (GB/T 35276)',
    () => {
      const value = signed()
      return value === null ? 'none' : toHex(encodeSm2Signature(value))
    },
    `3046022100${r}022100${s}`,
  ],
  [
    'SM2 verification (GB/T 32918.5 A.2)',
    () =>
      String(
        verifySm2Digest(
          publicKeyOf(d),
          createMessageDigest(publicKeyOf(d)).update(fromUtf8('message digest')).digest(),
          fromHex(r + s),
        ),
      ),
    'true',
  ],
  [
    'SM2 encryption (GB/T 32918.5 C.2)',
    () => {
      const parts = encryptWithNonce(publicKeyOf(d), fromUtf8('encryption standard'), k)
      return parts === null ? 'none' : toHex(concat(parts.c1, parts.c3, parts.c2))
    },
    '04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0' +
      '59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd876621886ca989ca9c7d58087307ca93092d651efa',
  ],
  [
    'SM2 decryption (GB/T 32918.5 C.3)',
    () =>
      toHex(
        decryptSm2(
          d,
          fromHex(
            '0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd876621886ca989ca9c7d58087307ca93092d651efa',
          ),
        ),
      ),
    toHex(fromUtf8('encryption standard')),
  ],
  ['SM2 key exchange (GB/T 32918.5 B.2)', () => toHex(exchanged().key), '6c89347354de2484c60b4ab1fde4c6e5'],
  [
    'SM2 key exchange S1 (GB/T 32918.5 B.2)',
    () => toHex(exchanged().responderCheck),
    'd3a0fe15dee185ceae907a6b595cc32a266ed7b3367e9983a896dc32fa20f8eb',
  ],
  [
    'SM2 key exchange S2 (GB/T 32918.5 B.2)',
    () => toHex(exchanged().initiatorCheck),
    '18c7894b3816df16cf07b05c5ec0bef5d655d58f779cc1b400a4f3884644db88',
  ],
]

/** The published vectors on this machine and runtime. */
export const vectorsCommand = (): Outcome => {
  const results = vectors.map(([name, compute, expected]) => {
    const actual = compute()
    return { name, passed: actual === expected, ...(actual === expected ? {} : { expected, actual }) }
  })
  return judged(
    results.every(({ passed }) => passed),
    { passed: results.filter(({ passed }) => passed).length, of: results.length, vectors: results },
  )
}
