/** Random-access bytes: a file, a buffer, a part of another source. Reads beyond the end return what there is. */
export interface ByteSource {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array> | Uint8Array
  /** Fills `target` from `offset`, for large reads without an allocation; returns the number of bytes read. */
  readInto?(offset: number, target: Uint8Array): Promise<number>
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

const CHUNK = 2 * 1024 * 1024

/**
 * Hands the bytes from `start` up to `end` to `consume`, in order, in large chunks from two buffers that take turns: the
 * next chunk is read while the current one is consumed. A chunk is only good until `consume` is done with it.
 * Returns the number of bytes handed over, less than asked for if the source ends early.
 */
export const pump = async (
  source: ByteSource,
  start: number,
  end: number,
  consume: (chunk: Uint8Array) => Promise<void> | void,
): Promise<number> => {
  const size = Math.min(CHUNK, Math.max(0, end - start))
  const buffers = [new Uint8Array(size), new Uint8Array(end - start > CHUNK ? size : 0)] as const
  const fetch = async (at: number, buffer: Uint8Array): Promise<Uint8Array> => {
    const length = Math.min(CHUNK, end - at)
    if (length <= 0) return new Uint8Array(0)
    if (source.readInto === undefined) return source.read(at, length)
    return buffer.subarray(0, await source.readInto(at, buffer.subarray(0, length)))
  }
  let at = start
  let turn = 0
  let chunk = await fetch(at, buffers[0])
  while (chunk.length > 0) {
    at += chunk.length
    turn = 1 - turn
    const next = fetch(at, turn === 0 ? buffers[0] : buffers[1])
    // Through a promise, so that a consumer that throws leaves no read behind without a listener.
    const consumed = Promise.resolve(chunk).then(consume)
    ;[chunk] = await Promise.all([next, consumed])
  }
  return at - start
}
