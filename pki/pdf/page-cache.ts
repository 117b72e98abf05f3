import type { ByteSource } from '../io/byte-source.ts'

const PAGE = 64 * 1024
const MAX_PAGES = 128

/** Keeps the last pages that were read, 8 MiB at most: the tables and trees of a PDF are read in small steps. */
export const createPageCache = (source: ByteSource): ByteSource => {
  const pages = new Map<number, Uint8Array>()

  const fetch = async (index: number): Promise<Uint8Array> => {
    const page = await source.read(index * PAGE, Math.min(PAGE, source.size - index * PAGE))
    pages.set(index, page)
    const [oldest] = pages.keys()
    if (pages.size > MAX_PAGES && oldest !== undefined) pages.delete(oldest)
    return page
  }

  const get = (index: number): Uint8Array | Promise<Uint8Array> => {
    const found = pages.get(index)
    if (found === undefined) return fetch(index)
    pages.delete(index)
    pages.set(index, found)
    return found
  }

  return {
    size: source.size,
    read: async (offset, length) => {
      const end = Math.min(source.size, offset + length)
      if (offset < 0 || offset >= end) return new Uint8Array(0)
      const first = Math.floor(offset / PAGE)
      const last = Math.floor((end - 1) / PAGE)
      if (first === last) return (await get(first)).subarray(offset - first * PAGE, end - first * PAGE)
      // A long run is read once and not kept: it would only push the small pages out.
      if (last - first >= 16) return source.read(offset, end - offset)
      const parts: Uint8Array[] = []
      for (let index = first; index <= last; index++) parts.push(await get(index))
      return new Uint8Array(Buffer.concat(parts)).subarray(offset - first * PAGE, end - first * PAGE)
    },
  }
}
