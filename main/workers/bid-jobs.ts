import { fromUtf8 } from '#pki/bytes/encodings.ts'
import type { EncryptedBid } from '#pki/envelope/encrypt-bid.ts'
import type { Manifest } from '#pki/envelope/manifest.ts'
import { fillSink } from '#pki/io/byte-sink.ts'
import { parseCertificate } from '#pki/x509/certificate.ts'
import type { DecryptBidJob, EncryptBidJob } from '../documents/bid-job.ts'
import { decryptFile, encryptFile } from './envelope-files.ts'
import { createHiddenFile } from './hidden-file.ts'

const keepManifest = async (file: string, manifest: Manifest): Promise<void> => {
  const sink = await createHiddenFile(file)
  await fillSink(sink, async () => sink.write(fromUtf8(`${JSON.stringify(manifest, null, 2)}\n`)))
}

/** @throws what `encryptFile` throws */
export const encryptBidFile = (job: EncryptBidJob, signal: AbortSignal): Promise<EncryptedBid> =>
  encryptFile(job, {
    recipients: job.recipients.map(({ certificate, ...options }) => ({
      ...options,
      certificate: parseCertificate(certificate),
    })),
    profile: job.profile,
    // Keys stay where they are: the trial is made with the content's own.
    trialKey: null,
    now: new Date(),
    openingTime: job.openingTime,
    record: (manifest) => keepManifest(job.manifest, manifest),
    signal,
  })

/** @throws what `decryptFile` throws */
export const decryptBidFile = async (job: DecryptBidJob, signal: AbortSignal): Promise<number> => {
  try {
    return await decryptFile(job, { key: job.contentKey, manifest: job.recorded, signal })
  } finally {
    job.contentKey.fill(0)
  }
}
