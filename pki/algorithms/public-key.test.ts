import { describe, expect, it } from 'vitest'

import { cursor, encodedBytes, readDer } from '../asn1/reader.ts'
import { readIntegerBytes } from '../asn1/values.ts'
import { bitString, encode, nullValue, oid, sequence, unsignedInteger } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { validatePath } from '../path/validate.ts'
import { createSoftKey } from '../testing/soft-key.ts'
import type { SoftKey } from '../testing/soft-key.ts'
import { issue } from '../testing/test-ca.ts'
import { digest } from './digest.ts'
import { oids } from './oids.ts'
import { publicPointOf, verifySignature } from './public-key.ts'

const data = Uint8Array.of(1, 2, 3)
const scheme = { kind: 'rsa-pkcs1', digest: 'sha256', saltLength: 0 } as const
const spkiOf = (...parts: Uint8Array[]) =>
  sequence(sequence(oid(oids.rsaEncryption), nullValue()), bitString(sequence(...parts)))

const rsa = createSoftKey('rsa-2048')
const numbers = cursor(readDer(publicPointOf(rsa.spki)))
const modulus = readIntegerBytes(numbers.next())
const exponent = numbers.next()

/** With the exponent 1 a signature is its own encoding: anybody makes one. */
const forged = (() => {
  const info = concat(Buffer.from('3031300d060960864801650304020105000420', 'hex'), digest('sha256', data))
  const padding = new Uint8Array(256 - info.length - 3).fill(0xff)
  return concat(Uint8Array.of(0, 1), padding, Uint8Array.of(0), info)
})()

describe('keys of others', () => {
  it('ok/a signature of an ordinary RSA key verifies', () => {
    expect(verifySignature(rsa.spki, scheme, data, rsa.sign('rsa-pkcs1-sha256', data))).toBe(true)
  })

  it('fail/an RSA key that anybody can sign with verifies nothing', () => {
    const weak = spkiOf(unsignedInteger(modulus), unsignedInteger(Uint8Array.of(1)))
    expect(verifySignature(weak, scheme, data, forged)).toBe(false)
  })

  const broken: Record<string, Uint8Array> = {
    'without an exponent': spkiOf(unsignedInteger(modulus)),
    'with a third number': spkiOf(unsignedInteger(modulus), encodedBytes(exponent), encodedBytes(exponent)),
    'with an even exponent': spkiOf(unsignedInteger(modulus), unsignedInteger(Uint8Array.of(4))),
    'with an even modulus': spkiOf(
      unsignedInteger(modulus.map((byte, at) => (at === 256 ? byte & 0xfe : byte))),
      encodedBytes(exponent),
    ),
    'with a negative modulus': spkiOf(encode(2, modulus.subarray(1)), encodedBytes(exponent)),
    'of zero': spkiOf(unsignedInteger(Uint8Array.of(0)), encodedBytes(exponent)),
  }

  it.each(Object.entries(broken))('fail/an RSA key %s verifies nothing, and a path names it', (_name, spki) => {
    expect(verifySignature(spki, scheme, data, forged)).toBe(false)
    const key: SoftKey = { ...rsa, spki }
    const { certificate, pem } = issue({ commonName: 'CA', isCa: true, key, issuer: issue({ commonName: 'Root' }) })
    const leaf = issue({ commonName: 'Leaf', issuer: { certificate, key: rsa, pem } })
    const report = validatePath({ certificate: leaf.certificate, anchors: [certificate] })
    expect(report.failures).toContainEqual(expect.objectContaining({ rule: 'key_refused' }))
  })
})
