import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'

import { fromBase64 } from '../bytes/encodings.ts'
import { fillSink } from '../io/byte-sink.ts'
import { createFileSink } from '../io/file-sink.ts'
import type { ReadableSink } from '../io/file-sink.ts'
import { loadBytes } from './files.ts'

const CHUNK = 256 * 1024

/** A file piece by piece; what is given as text comes at once. */
export const streamFile = async function* (reference: string): AsyncGenerator<Uint8Array, void> {
  if (reference.startsWith('base64:')) yield fromBase64(reference.slice(7))
  else if (reference.startsWith('-----BEGIN ')) yield await loadBytes(reference)
  else yield* createReadStream(reference, { highWaterMark: CHUNK }) as AsyncIterable<Uint8Array>
}

/** A file that is there under its name only when it is complete. */
export const fileSink = async (path: string): Promise<ReadableSink> => {
  const draft = `${path}.part`
  return createFileSink({
    handle: await open(draft, 'w+', 0o600),
    publish: () => rename(draft, path),
    remove: () => rm(draft, { force: true }),
  })
}

/** Writes all of it, or nothing. */
export const writeAll = async (path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> => {
  const sink = await fileSink(path)
  return fillSink(sink, async () => {
    let size = 0
    for await (const chunk of chunks) {
      size += chunk.length
      await sink.write(chunk)
    }
    return size
  })
}

export const once = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield await Promise.resolve(bytes)
}
