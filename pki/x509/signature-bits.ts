import { contentBytes, expectTag } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'

/**
 * The octets of a signatureValue. Unused bits are no part of any signature here: such a one stays readable, so that a
 * report can say that it does not verify, as no octets at all.
 */
export const readSignatureBits = (node: DerNode): Uint8Array => {
  const bytes = contentBytes(expectTag(node, tag.bitString))
  return bytes[0] === 0 ? bytes.subarray(1) : new Uint8Array(0)
}
