import { AppError } from '#contract/errors.ts'
import { openEnvelope } from '../cms/enveloped/decrypt.ts'
import { prepareEnvelope } from '../cms/enveloped/encrypt.ts'
import type { PreparedEnvelope } from '../cms/enveloped/encrypt.ts'
import type { Recipient } from '../cms/enveloped/recipients.ts'
import type { RecipientKey } from '../cms/enveloped/unwrap.ts'
import { toHex } from '../bytes/encodings.ts'
import { fillSink, writeBehind } from '../io/byte-sink.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { streamOf } from '../io/byte-stream.ts'
import type { ReadableSink } from '../io/file-sink.ts'
import { commitmentOf } from './commitment.ts'
import { comparingSink } from './comparing-sink.ts'
import { createDigests, createSegments, describeDigests } from './digests.ts'
import type { Digests } from './digests.ts'
import type { Manifest } from './manifest.ts'
import { profiles } from './profiles.ts'
import type { EnvelopeProfile } from './profiles.ts'
import { checkRecipients, describeRecipient } from './recipients.ts'
import type { EnvelopeWarning } from './recipients.ts'

export interface EncryptBidInput {
  readonly source: ByteSource
  /** Says at the end whether the source is still the one that was opened, for instance by its time of change. */
  readonly isUnchanged?: () => Promise<boolean>
  /** Shows nothing before the trial decryption succeeded. */
  readonly target: ReadableSink
  readonly recipients: readonly Recipient[]
  readonly profile: EnvelopeProfile
  /** One of the recipients' keys, for the trial decryption. null, where none is at hand: the content's own key is used. */
  readonly trialKey: RecipientKey | null
  readonly now: Date
  /** When bids are opened; null where it is not known. */
  readonly openingTime: Date | null
  /** Keeps the manifest, before the message can be seen: there is never a message without one. */
  readonly record: (manifest: Manifest) => Promise<void> | void
  readonly signal?: AbortSignal
  /** Bytes that are done, of twice the source's size: encryption and trial decryption. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface EncryptedBid {
  readonly manifest: Manifest
  readonly warnings: readonly EnvelopeWarning[]
}

const SEGMENT = 8 * 1024 * 1024

const changed = (): never => {
  throw new AppError('envelope.source_changed')
}

const encryptOnce = async ({ source, target, signal, onProgress }: EncryptBidInput, prepared: PreparedEnvelope) => {
  const plaintext = createDigests()
  const ciphertext = createDigests()
  const segments = createSegments(SEGMENT)
  let done = 0
  const content = async function* () {
    for await (const chunk of streamOf(source)) {
      signal?.throwIfAborted()
      plaintext.update(chunk)
      yield chunk
      done += chunk.length
      onProgress?.(done, 2 * source.size)
    }
    if (done !== source.size) changed()
  }
  const writer = writeBehind(target)
  try {
    for await (const chunk of prepared.encrypt(content())) {
      ciphertext.update(chunk)
      segments.update(chunk)
      await writer.write(chunk)
    }
    await writer.flush()
  } finally {
    await writer.settle()
  }
  return { plaintext: plaintext.digest(), ciphertext: ciphertext.digest(), segments: segments.digests() }
}

/** What the trial found wrong with what was written; anything else, such as an unplugged token, is thrown as it is. */
const asTrialFailure = (error: unknown): unknown =>
  error instanceof AppError &&
  (error.code === 'key.decryption_failed' ||
    error.code === 'envelope.malformed' ||
    error.code === 'envelope.unsupported')
    ? new AppError('envelope.trial_failed', {}, { cause: error })
    : error

/** Reads back what was written, decrypts it as a recipient will, and compares it with the source as it is now. */
const tryDecryption = async (input: EncryptBidInput, contentKey: Uint8Array): Promise<void> => {
  const { source, target, trialKey, signal, onProgress } = input
  const sink = comparingSink(source, (done) => {
    signal?.throwIfAborted()
    onProgress?.(source.size + done, 2 * source.size)
  })
  try {
    const opened = await openEnvelope(streamOf(target.written()))
    await opened.decrypt(trialKey ?? contentKey, sink)
  } catch (error) {
    throw asTrialFailure(error)
  }
  // The tag was right: it is the source that is another one than before.
  if (!sink.isSame() || (await input.isUnchanged?.()) === false) changed()
}

const describe = (
  { profile, now, trialKey }: EncryptBidInput,
  { keys, contentKey }: PreparedEnvelope,
  { plaintext, ciphertext, segments }: { plaintext: Digests; ciphertext: Digests; segments: string[] },
): Manifest => ({
  version: 1,
  profile,
  cipher: profiles[profile].cipher,
  createdAt: now.toISOString(),
  plaintext: describeDigests(plaintext),
  ciphertext: describeDigests(ciphertext),
  segments: { size: SEGMENT, sha256: segments },
  recipients: keys.map(describeRecipient),
  commitment: toHex(commitmentOf(profile, contentKey, plaintext[profiles[profile].hash])),
  trial: trialKey === null ? 'content-key' : 'recipient-key',
})

const encryptAndTry = async (input: EncryptBidInput): Promise<EncryptedBid> => {
  const { recipients, profile, now, openingTime, trialKey } = input
  const warnings = checkRecipients(recipients, profile, now, openingTime)
  const isRecipient = recipients.some(
    ({ certificate }) => certificate.fingerprint === trialKey?.certificate.fingerprint,
  )
  if (trialKey !== null && !isRecipient) throw new AppError('envelope.not_for_key')
  const prepared = await prepareEnvelope({ recipients, cipher: profiles[profile].cipher })
  try {
    const manifest = describe(input, prepared, await encryptOnce(input, prepared))
    await tryDecryption(input, prepared.contentKey)
    await input.record(manifest)
    return { manifest, warnings }
  } finally {
    prepared.close()
  }
}

/**
 * Encrypts a bid for its recipients into a message that any CMS implementation with AuthEnvelopedData opens, decrypts it
 * again, and only then lets it be seen: `target` is committed or, whatever fails, aborted. Interrupted at any point it leaves
 * nothing that could be taken for a message; it begins anew with another key (docs/adr/0011-bid-envelope.md).
 * @throws certificate.usage_refused, certificate.expired, certificate.not_yet_valid; envelope.not_for_key when the trial key
 * is no recipient's; envelope.source_changed, envelope.trial_failed; and what source, target, key and signal throw
 */
export const encryptBid = (input: EncryptBidInput): Promise<EncryptedBid> =>
  fillSink(input.target, () => encryptAndTry(input))
