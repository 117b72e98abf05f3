import { AppError } from '#contract/errors.ts'
import { createDigest } from '../algorithms/digest.ts'
import { bytesEqual, fromHex, secretsEqual } from '../bytes/encodings.ts'
import { openEnvelope } from '../cms/enveloped/decrypt.ts'
import type { OpenedEnvelope } from '../cms/enveloped/decrypt.ts'
import type { RecipientKey } from '../cms/enveloped/unwrap.ts'
import { fillSink } from '../io/byte-sink.ts'
import type { ByteSink } from '../io/byte-sink.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { streamOf } from '../io/byte-stream.ts'
import { commitmentOf } from './commitment.ts'
import type { Manifest, PublicManifest } from './manifest.ts'
import { profiles } from './profiles.ts'

export interface DecryptBidInput {
  readonly source: ByteSource
  /** Is committed after the tag and, with a manifest, everything in it were checked. */
  readonly sink: ByteSink
  /** A recipient's key, or the content's key that somebody with such a key has decrypted (`readContentKey`). */
  readonly key: RecipientKey | Uint8Array
  /** What was recorded at encryption. Without it nobody knows whether a sender prepared two readings of one message. */
  readonly manifest: Manifest | PublicManifest | null
  readonly signal?: AbortSignal
}

const differs = (reason: string): never => {
  throw new AppError('envelope.malformed', { reason })
}

const open = async (source: ByteSource): Promise<OpenedEnvelope> => {
  const opened = await openEnvelope(streamOf(source))
  if (opened.head.type === 'auth-enveloped') return opened
  await opened.close()
  throw new AppError('envelope.unsupported', { reason: 'not_authenticated' })
}

/**
 * The content's key, to be handed to who decrypts the bid and overwritten then: a few bytes travel in place of the file. A
 * random one where the key is wrong, so that only the decryption of the content tells. @throws envelope.not_for_key
 */
export const readContentKey = async (source: ByteSource, key: RecipientKey): Promise<Uint8Array> => {
  const opened = await open(source)
  try {
    return await opened.contentKey(key)
  } finally {
    await opened.close()
  }
}

/** Hashes what passes, and checks it against the manifest when everything was decrypted. */
const checkedSink = ({ sink, signal, manifest }: DecryptBidInput, contentKey: Uint8Array): ByteSink => {
  const hash = manifest === null ? null : createDigest(profiles[manifest.profile].hash)
  return {
    write: (chunk) => {
      signal?.throwIfAborted()
      // Hashed while it goes to the disk.
      const written = sink.write(chunk)
      hash?.update(chunk)
      return written
    },
    commit: () => {
      if (manifest === null || hash === null) return
      const digest = hash.digest()
      const { profile, commitment } = manifest
      if (!secretsEqual(commitmentOf(profile, contentKey, digest), fromHex(commitment))) differs('commitment')
      const recorded = 'plaintext' in manifest ? manifest.plaintext[profiles[profile].hash] : null
      if (recorded !== null && !bytesEqual(digest, fromHex(recorded))) differs('plaintext_digest')
    },
    abort: () => undefined,
  }
}

const decryptAndCheck = async (input: DecryptBidInput): Promise<number> => {
  const { source, manifest, key } = input
  if (manifest !== null && manifest.ciphertext.size !== source.size) differs('ciphertext_size')
  const opened = await open(source)
  const contentKey = key instanceof Uint8Array ? key : await opened.contentKey(key)
  try {
    const { size } = await opened.decrypt(contentKey, checkedSink(input, contentKey))
    return size
  } finally {
    if (contentKey !== key) contentKey.fill(0)
  }
}

/**
 * Decrypts a bid that `encryptBid` or another CMS implementation made. Only what has a tag is taken. The sink is committed or,
 * whatever fails, aborted.
 * @returns the size of the plaintext
 * @throws key.decryption_failed, whatever the cause; envelope.not_for_key; envelope.malformed, also for a message or content
 * that is not the recorded one; envelope.unsupported; and what source, sink, key and signal throw
 */
export const decryptBid = (input: DecryptBidInput): Promise<number> =>
  fillSink(input.sink, () => decryptAndCheck(input))
