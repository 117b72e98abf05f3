import type { ByteSource } from './byte-source.ts'

/** What is needed of a `FileHandle` of node:fs/promises; pki itself never opens files. */
export interface ReadableHandle {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
}

const LARGE = 256 * 1024

/**
 * An open file as a byte source. Large reads share one buffer: their bytes are good until the next large read, which
 * keeps the memory of hashing a file constant.
 */
export const createFileSource = (handle: ReadableHandle, size: number): ByteSource => {
  let shared = new Uint8Array(0)
  return {
    size,
    read: async (offset, length) => {
      const wanted = Math.max(0, Math.min(length, size - offset))
      if (wanted >= LARGE && shared.length < wanted) shared = new Uint8Array(wanted)
      const target = wanted >= LARGE ? shared.subarray(0, wanted) : new Uint8Array(wanted)
      let filled = 0
      while (filled < wanted) {
        const { bytesRead } = await handle.read(target, filled, wanted - filled, offset + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return target.subarray(0, filled)
    },
  }
}
