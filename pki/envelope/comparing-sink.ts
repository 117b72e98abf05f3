import type { ByteSink } from '../io/byte-sink.ts'
import type { ByteSource } from '../io/byte-source.ts'

/** Whole words where both lie at a word's border, which large chunks do. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  const isAligned = (a.byteOffset | b.byteOffset) % 4 === 0
  const count = isAligned ? a.length >> 2 : 0
  const [left, right] = [a, b].map(
    ({ buffer, byteOffset }) => new Uint32Array(buffer, isAligned ? byteOffset : 0, count),
  )
  for (let index = 0; index < count; index++) if (left?.[index] !== right?.[index]) return false
  for (let index = 4 * count; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

/** Compares what is written with a source, to its end. Keeps nothing. */
export const comparingSink = (
  source: ByteSource,
  onProgress: (done: number) => void,
): ByteSink & { isSame(): boolean } => {
  let at = 0
  let isSameSoFar = true
  let buffer = new Uint8Array(0)
  const read = async (length: number): Promise<Uint8Array> => {
    if (source.readInto === undefined) return source.read(at, length)
    if (buffer.length < length) buffer = new Uint8Array(length)
    return buffer.subarray(0, await source.readInto(at, buffer.subarray(0, length)))
  }
  return {
    write: async (chunk) => {
      isSameSoFar &&= isSame(chunk, await read(chunk.length))
      at += chunk.length
      onProgress(at)
    },
    commit: () => undefined,
    abort: () => undefined,
    isSame: () => isSameSoFar && at === source.size,
  }
}
