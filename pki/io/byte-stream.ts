import type { ByteSource } from './byte-source.ts'

const CHUNK = 1024 * 1024

/**
 * A source as a stream: the next chunk is read while the current one is used. Chunks are views of three buffers that take
 * turns: one stays as it is until the one after the next is asked for. Ends early where the source does.
 */
export const streamOf = async function* (source: ByteSource): AsyncGenerator<Uint8Array, void> {
  const size = Math.min(CHUNK, source.size)
  const buffers = Array.from({ length: 3 }, () => new Uint8Array(size))
  const fetch = async (at: number, turn: number): Promise<Uint8Array> => {
    const length = Math.min(CHUNK, source.size - at)
    if (length <= 0) return new Uint8Array(0)
    const buffer = buffers[turn % buffers.length]
    if (source.readInto === undefined || buffer === undefined) return source.read(at, length)
    return buffer.subarray(0, await source.readInto(at, buffer.subarray(0, length)))
  }
  let turn = 0
  let at = 0
  let next = fetch(at, turn)
  try {
    for (;;) {
      const chunk = await next
      if (chunk.length === 0) return
      at += chunk.length
      next = fetch(at, ++turn)
      yield chunk
    }
  } finally {
    // Whoever closes the source afterwards shall not do so under a read that was begun ahead.
    await next.catch(() => undefined)
  }
}

/**
 * Cuts and joins chunks to pieces of exactly `size` bytes, but for the last one: what goes through ciphers and files does so
 * faster in large pieces that begin at a block's border. A piece is good until the next one is asked for.
 */
export const inEqualPieces = async function* (
  chunks: AsyncIterable<Uint8Array>,
  size = 1024 * 1024,
): AsyncGenerator<Uint8Array, void> {
  let buffer: Uint8Array | undefined
  let used = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const rest = chunk.length - at
      if (used === 0 && rest >= size) {
        yield chunk.subarray(at, at + size)
        at += size
        continue
      }
      buffer ??= new Uint8Array(size)
      const part = chunk.subarray(at, at + size - used)
      buffer.set(part, used)
      used += part.length
      at += part.length
      if (used === size) {
        yield buffer
        used = 0
      }
    }
  }
  if (buffer !== undefined && used > 0) yield buffer.subarray(0, used)
}
