import type { ByteSource } from './byte-source.ts'

/** What is needed of a `FileHandle` of node:fs/promises; pki itself never opens files. */
export interface ReadableHandle {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
}

/** An open file as a byte source. `size` is fixed by the caller when the file is opened. */
export const createFileSource = (handle: ReadableHandle, size: number): ByteSource => {
  const readInto = async (offset: number, target: Uint8Array): Promise<number> => {
    const wanted = Math.max(0, Math.min(target.length, size - offset))
    let filled = 0
    while (filled < wanted) {
      const { bytesRead } = await handle.read(target, filled, wanted - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  }
  return {
    size,
    readInto,
    read: async (offset, length) => {
      const target = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
      return target.subarray(0, await readInto(offset, target))
    },
  }
}
