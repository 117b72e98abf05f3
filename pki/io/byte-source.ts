/** Random-access bytes: a file, a buffer, a part of another source. Reads beyond the end return what there is. */
export interface ByteSource {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array> | Uint8Array
}

export const bufferSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})

/** The first `size` bytes of a source: an earlier revision of a PDF. */
export const headOf = (source: ByteSource, size: number): ByteSource => ({
  size,
  read: (offset, length) => source.read(offset, Math.max(0, Math.min(length, size - offset))),
})

export const READ_AHEAD = 1024 * 1024

/** The bytes from `start` up to `end` in large chunks. A chunk is only good until the next one is asked for. */
export async function* readChunks(source: ByteSource, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  let at = start
  while (at < end) {
    const chunk = await source.read(at, Math.min(READ_AHEAD, end - at))
    // A file that shrinks while it is read ends here; its digest then differs, which callers check by length.
    if (chunk.length === 0) return
    at += chunk.length
    yield chunk
  }
}
