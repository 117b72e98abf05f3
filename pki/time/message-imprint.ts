import type { DigestAlgorithm } from '#contract/keys.ts'
import { acceptedDigest, digestIdentifier, readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { contentBytes, cursor, expectTag } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { octetString, sequence } from '../asn1/writer.ts'

/** MessageImprint (RFC 3161 §2.4.1). */
export interface MessageImprint {
  /** null: an algorithm that is not accepted. */
  readonly algorithm: DigestAlgorithm | null
  readonly digest: Uint8Array
}

export const readMessageImprint = (node: DerNode): MessageImprint => {
  const reader = cursor(expectTag(node, tag.sequence))
  const { oid } = readAlgorithmIdentifier(reader.next())
  const digest = contentBytes(reader.next(tag.octetString))
  reader.finish()
  return { algorithm: acceptedDigest(oid) ?? null, digest }
}

export const encodeMessageImprint = (algorithm: DigestAlgorithm, digest: Uint8Array): Uint8Array =>
  sequence(digestIdentifier(algorithm), octetString(digest))
