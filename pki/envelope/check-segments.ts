import { AppError } from '#contract/errors.ts'
import { headOf } from '../io/byte-source.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { streamOf } from '../io/byte-stream.ts'
import { createSegments } from './digests.ts'
import type { PublicManifest } from './manifest.ts'

/**
 * Numbers of the segments, from 0, that are missing or other ones than recorded: what an upload still has to send, or what was
 * damaged on the way. Empty for a whole message.
 * @throws envelope.malformed for a manifest whose segments do not make up its message
 */
export const missingSegments = async (
  source: ByteSource,
  { segments, ciphertext }: PublicManifest,
): Promise<number[]> => {
  // A digest is made for each: no more than there are in the manifest.
  if (Math.ceil(ciphertext.size / segments.size) !== segments.sha256.length) {
    throw new AppError('envelope.malformed', { reason: 'segment_count' })
  }
  const actual = createSegments(segments.size)
  for await (const chunk of streamOf(headOf(source, Math.min(source.size, ciphertext.size)))) actual.update(chunk)
  const found = actual.digests()
  return segments.sha256.flatMap((digest, index) => (found[index] === digest ? [] : [index]))
}
