import { createHash, randomBytes } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { encryptEnvelope } from '../cms/enveloped/encrypt.ts'
import { memorySink } from '../io/byte-sink.ts'
import { bufferSource } from '../io/byte-source.ts'
import type { ReadableSink } from '../io/file-sink.ts'
import { issueRecipient } from '../testing/recipient.ts'
import { collect, inPieces } from '../testing/streams.ts'
import { missingSegments } from './check-segments.ts'
import { decryptBid, readContentKey } from './decrypt-bid.ts'
import type { DecryptBidInput } from './decrypt-bid.ts'
import { encryptBid } from './encrypt-bid.ts'
import type { EncryptBidInput } from './encrypt-bid.ts'
import { parseManifest, toPublicManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'

const now = new Date('2026-11-23T08:00:00Z')
const openingTime = new Date('2026-12-01T01:30:00Z')
const bid = new Uint8Array(randomBytes(2_500_000))
const bidder = issueRecipient('sm2')
const tenderee = issueRecipient('sm2')
const rsa = issueRecipient('rsa-2048')
const ec = issueRecipient('P-256')

/** A target in memory that can be read back, changed behind the writer's back, and counts what is asked of it. */
const createTarget = (spoil?: (bytes: Uint8Array) => void) => {
  const parts: Uint8Array[] = []
  const calls: string[] = []
  const all = () => new Uint8Array(Buffer.concat(parts))
  const sink: ReadableSink = {
    write: (chunk) => void parts.push(new Uint8Array(chunk)),
    commit: () => void calls.push('commit'),
    abort: () => void calls.push('abort'),
    written: () => {
      const bytes = all()
      spoil?.(bytes)
      return bufferSource(bytes)
    },
  }
  return { sink, calls, all }
}

const encrypt = async (overrides: Partial<EncryptBidInput> = {}, target = createTarget()) => {
  const recorded: Manifest[] = []
  const { manifest, warnings } = await encryptBid({
    source: bufferSource(bid),
    target: target.sink,
    recipients: [{ certificate: bidder.certificate }, { certificate: tenderee.certificate }],
    profile: 'gm',
    trialKey: bidder,
    now,
    openingTime,
    record: (made) => {
      expect(target.calls).toEqual([])
      recorded.push(made)
    },
    ...overrides,
  })
  expect(target.calls).toEqual(['commit'])
  expect(recorded).toEqual([manifest])
  return { manifest, warnings, message: target.all() }
}
const international = {
  profile: 'cms' as const,
  recipients: [{ certificate: rsa.certificate }, { certificate: ec.certificate }],
  trialKey: ec,
}

const decrypt = async (message: Uint8Array, options: Partial<DecryptBidInput>) => {
  const sink = memorySink()
  const size = await decryptBid({ source: bufferSource(message), sink, key: bidder, manifest: null, ...options })
  expect(sink.bytes()).toHaveLength(size)
  return sink.bytes()
}
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  )
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('encrypting a bid', () => {
  it('ok/every recipient decrypts it, with either manifest or with none', async () => {
    const { manifest, message, warnings } = await encrypt()
    expect(warnings).toEqual([])
    for (const key of [bidder, tenderee]) {
      for (const record of [manifest, toPublicManifest(manifest), null]) {
        expect(Buffer.compare(await decrypt(message, { key, manifest: record }), bid)).toBe(0)
      }
    }
  })

  it('ok/for RSA and elliptic curves', async () => {
    const { manifest, message } = await encrypt(international)
    for (const key of [rsa, ec]) expect(Buffer.compare(await decrypt(message, { key, manifest }), bid)).toBe(0)
  })

  it('ok/the manifest says what was made, and its public part nothing of the plaintext', async () => {
    const { manifest, message } = await encrypt(international)
    expect(manifest).toMatchObject({
      profile: 'cms',
      cipher: 'aes-256-gcm',
      createdAt: now.toISOString(),
      plaintext: { size: bid.length, sha256: sha256(bid) },
      ciphertext: { size: message.length, sha256: sha256(message) },
      segments: { sha256: [sha256(message)] },
      trial: 'recipient-key',
      recipients: [
        { serial: rsa.certificate.serial, keyEncryption: 'rsa-oaep-sha256', fingerprint: rsa.certificate.fingerprint },
        { serial: ec.certificate.serial, keyEncryption: 'ecdh', notAfter: ec.certificate.notAfter.toISOString() },
      ],
    })
    expect(parseManifest(JSON.stringify(manifest))).toEqual(manifest)
    const open = toPublicManifest(manifest)
    expect(parseManifest(JSON.stringify(open))).toEqual(open)
    expect(JSON.stringify(open)).not.toContain(manifest.plaintext.sha256)
    expect(() => parseManifest('{"version":2}')).toThrow(expect.objectContaining({ code: 'envelope.malformed' }))
  })

  it.each([0, 1, 16, 1024 * 1024])('ok/a bid of %i bytes', async (length) => {
    const { manifest, message } = await encrypt({ source: bufferSource(bid.subarray(0, length)) })
    expect(await decrypt(message, { manifest })).toHaveLength(length)
  })

  it('ok/without a key at hand the trial uses the content key, and the manifest says so', async () => {
    expect((await encrypt({ trialKey: null })).manifest.trial).toBe('content-key')
  })

  it('ok/progress goes through encryption and trial', async () => {
    const seen: number[] = []
    await encrypt({ onProgress: (done, total) => void seen.push(done / total) })
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen)
    expect(seen.at(-1)).toBe(1)
  })

  it('warns of certificates that expire before the opening, and of no others', async () => {
    const shortLived = issueRecipient('sm2', { notAfter: new Date('2026-11-30T00:00:00Z') })
    const recipients = [{ certificate: bidder.certificate }, { certificate: shortLived.certificate }]
    expect((await encrypt({ recipients })).warnings).toEqual([
      {
        code: 'expires_before_opening',
        serial: shortLived.certificate.serial,
        notAfter: shortLived.certificate.notAfter,
      },
    ])
    expect((await encrypt({ recipients, openingTime: null })).warnings).toEqual([])
  })

  const refused: [string, string, () => Partial<EncryptBidInput>][] = [
    ['an expired certificate', 'certificate.expired', () => ({ now: new Date('2046-01-01T00:00:00Z') })],
    ['one that is not valid yet', 'certificate.not_yet_valid', () => ({ now: new Date('2019-01-01T00:00:00Z') })],
    [
      'a signing certificate',
      'certificate.usage_refused',
      () => ({
        recipients: [{ certificate: issueRecipient('sm2', { keyUsage: [0, 1] }).certificate }],
        trialKey: null,
      }),
    ],
    ['an RSA certificate in the GM profile', 'certificate.usage_refused', () => ({ ...international, profile: 'gm' })],
    ['a trial key that is no recipient', 'envelope.not_for_key', () => ({ trialKey: issueRecipient('sm2') })],
    [
      'a trial key that does not fit its certificate',
      'envelope.trial_failed',
      () => ({ trialKey: { certificate: bidder.certificate, key: tenderee.key } }),
    ],
    [
      'a source that ends early',
      'envelope.source_changed',
      () => ({ source: { ...bufferSource(bid), size: bid.length + 1 } }),
    ],
    ['a source that says it changed', 'envelope.source_changed', () => ({ isUnchanged: () => Promise.resolve(false) })],
    ['nobody', 'request.invalid', () => ({ recipients: [], trialKey: null })],
  ]
  it.each(refused)('fail/%s: %s', async (_name, code, overrides) => {
    const target = createTarget()
    expect(await codeOf(encrypt({ ...overrides(), record: () => expect.unreachable() }, target))).toBe(code)
    expect(target.calls).toEqual(['abort'])
  })

  it('fail/a source that is another one the second time is noticed', async () => {
    const copy = Uint8Array.from(bid)
    let reads = 0
    const source = {
      size: copy.length,
      read: (offset: number, length: number) => {
        if (++reads === 4) copy[7] = (copy[7] ?? 0) ^ 1
        return copy.slice(offset, offset + length)
      },
    }
    expect(await codeOf(encrypt({ source }))).toBe('envelope.source_changed')
  })

  it.each([
    ['a bit of the content', (bytes: Uint8Array) => bytes.fill((bytes[1_000_000] ?? 0) ^ 1, 1_000_000, 1_000_001)],
    ['the tag', (bytes: Uint8Array) => bytes.fill((bytes.at(-8) ?? 0) ^ 1, bytes.length - 8, bytes.length - 7)],
    ['the end', (bytes: Uint8Array) => bytes.fill(1, bytes.length - 1)],
  ])('fail/a disk that spoils %s is noticed before anything is handed out', async (_name, spoil) => {
    const target = createTarget(spoil)
    expect(await codeOf(encrypt({ record: () => expect.unreachable() }, target))).toBe('envelope.trial_failed')
    expect(target.calls).toEqual(['abort'])
  })

  it('fail/a full disk and a manifest that cannot be kept leave no message', async () => {
    const full = new Error('ENOSPC')
    for (const overrides of [{ record: () => Promise.reject(full) }, {}]) {
      const target = createTarget()
      if (!('record' in overrides)) target.sink.write = () => Promise.reject(full)
      expect(await codeOf(encrypt(overrides, target))).toBe(full)
      expect(target.calls).toEqual(['abort'])
    }
  })

  it('fail/cancelled in the middle, in the encryption and in the trial', async () => {
    for (const at of [0.1, 0.9]) {
      const controller = new AbortController()
      const target = createTarget()
      const onProgress = (done: number, total: number) => {
        if (done / total > at) controller.abort(new AppError('operation.cancelled_by_user'))
      }
      const run = encrypt({ onProgress, signal: controller.signal }, target)
      expect(await codeOf(run)).toBe('operation.cancelled_by_user')
      expect(target.calls).toEqual(['abort'])
    }
  })
})

describe('decrypting a bid', () => {
  it('ok/onto a disk that takes its time, from which a chunk is hashed meanwhile', async () => {
    const { manifest, message } = await encrypt(international)
    const inner = memorySink()
    const write = async (chunk: Uint8Array) => {
      await new Promise(setImmediate)
      await inner.write(chunk)
    }
    await decryptBid({ source: bufferSource(message), sink: { ...inner, write }, key: rsa, manifest })
    expect(Buffer.compare(inner.bytes(), bid)).toBe(0)
  })

  it('ok/the content key alone may travel', async () => {
    const { message, manifest } = await encrypt()
    const contentKey = await readContentKey(bufferSource(message), tenderee)
    expect(contentKey).toHaveLength(16)
    expect(Buffer.compare(await decrypt(message, { key: contentKey, manifest }), bid)).toBe(0)
  })

  it('fail/a wrong key, a wrong content key and a spoiled message are one error, and leave nothing', async () => {
    const { message } = await encrypt()
    const spoiled = message.map((byte, index) => (index === 1_000_000 ? byte ^ 1 : byte))
    const wrong = { certificate: bidder.certificate, key: tenderee.key }
    const contentKey = await readContentKey(bufferSource(message), wrong)
    const attempts: [Uint8Array, DecryptBidInput['key']][] = [
      [spoiled, bidder],
      [message, wrong],
      [message, contentKey],
      [message, new Uint8Array(15)],
    ]
    for (const [bytes, key] of attempts) {
      const sink = memorySink()
      const run = decryptBid({ source: bufferSource(bytes), sink, key, manifest: null })
      await expect(run).rejects.toMatchObject({ code: 'key.decryption_failed', details: {} })
      expect(sink.bytes()).toHaveLength(0)
    }
  })

  it('fail/a message that is not the recorded one', async () => {
    const first = await encrypt({ source: bufferSource(bid.subarray(0, 1000)) })
    const second = await encrypt({ source: bufferSource(bid.subarray(1000, 2000)) })
    const attempt = (message: Uint8Array, manifest: Manifest) =>
      decrypt(message, { manifest }).catch((error: unknown) => (error as AppError).details.reason)
    expect(await attempt(first.message.subarray(1), first.manifest)).toBe('ciphertext_size')
    const { size } = second.manifest.ciphertext
    const ciphertext = { ...first.manifest.ciphertext, size }
    expect(await attempt(second.message, { ...first.manifest, ciphertext })).toBe('commitment')
    const plaintext = { ...first.manifest.plaintext, sm3: '0'.repeat(64) }
    expect(await attempt(first.message, { ...first.manifest, plaintext })).toBe('plaintext_digest')
  })

  it('fail/content that nothing vouches for is not taken', async () => {
    const recipients = [{ certificate: bidder.certificate }]
    const message = await collect(encryptEnvelope({ recipients, cipher: 'sm4-cbc', syntax: 'gm' }, inPieces(bid)))
    expect(await codeOf(decrypt(message, {}))).toBe('envelope.unsupported')
  })

  it('ok/an upload resumes by segments, and damage is found', async () => {
    const large = new Uint8Array(20_000_000)
    const { message, manifest } = await encrypt({ source: bufferSource(large), ...international })
    expect(manifest.segments.sha256).toHaveLength(3)
    const missing = (bytes: Uint8Array) => missingSegments(bufferSource(bytes), toPublicManifest(manifest))
    expect(await missing(message)).toEqual([])
    expect(await missing(message.subarray(0, 17_000_000))).toEqual([2])
    expect(await missing(new Uint8Array(0))).toEqual([0, 1, 2])
    expect(await missing(message.map((byte, index) => (index === 9_000_000 ? byte ^ 1 : byte)))).toEqual([1])
    const tiny = { ...toPublicManifest(manifest), segments: { size: 1, sha256: manifest.segments.sha256 } }
    expect(await codeOf(missingSegments(bufferSource(message), tiny))).toBe('envelope.malformed')
  })
})
