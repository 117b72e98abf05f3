import { open } from 'node:fs/promises'
import type { BridgeLog } from '#bridge/ports.ts'
import type { RecipientKey } from '#pki/cms/enveloped/unwrap.ts'
import { readContentKey } from '#pki/envelope/decrypt-bid.ts'
import type { EncryptedBid } from '#pki/envelope/encrypt-bid.ts'
import { createFileSource } from '#pki/io/file-source.ts'
import type { DecryptBidJob, EncryptBidJob } from './bid-job.ts'
import { callLimits, createWorkerThread } from './worker-thread.ts'

export interface EnvelopeService {
  readonly encrypt: (job: EncryptBidJob, signal?: AbortSignal) => Promise<EncryptedBid>
  /** Bytes of the plaintext. The key, in a token or in memory, is asked here; the thread gets the content's key alone. */
  readonly decrypt: (job: Omit<DecryptBidJob, 'contentKey'>, key: RecipientKey, signal?: AbortSignal) => Promise<number>
  readonly close: () => Promise<void>
}

/** Bids in a thread of their own, so that neither main's event loop nor a signature waits for gigabytes. */
export const createEnvelopeService = (options: {
  /** The bundle, or the source file where Node runs the sources. */
  readonly workerFile: string
  readonly log: BridgeLog
}): EnvelopeService => {
  const thread = createWorkerThread({ ...options, limits: callLimits })
  const contentKeyOf = async (source: string, key: RecipientKey): Promise<Uint8Array> => {
    const handle = await open(source, 'r')
    try {
      return await readContentKey(createFileSource(handle, (await handle.stat()).size), key)
    } finally {
      await handle.close()
    }
  }
  return {
    encrypt: (job, signal) => thread.call('encryptBid', job, undefined, signal),
    decrypt: async (job, key, signal) => {
      const contentKey = await contentKeyOf(job.source, key)
      try {
        return await thread.call('decryptBid', { ...job, contentKey }, undefined, signal)
      } finally {
        contentKey.fill(0)
      }
    },
    close: thread.close,
  }
}
