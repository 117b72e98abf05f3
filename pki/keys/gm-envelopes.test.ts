import { describe, expect, test } from 'vitest'

import { oids } from '../algorithms/oids.ts'
import { bitString, nullValue, octetString, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { fromHex, toHex, toBase64 } from '../bytes/encodings.ts'
import { encryptSm2 } from '../gm/sm2-encryption.ts'
import { encryptSm4Ecb } from '../gm/sm4.ts'
import { openEscrowedKey, readCfcaKeyFile } from './cfca.ts'
import { openEnvelopedKey, wrapEnvelopedKey } from './enveloped-key.ts'
import { generatePrivateKey, sm2PrivateKey } from './private-key.ts'

const d = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8'
const enclosed = '81eb26e941bb5af16df116495f90695272ae2cd63d6c4ae1678418be48230029'
const signing = sm2PrivateKey(fromHex(d))
const encryption = sm2PrivateKey(fromHex(enclosed))
const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
    return 'no error'
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string } }
    return `${code} ${details.reason ?? ''}`.trim()
  }
}

/** OpenSSL decrypts its SM2Cipher, and its SM4-ECB gives the same last field. */
const vector =
  '3081f0300c06082a811ccf5501680105003079022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73' +
  '022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df004204423b448d18b4a1a86b0e264e928007803243a5a' +
  '8d9d0b0e8953bfe4e928adcf041045c54abc791125fbc9bae9ecc8a6555903420004160e12897df4edb61dd812feb96748fbd3ccf4ffe26aa6' +
  'f6db9540af49c942324a7dad08bb9a459531694beb20aa489d6649975e1bfcf8c4741b78b4b223007f0321005270f9fa4295a5179a0bd7269a' +
  'c3a97d30d60b1a40a4cabb20496f651a9fd899'

describe('SM2EnvelopedKey', () => {
  test('ok/the example opens to the enclosed key', async () => {
    const key = await openEnvelopedKey(fromHex(vector), signing)
    expect(toHex(key.pkcs8())).toContain(enclosed)
    expect(key.spki).toEqual(encryption.spki)
  })

  test('ok/what is wrapped opens again, for the other key alone', async () => {
    const wrapped = wrapEnvelopedKey(encryption, signing.spki)
    expect((await openEnvelopedKey(wrapped, signing)).spki).toEqual(encryption.spki)
    expect(await codeOf(() => openEnvelopedKey(wrapped, encryption))).toBe('key.decryption_failed')
    const rsa = await generatePrivateKey('P-256')
    expect(await codeOf(() => wrapEnvelopedKey(rsa, signing.spki))).toBe('key.mechanism_unsupported')
  })

  const symmetric = fromHex('0123456789abcdeffedcba9876543210')
  const pointOf = ({ spki }: { spki: Uint8Array }) => spki.subarray(-65)
  const make = (secret: Uint8Array, point = pointOf(encryption), algorithm: string = oids.sm4, key = symmetric) =>
    sequence(
      sequence(oid(algorithm), nullValue()),
      encryptSm2(pointOf(signing), key),
      bitString(point),
      bitString(secret),
    )
  const padded = encryptSm4Ecb(symmetric, fromHex(enclosed + '10'.repeat(16)))

  test('ok/with a padding, and under the cipher without its mode', async () => {
    expect((await openEnvelopedKey(make(padded), signing)).spki).toEqual(encryption.spki)
  })

  test.each<[string, Uint8Array]>([
    ['key.mismatch', make(encryptSm4Ecb(symmetric, fromHex(d)))],
    ['key.mismatch', make(padded, pointOf(signing))],
    ['key.mismatch', make(encryptSm4Ecb(symmetric, new Uint8Array(32)))],
    ['key.malformed secret_length', make(padded.subarray(0, 16))],
    ['key.malformed point_form', make(padded, pointOf(encryption).subarray(1))],
    ['key.unsupported cipher', make(padded, pointOf(encryption), oids.sm4Cbc)],
    ['key.decryption_failed', make(padded, pointOf(encryption), oids.sm4Ecb, new Uint8Array(24))],
    ['key.malformed truncated', fromHex(vector).subarray(0, 100)],
  ])('fail/%s', async (code, der) => expect(await codeOf(() => openEnvelopedKey(der, signing))).toBe(code))
})

/** Test key of CFCA's SADK, from emmansun/gmsm (MIT); its password is 123456. */
const keyFile = `-----BEGIN CFCA KEY-----
MIIDSQIBATBHBgoqgRzPVQYBBAIBBgcqgRzPVQFoBDDkLvKllj9ZWhaKU6MSnxBBV5yaF3tEcOk1
vQniWyVzyaQA4F3j/YvDJwEoE8gOF/swggL5BgoqgRzPVQYBBAIBBIIC6TCCAuUwggKJoAMCAQIC
BRBAmQgJMAwGCCqBHM9VAYN1BQAwXDELMAkGA1UEBhMCQ04xMDAuBgNVBAoMJ0NoaW5hIEZpbmFu
Y2lhbCBDZXJ0aWZpY2F0aW9uIEF1dGhvcml0eTEbMBkGA1UEAwwSQ0ZDQSBURVNUIFNNMiBPQ0Ex
MB4XDTIwMTExOTA4MzExOFoXDTI1MTExOTA4MzExOFowgYkxCzAJBgNVBAYTAkNOMRcwFQYDVQQK
DA5DRkNBIFRFU1QgT0NBMTENMAsGA1UECwwEUFNCQzEZMBcGA1UECwwQT3JnYW5pemF0aW9uYWwt
MjE3MDUGA1UEAwwuMDUxQOmCruWCqOe6v+S4iuaUtuWNleWVhuaIt0BONTEwMTEzMDAwMTg4NzhA
MTBZMBMGByqGSM49AgEGCCqBHM9VAYItA0IABJVRC63OKfcL4H324rDOdb4SSlbAjoJDXnK0qmwX
Z59FWmiSqt3ipreljKew4QynjTgR/yfp9yjNgNU8G5pkYdujggEGMIIBAjAfBgNVHSMEGDAWgBRr
/hjaj0I6prhtsy6Igzo0osEw4TAMBgNVHRMBAf8EAjAAMEgGA1UdIARBMD8wPQYIYIEchu8qAQEw
MTAvBggrBgEFBQcCARYjaHR0cDovL3d3dy5jZmNhLmNvbS5jbi91cy91cy0xNC5odG0wOQYDVR0f
BDIwMDAuoCygKoYoaHR0cDovL3VjcmwuY2ZjYS5jb20uY24vU00yL2NybDE0MzU2LmNybDAOBgNV
HQ8BAf8EBAMCBsAwHQYDVR0OBBYEFPiGPZT0oTuRXvkyGoOgviNEWnc1MB0GA1UdJQQWMBQGCCsG
AQUFBwMCBggrBgEFBQcDBDAMBggqgRzPVQGDdQUAA0gAMEUCIQCJDSsVPfhr+gnDASMj5Syt+hxs
amHygPecjCLbcdFQQgIgSXC4musF5Fnj/CpNTqvk9+56FuINkATGS8xRh7kzKBE=
-----END CFCA KEY-----
`

describe('CFCA’s key file', () => {
  const bare = keyFile.replaceAll(/-----.*-----/g, '')
  test.each([
    ['PEM', keyFile],
    ['base64', bare],
    ['DER', Buffer.from(bare, 'base64')],
  ])('ok/%s', (_name, file) => {
    const { key, certificate } = readCfcaKeyFile(Buffer.from(file), '123456')
    expect(certificate.subject.commonName).toBe('051@邮储线上收单商户@N51011300018878@1')
    expect(key.spki).toEqual(certificate.spki)
  })

  const der = Buffer.from(bare, 'base64')
  const changed = (from: string, to: string) => Buffer.from(der.toString('hex').replace(from, to), 'hex')
  test.each<[string, Uint8Array, string]>([
    ['key.password_wrong', der, '1234567'],
    ['key.password_wrong', der, ''],
    ['key.malformed content_type', changed('2a811ccf550601040201', '2a811ccf550601040202'), '123456'],
    ['key.unsupported cipher', changed('2a811ccf550168', '2a811ccf550169'), '123456'],
    ['key.malformed version', changed('020101', '020102'), '123456'],
    ['key.malformed no_key_file', Buffer.from('???'), '123456'],
    ['key.malformed truncated', der.subarray(0, 90), '123456'],
  ])('fail/%s', async (code, file, password) => {
    expect(await codeOf(() => readCfcaKeyFile(file, password))).toBe(code)
  })
})

describe('CFCA’s escrowed key', () => {
  /** From the same source. */
  const temporary = sm2PrivateKey(fromHex('cacece36cac24aab94e52bcd5c0f552c95028f2856053135a1e47510b4c307ba'))
  const wanted = 'f6e02c941a0dfdac58d8b3b1bc1bd136f179741b7465ebc7b0b25bb381840a3b'
  const blob =
    'MIHGAgEBBIHArhtKwTVT8dPEkykVRpvQNMxHv/yeqtaKZiSp2MbjcqMZtPfKW8Ia,tiIPPitNhQtU5C7gMbsUxgf5Yo16vDSXdoWqoOOaes2pEJwmXWZI' +
    '55lMMWc168Wg,zQ82fmMi05Vhlw9HNjGI3azE6MS5/ujSNGLZ0qAAmLnBiHlXFAXXAWRiy9MxZKwF,4xKn6qMaKmkqbYmTbBbEJEhzJBmu0IJ1kNDcTFi' +
    'rAyapghHSw267erSUwsHjkQis,9mKYpzGied0E,'
  const prefix = (length: number) =>
    `${'1'.padStart(16, '0')}${'1'.padStart(16, '0')}${'0'.repeat(32)}${String(length).padStart(16, '0')}`

  test.each([
    ['with prefix and commas', prefix(blob.length) + blob],
    ['with commas', blob],
    ['bare', blob.replaceAll(',', '')],
    ['with a line end', `${blob}\r\n`],
  ])('ok/%s', async (_name, reply) => {
    expect(toHex((await openEscrowedKey(reply, temporary)).pkcs8())).toContain(wanted)
  })

  const seal = (plaintext: Uint8Array) =>
    toBase64(sequence(smallInteger(1), octetString(encryptSm2(temporary.spki.subarray(-65), plaintext, 'c1c3c2-bare'))))
  test.each([
    ['key.malformed escrow_length', prefix(7) + blob],
    ['key.malformed escrow_base64', `${blob}*`],
    ['key.malformed unexpected_tag', 'AgEB'],
    ['key.malformed too_long', blob.repeat(20)],
    ['key.decryption_failed', blob.replace('tiIP', 'tiIQ')],
    ['key.decryption_failed', seal(new Uint8Array(95))],
    ['key.mismatch', seal(new Uint8Array(96).fill(1))],
  ])('fail/%s', async (code, reply) => expect(await codeOf(() => openEscrowedKey(reply, temporary))).toBe(code))
})
