import { describe, expect, test } from 'vitest'
import { Asn1Error } from '../asn1/error.ts'
import { tag } from '../asn1/tags.ts'
import { encode, sequence } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { decryptSm2, encryptSm2, encryptWithNonce } from './sm2-encryption.ts'
import type { Sm2CipherLayout } from './sm2-encryption.ts'
import { exchangeSm2Key } from './sm2-key-exchange.ts'
import { generateSm2KeyPair, identityDigest, publicKeyOf } from './sm2-key.ts'
import {
  createMessageDigest,
  decodeSm2Signature,
  encodeSm2Signature,
  signDigestWithNonce,
  signSm2Digest,
  verifySm2Digest,
} from './sm2-signature.ts'

const fromHex = (text: string): Uint8Array => Buffer.from(text, 'hex')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** GB/T 32918.5-2017 annexes A and C. */
const d = fromHex('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8')
const p = fromHex(
  '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
)
const k = fromHex('59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21')
const signature =
  'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa'
const e = 'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640'

describe('SM2', () => {
  test('ok/signature of annex A', () => {
    expect(hex(publicKeyOf(d))).toBe(hex(p))
    expect(hex(identityDigest(p))).toBe('b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3')
    const digest = createMessageDigest(p).update(Buffer.from('message digest')).digest()
    expect(hex(digest)).toBe(e)
    expect(hex(signDigestWithNonce(d, digest, k) ?? new Uint8Array())).toBe(signature)
    expect(verifySm2Digest(p, digest, fromHex(signature))).toBe(true)
  })

  test('ok/encryption of annex C', () => {
    const parts = encryptWithNonce(p, Buffer.from('encryption standard'), k)
    expect(parts && [parts.c1, parts.c3, parts.c2].map(hex)).toEqual([
      '04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0',
      '59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766',
      '21886ca989ca9c7d58087307ca93092d651efa',
    ])
  })

  test('ok/what is signed verifies; what is changed does not', () => {
    for (let turn = 0; turn < 20; turn++) {
      const { privateKey, publicKey } = generateSm2KeyPair()
      const digest = crypto.getRandomValues(new Uint8Array(32))
      const signed = signSm2Digest(privateKey, digest)
      expect(verifySm2Digest(publicKey, digest, signed)).toBe(true)
      expect(hex(decodeSm2Signature(encodeSm2Signature(signed)))).toBe(hex(signed))
      for (const at of [0, 31, 32, 63]) {
        expect(
          verifySm2Digest(
            publicKey,
            digest,
            signed.map((byte, index) => (index === at ? byte ^ 1 : byte)),
          ),
        ).toBe(false)
      }
      expect(verifySm2Digest(p, digest, signed)).toBe(false)
      expect(
        verifySm2Digest(
          publicKey,
          digest.map((byte, index) => (index === 5 ? byte ^ 1 : byte)),
          signed,
        ),
      ).toBe(false)
    }
  })

  test('fail/r and s that are out of range, and points that are on no curve', () => {
    const digest = fromHex(e)
    const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123'
    for (const bad of [
      '00'.repeat(64),
      signature.slice(0, 64) + '00'.repeat(32),
      signature.slice(0, 64) + order,
      order + signature.slice(64),
    ]) {
      expect(verifySm2Digest(p, digest, fromHex(bad))).toBe(false)
    }
    expect(() => publicKeyOf(new Uint8Array(32))).toThrow(TypeError)
    expect(() => publicKeyOf(fromHex(order))).toThrow(TypeError)
    expect(() =>
      verifySm2Digest(
        p.map((byte, index) => (index === 63 ? byte ^ 1 : byte)),
        digest,
        fromHex(signature),
      ),
    ).toThrow(TypeError)
    expect(() => encryptSm2(new Uint8Array(64), digest)).toThrow(TypeError)
  })

  test('ok/every layout is opened', () => {
    const { privateKey, publicKey } = generateSm2KeyPair()
    for (const layout of ['der', 'c1c3c2', 'c1c2c3', 'c1c3c2-bare', 'c1c2c3-bare'] satisfies Sm2CipherLayout[]) {
      for (const length of [1, 16, 31, 32, 33, 100, 5000]) {
        const message = new Uint8Array(length).fill(length)
        expect(hex(decryptSm2(privateKey, encryptSm2(publicKey, message, layout)))).toBe(hex(message))
      }
    }
  })

  const one = Uint8Array.of(1)
  const n = fromHex('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123')
  const integers = (r: Uint8Array, s: Uint8Array) => sequence(encode(tag.integer, r), encode(tag.integer, s))
  const raw = (r: Uint8Array, s: Uint8Array) => {
    const signature = new Uint8Array(64)
    signature.set(r, 32 - r.length)
    signature.set(s, 64 - s.length)
    return signature
  }
  const positive = concat(Uint8Array.of(0), n)
  test.each<[string, Uint8Array]>([
    ['a negative number', integers(one, Uint8Array.of(0xff))],
    ['a number whose sign is left out', integers(n, one)],
    ['zero', integers(Uint8Array.of(0), one)],
    ['the order', integers(one, positive)],
    ['more than 32 bytes', integers(concat(one, positive), one)],
    ['a third number', sequence(integers(one, one).subarray(2), integers(one, one).subarray(2, 5))],
    ['bytes behind it', concat(integers(one, one), one)],
    ['zero as r‖s', raw(one, new Uint8Array(32))],
    ['the order as r‖s', raw(n, one)],
  ])('fail/a signature with %s is none', (_name, signature) => {
    expect(() => decodeSm2Signature(signature)).toThrow(
      expect.toSatisfy((error) => error instanceof TypeError || error instanceof Asn1Error),
    )
  })
  test('ok/a signature of small numbers, in both forms', () => {
    expect(decodeSm2Signature(integers(one, one))).toEqual(decodeSm2Signature(raw(one, one)))
  })

  test('fail/a changed ciphertext has one error, whatever was changed', () => {
    const { privateKey, publicKey } = generateSm2KeyPair()
    const sealed = encryptSm2(publicKey, new Uint8Array(20).fill(7), 'c1c3c2')
    const spoiled = [0, 1, 64, 65, 96, 97, 116].map((at) =>
      sealed.map((byte, index) => (index === at ? byte ^ 1 : byte)),
    )
    for (const bad of [...spoiled, sealed.subarray(0, 97), new Uint8Array(0), Uint8Array.of(0x30, 0x80)]) {
      expect(() => decryptSm2(privateKey, bad)).toThrow(expect.objectContaining({ code: 'key.decryption_failed' }))
    }
  })

  test('ok/key exchange of annex B, from both sides', () => {
    const keys = {
      a: fromHex('81eb26e941bb5af16df116495f90695272ae2cd63d6c4ae1678418be48230029'),
      b: fromHex('785129917d45a9ea5437a59356b82338eaadda6ceb199088f14ae10defa229b5'),
      ephemeralA: fromHex('d4de15474db74d06491c440d305e012400990f3e390c7e87153c12db2ea60bb3'),
      ephemeralB: fromHex('7e07124814b309489125eaed101113164ebf0f3458c5bd88335c1f9d596243d6'),
    }
    const a = { publicKey: publicKeyOf(keys.a), ephemeralKey: publicKeyOf(keys.ephemeralA) }
    const b = { publicKey: publicKeyOf(keys.b), ephemeralKey: publicKeyOf(keys.ephemeralB) }
    const ofA = {
      role: 'initiator',
      privateKey: keys.a,
      ephemeralPrivateKey: keys.ephemeralA,
      peer: b,
      length: 16,
    } as const
    const ofB = {
      role: 'responder',
      privateKey: keys.b,
      ephemeralPrivateKey: keys.ephemeralB,
      peer: a,
      length: 16,
    } as const
    for (const result of [exchangeSm2Key(ofA), exchangeSm2Key(ofB)]) {
      expect(hex(result.key)).toBe('6c89347354de2484c60b4ab1fde4c6e5')
      expect(hex(result.responderCheck)).toBe('d3a0fe15dee185ceae907a6b595cc32a266ed7b3367e9983a896dc32fa20f8eb')
      expect(hex(result.initiatorCheck)).toBe('18c7894b3816df16cf07b05c5ec0bef5d655d58f779cc1b400a4f3884644db88')
    }
  })
})
