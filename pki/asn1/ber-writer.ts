import { tag } from './tags.ts'
import { header } from './writer.ts'

/** Writing BER whose length is not known yet (X.690 §8.1.3.6): begin, content, end. */
export const beginIndefinite = (identifier: number): Uint8Array => Uint8Array.of(identifier, 0x80)

/** End-of-contents octets of so many elements. */
export const endOfContents = (count = 1): Uint8Array => new Uint8Array(2 * count)

/** A string's content in pieces: each chunk an OCTET STRING of its own (X.690 §8.7.3). Chunks are handed on uncopied. */
export async function* octetStringPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue
    yield header(tag.octetString, chunk.length)
    yield chunk
  }
}
