import { createCipheriv, randomBytes } from 'node:crypto'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { oids } from '../../algorithms/oids.ts'
import { publicPointOf } from '../../algorithms/public-key.ts'
import { berToDer } from '../../asn1/ber.ts'
import { encode, explicit, nullValue, octetString, oid, sequence, setOf, smallInteger } from '../../asn1/writer.ts'
import { encryptSm2 } from '../../gm/sm2-encryption.ts'
import type { Sm2CipherLayout } from '../../gm/sm2-encryption.ts'
import { createSm4CbcEncryptor } from '../../gm/sm4.ts'
import { memorySink } from '../../io/byte-sink.ts'
import { mutate, mutations } from '../../testing/mutations.ts'
import { issueRecipient } from '../../testing/recipient.ts'
import { collect, inPieces } from '../../testing/streams.ts'
import type { ContentCipher } from './content-encryption.ts'
import { openEnvelope } from './decrypt.ts'
import { encryptEnvelope, prepareEnvelope } from './encrypt.ts'
import type { EnvelopeInput } from './encrypt.ts'
import { keyIdentifierOf } from './recipient-info.ts'
import type { RecipientKey } from './unwrap.ts'

const content = randomBytes(300_000)
const rsa = issueRecipient('rsa-2048')
const p256 = issueRecipient('P-256')
const p384 = issueRecipient('P-384')
const p521 = issueRecipient('P-521')
const sm2 = issueRecipient('sm2')

const encrypt = (input: EnvelopeInput, bytes: Uint8Array = content) => collect(encryptEnvelope(input, inPieces(bytes)))
const decrypt = async (message: Uint8Array, key: RecipientKey, size = 65_536) => {
  const sink = memorySink()
  const opened = await openEnvelope(inPieces(message, size))
  const result = await opened.decrypt(key, sink)
  return { ...result, head: opened.head, bytes: sink.bytes() }
}

const ciphers: ContentCipher[] = [
  ...(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm'] as const),
  ...(['sm4-cbc', 'sm4-gcm'] as const),
]

describe('an encrypted message', () => {
  it.each(ciphers)('ok/%s comes back for each of its recipients', async (cipher) => {
    const recipients = [
      { certificate: rsa.certificate, keyEncryption: 'rsa-pkcs1' as const },
      { certificate: p256.certificate },
      { certificate: p384.certificate, naming: 'key-identifier' as const },
      { certificate: p521.certificate },
      { certificate: sm2.certificate, naming: 'key-identifier' as const },
    ]
    const message = await encrypt({ recipients, cipher })
    for (const key of [rsa, p256, p384, p521, sm2]) {
      const { bytes, ...result } = await decrypt(message, key)
      expect(Buffer.compare(bytes, content)).toBe(0)
      expect(result).toMatchObject({ size: content.length, cipher, isAuthenticated: cipher.endsWith('gcm') })
    }
  })

  it.each(['rsa-pkcs1', 'rsa-oaep-sha1', 'rsa-oaep-sha256'] as const)('ok/%s', async (keyEncryption) => {
    const message = await encrypt({
      recipients: [{ certificate: rsa.certificate, keyEncryption }],
      cipher: 'aes-256-gcm',
    })
    expect((await decrypt(message, rsa)).bytes).toHaveLength(content.length)
  })

  it('ok/in the form of GB/T 35275', async () => {
    const message = await encrypt({ recipients: [{ certificate: sm2.certificate }], cipher: 'sm4-cbc', syntax: 'gm' })
    const { head, bytes, isAuthenticated } = await decrypt(message, sm2)
    expect(Buffer.compare(bytes, content)).toBe(0)
    expect(isAuthenticated).toBe(false)
    expect(head).toMatchObject({ syntax: 'gm', version: 1, contentType: oids.gmData })
  })

  it.each([
    ['0: RSA by issuer and serial number', 0, [{ certificate: rsa.certificate }]],
    ['2: RSA by key identifier', 2, [{ certificate: rsa.certificate, naming: 'key-identifier' as const }]],
    ['2: key agreement', 2, [{ certificate: rsa.certificate }, { certificate: p256.certificate }]],
  ])('ok/version %s', async (_name, version, recipients) => {
    const message = await encrypt({ recipients, cipher: 'aes-128-cbc' })
    expect((await openEnvelope(inPieces(message))).head.version).toBe(version)
  })

  it.each([0, 1, 15, 16, 17])('ok/%i bytes, a byte at a time, as BER and as DER', async (length) => {
    const bytes = content.subarray(0, length)
    for (const cipher of ['aes-256-gcm', 'sm4-gcm', 'aes-256-cbc', 'sm4-cbc'] as const) {
      const ber = await encrypt({ recipients: [{ certificate: sm2.certificate }], cipher }, bytes)
      expect((await decrypt(ber, sm2, 1)).bytes).toEqual(new Uint8Array(bytes))
      expect((await decrypt(ber, sm2)).bytes).toEqual(new Uint8Array(bytes))
    }
  })

  it('ok/a certificate twice is one recipient', async () => {
    const { keys } = await prepareEnvelope({
      recipients: [{ certificate: sm2.certificate }, { certificate: sm2.certificate }],
      cipher: 'sm4-gcm',
    })
    expect(keys).toHaveLength(1)
  })

  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'accepted',
      (error: unknown) => (error instanceof AppError ? [error.code, error.details] : error),
    )

  it.each([
    ['a signing certificate', issueRecipient('P-256', { keyUsage: [0, 1] }), 'key_usage'],
    ['an RSA key for signatures', issueRecipient('rsa-2048', { keyUsage: [0] }), 'key_usage'],
    ['a short RSA key', issueRecipient('rsa-1024'), 'key_size'],
  ])('fail/%s encrypts nothing', async (_name, { certificate }, reason) => {
    const recipients = [{ certificate: sm2.certificate }, { certificate }]
    expect(await codeOf(prepareEnvelope({ recipients, cipher: 'aes-256-gcm' }))).toEqual([
      'certificate.usage_refused',
      { reason, serial: certificate.serial },
    ])
  })

  it('fail/nobody, and more than a thousand', async () => {
    expect(await codeOf(prepareEnvelope({ recipients: [], cipher: 'aes-256-gcm' }))).toMatchObject([
      'request.invalid',
      {},
    ])
    const many = Array.from({ length: 1001 }, (_, index) => ({
      certificate: { ...sm2.certificate, fingerprint: String(index) },
    }))
    expect(await codeOf(prepareEnvelope({ recipients: many, cipher: 'sm4-gcm' }))).toMatchObject([
      'request.invalid',
      {},
    ])
  })

  it('fail/another key of the same kind is told by the names in the message', async () => {
    const message = await encrypt({ recipients: [{ certificate: rsa.certificate }], cipher: 'aes-256-gcm' })
    expect(await codeOf(decrypt(message, issueRecipient('rsa-2048')))).toEqual(['envelope.not_for_key', {}])
  })

  const pieces = async (cipher: ContentCipher, recipient: RecipientKey) => {
    const keyEncryption = 'rsa-pkcs1' as const
    return encrypt(
      { recipients: [{ certificate: recipient.certificate, keyEncryption }], cipher },
      content.subarray(0, 64),
    )
  }
  it.each([
    ['RSA PKCS#1', rsa, 'aes-256-gcm'],
    ['ECDH', p256, 'aes-256-gcm'],
    ['SM2', sm2, 'sm4-gcm'],
  ] as const)(
    'fail/%s: wrong key, spoiled key, content and tag are one error and leave nothing',
    async (_, key, cipher) => {
      const message = await pieces(cipher, key)
      const other = issueRecipient(_.startsWith('RSA') ? 'rsa-2048' : key === sm2 ? 'sm2' : 'P-256')
      const spoil = (at: number) => message.map((byte, index) => (index === at ? byte ^ 1 : byte))
      // From the end: 6 end-of-contents octets, tag; 4 more, content.
      const places = [message.length - 7, message.length - 6 - 18 - 4 - 1, message.length - 6 - 18 - 4 - 64]
      const { head } = await openEnvelope(inPieces(message))
      const [info] = head.recipients
      const encryptedKeyAt = Buffer.from(message).indexOf(info!.encryptedKey)
      const outcomes = await Promise.all([
        codeOf(decrypt(message, { certificate: key.certificate, key: other.key })),
        ...[...places, encryptedKeyAt + 10, encryptedKeyAt + info!.encryptedKey.length - 1].map((at) =>
          codeOf(decrypt(spoil(at), key)),
        ),
      ])
      for (const outcome of outcomes) expect(outcome).toEqual(['key.decryption_failed', {}])
      const sink = memorySink()
      const opened = await openEnvelope(inPieces(spoil(places[2]!)))
      await expect(opened.decrypt(key, sink)).rejects.toThrow()
      expect(sink.bytes()).toHaveLength(0)
    },
  )

  it('fail/with CBC a wrong key of PKCS#1 has one outcome, however often it is asked for', async () => {
    const message = await pieces('aes-256-cbc', rsa)
    const other = issueRecipient('rsa-2048')
    const outcomes = new Set<unknown>()
    for (let round = 0; round < 20; round++) {
      const outcome = await decrypt(message, { certificate: rsa.certificate, key: other.key }).then(
        ({ bytes }) => Buffer.from(bytes).toString('hex'),
        (error: unknown) => (error as AppError).code,
      )
      outcomes.add(outcome)
    }
    expect(outcomes.size).toBe(1)
  })

  it('fail/an unplugged token stays an unplugged token', async () => {
    const message = await pieces('aes-256-gcm', rsa)
    const decryptWithout = () => Promise.reject(new AppError('token.removed'))
    const outcome = codeOf(decrypt(message, { ...rsa, key: { decrypt: decryptWithout, agree: decryptWithout } }))
    expect(await outcome).toEqual(['token.removed', {}])
  })

  it('fail/a full disk is what the sink says, and what was written is removed', async () => {
    const message = await encrypt({ recipients: [{ certificate: sm2.certificate }], cipher: 'sm4-gcm' })
    const calls: string[] = []
    const full = new Error('ENOSPC')
    const opened = await openEnvelope(inPieces(message))
    const sink = {
      write: () => Promise.reject(full),
      commit: () => void calls.push('commit'),
      abort: () => void calls.push('abort'),
    }
    await expect(opened.decrypt(sm2, sink)).rejects.toBe(full)
    expect(calls).toEqual(['abort'])
  })

  it('fail/every incomplete message is refused', async () => {
    const message = await encrypt(
      { recipients: [{ certificate: sm2.certificate }], cipher: 'sm4-gcm' },
      content.subarray(0, 40),
    )
    for (let length = 0; length < message.length; length++) {
      expect(await codeOf(decrypt(message.subarray(0, length), sm2))).toMatchObject(['envelope.malformed', {}])
    }
  })
})

describe('dialects of GB/T 35275', () => {
  const point = publicPointOf(sm2.certificate.spki)
  const key = randomBytes(16)
  const iv = randomBytes(16)
  const bulk = createSm4CbcEncryptor(key, iv)
  const ciphertext = Buffer.concat([bulk.update(content), bulk.finish()])
  const issuerSerial = sequence(sm2.certificate.issuer.der, encode(0x02, sm2.certificate.serialBytes))
  interface Dialect {
    readonly keyEncryption?: Uint8Array
    readonly cipher?: string
    readonly layout?: Sm2CipherLayout
    readonly rid?: Uint8Array
    readonly version?: number
    readonly outer?: string
    readonly inner?: string
    readonly after?: Uint8Array
  }
  const message = ({
    keyEncryption = sequence(oid(oids.sm2Encrypt)),
    cipher = oids.sm4Cbc,
    layout = 'der',
    rid = issuerSerial,
    version = 1,
    outer = oids.gmEnvelopedData,
    inner = oids.gmData,
    after = new Uint8Array(0),
  }: Dialect) =>
    sequence(
      oid(outer),
      explicit(
        0,
        sequence(
          smallInteger(version),
          setOf(
            sequence(
              smallInteger(version),
              rid,
              keyEncryption,
              octetString(encryptSm2(point.subarray(1), key, layout)),
            ),
          ),
          sequence(oid(inner), sequence(oid(cipher), octetString(iv)), encode(0x80, ciphertext), after),
        ),
      ),
    )

  const dialects: [string, Dialect][] = [
    ['the standard form', {}],
    ['GmSSL: 1.301.2 for the encryption', { keyEncryption: sequence(oid(oids.sm2KeyExchange)) }],
    ['1.301.1 with NULL', { keyEncryption: sequence(oid(oids.sm2Sign), nullValue()) }],
    ['the bare curve', { keyEncryption: sequence(oid(oids.sm2)) }],
    [
      'CFCA: key identifier, version 2, SM4 without a mode',
      {
        rid: encode(0x80, keyIdentifierOf(sm2.certificate)),
        version: 2,
        cipher: oids.sm4,
      },
    ],
    ['CFCA before 3.2: C1C2C3 without 04', { layout: 'c1c2c3-bare', cipher: oids.sm4 }],
    ['C1C3C2 without 04', { layout: 'c1c3c2-bare' }],
    ['C1C3C2', { layout: 'c1c3c2' }],
    ['C1C2C3', { layout: 'c1c2c3' }],
    ['OIDs of PKCS#7 with SM2 and SM4', { outer: '1.2.840.113549.1.7.3', inner: oids.data }],
    ['shared info behind the content', { after: encode(0x81, randomBytes(4)) }],
  ]
  it.each(dialects)('ok/%s', async (_name, options) => {
    const { bytes, isAuthenticated } = await decrypt(message(options), sm2)
    expect(Buffer.compare(bytes, content)).toBe(0)
    expect(isAuthenticated).toBe(false)
  })

  it('ok/a key identifier that no extension gives is the SHA-1 of the key', async () => {
    const bare = { ...sm2, certificate: { ...sm2.certificate, subjectKeyIdentifier: null } }
    const rid = encode(0x80, keyIdentifierOf(bare.certificate))
    expect((await decrypt(message({ rid, version: 2 }), bare)).size).toBe(content.length)
  })

  it.each<[string, Dialect]>([
    ['signed_and_enveloped', { outer: oids.gmSignedAndEnvelopedData }],
    ['content_type', { outer: oids.signedData }],
    ['content_encryption', { cipher: oids.sm4Ctr }],
    ['cipher', { outer: '1.2.840.113549.1.9.16.1.23' }],
    ['key_encryption', { keyEncryption: sequence(oid(oids.sm3)) }],
  ])('fail/unsupported: %s', async (reason, options) => {
    const error: unknown = await decrypt(message(options), sm2).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'envelope.unsupported', details: { reason } })
  })
})

describe('hostile messages', () => {
  const behaves = async (message: Uint8Array, key: RecipientKey): Promise<void> => {
    const start = process.cpuUsage()
    const error: unknown = await decrypt(message, key).catch((thrown: unknown) => thrown)
    if (error instanceof Error) {
      const code = error instanceof AppError ? error.code : error.stack
      expect(code).toMatch(/^(envelope\.|key\.(decryption_failed|mechanism_unsupported))/)
    }
    const { user, system } = process.cpuUsage(start)
    expect((user + system) / 1000).toBeLessThan(1000)
  }

  it('spoiled ones are refused with a code or read, never worse', async () => {
    const small = content.subarray(0, 100)
    const gm = await encrypt({ recipients: [{ certificate: sm2.certificate }], cipher: 'sm4-cbc', syntax: 'gm' }, small)
    const recipients = [{ certificate: p256.certificate }, { certificate: rsa.certificate }]
    const auth = await encrypt({ recipients, cipher: 'aes-256-gcm' }, small)
    const samples = [
      [gm, sm2],
      [berToDer(gm), sm2],
      [auth, p256],
      [auth, rsa],
    ] as const
    await fc.assert(
      fc.asyncProperty(mutations, fc.constantFrom(...samples), async (list, [message, key]) =>
        behaves(mutate(message, list), key),
      ),
      { numRuns: 2000 },
    )
  })

  const head = '3080 06092a864886f70d010703 a080 3080 020100'.replaceAll(' ', '')
  it.each([
    ['nested 10,000 deep', '3080'.repeat(10_000)],
    ['recipients nested 10,000 deep', `${head}3180${'3080'.repeat(10_000)}`],
    ['a length beyond all memory', `${head}31860fffffffffff30860ffffffffff0`],
    ['a recipient of a gigabyte', `${head}3180308440000000`],
    ['an originator without end', `${head}a080${'0500'.repeat(200_000)}`],
    ['a hundred thousand unknown recipients', `${head}3180${'a2020500'.repeat(100_000)}`],
  ])('%s ends at once', (_name, text) => behaves(new Uint8Array(Buffer.from(text, 'hex')), sm2))

  it('two thousand recipients are too many', async () => {
    const identifier = sequence(sequence(), smallInteger(1))
    const info = sequence(
      smallInteger(0),
      identifier,
      sequence(oid(oids.rsaEncryption)),
      octetString(new Uint8Array(8)),
    )
    const message = Buffer.from(`${head}3180${Buffer.from(info).toString('hex').repeat(2000)}`, 'hex')
    await expect(openEnvelope(inPieces(message))).rejects.toMatchObject({ details: { reason: 'too_many_recipients' } })
  })

  it('a tag shorter than its parameters say is refused, 12 octets are read', async () => {
    const key = randomBytes(32)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 12 })
    const encrypted = Buffer.concat([cipher.update(content), cipher.final()])
    const tag = cipher.getAuthTag()
    const { keys } = await prepareEnvelope({ recipients: [{ certificate: rsa.certificate }], cipher: 'aes-256-gcm' })
    expect(keys).toHaveLength(1)
    const port = {
      decrypt: () => Promise.resolve(new Uint8Array(key)),
      agree: () => Promise.reject(new Error('unused')),
    }
    const message = (mac: Uint8Array) =>
      sequence(
        oid('1.2.840.113549.1.9.16.1.23'),
        explicit(
          0,
          sequence(
            smallInteger(0),
            setOf(keys[0]!.recipientInfo),
            sequence(
              oid(oids.data),
              sequence(oid(oids.aes256Gcm), sequence(octetString(nonce))),
              encode(0x80, encrypted),
            ),
            octetString(mac),
          ),
        ),
      )
    expect((await decrypt(message(tag), { ...rsa, key: port })).isAuthenticated).toBe(true)
    await expect(decrypt(message(tag.subarray(0, 11)), { ...rsa, key: port })).rejects.toMatchObject({
      code: 'key.decryption_failed',
    })
  })
})
