import type { DigestAlgorithm } from '#contract/keys.ts'
import { digest } from '../algorithms/digest.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import type { SignedData } from './signed-data.ts'

export interface ContentOptions {
  /** The content, its digest by algorithm, or both. Of an attached message it must be the content that is attached. */
  readonly content?: Uint8Array
  readonly contentDigest?: (algorithm: DigestAlgorithm) => Uint8Array | undefined
}

/** What a message's signatures are over. */
export interface SignedContent {
  /** undefined where only digests are at hand, or nothing. */
  readonly bytes: Uint8Array | undefined
  /** Made once for each algorithm. */
  digest(algorithm: DigestAlgorithm): Uint8Array | undefined
  /**
   * How attached content agrees with what the caller gave: `hash` when it is the digest of that (met in seals by GB/T 35275:
   * 32 bytes SM3 in place of the document).
   */
  agreement(algorithm: DigestAlgorithm): 'same' | 'hash' | 'differs' | 'unknown'
}

const remember = (compute: SignedContent['digest']): SignedContent['digest'] => {
  const known = new Map<DigestAlgorithm, Uint8Array | undefined>()
  return (algorithm) => {
    if (!known.has(algorithm)) known.set(algorithm, compute(algorithm))
    return known.get(algorithm)
  }
}

export const contentOf = ({ content: attached, dialect }: SignedData, options: ContentOptions): SignedContent => {
  const { content: given, contentDigest } = options
  const ofGiven = remember(
    (algorithm) => contentDigest?.(algorithm) ?? (given === undefined ? undefined : digest(algorithm, given)),
  )
  if (attached === null) return { bytes: given, digest: ofGiven, agreement: () => 'same' }
  const isSame = given !== undefined && bytesEqual(given, attached)
  const ofAttached = isSame ? ofGiven : remember((algorithm) => digest(algorithm, attached))
  return {
    bytes: attached,
    digest: ofAttached,
    agreement: (algorithm) => {
      if (isSame || (given === undefined && contentDigest === undefined)) return 'same'
      const expected = ofGiven(algorithm)
      if (expected === undefined) return 'unknown'
      if (dialect === 'gb35275' && bytesEqual(expected, attached)) return 'hash'
      const actual = given === undefined ? ofAttached(algorithm) : undefined
      return actual !== undefined && bytesEqual(expected, actual) ? 'same' : 'differs'
    },
  }
}
