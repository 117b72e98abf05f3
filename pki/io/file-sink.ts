import type { ByteSink } from './byte-sink.ts'
import type { ByteSource } from './byte-source.ts'
import { createFileSource } from './file-source.ts'
import type { ReadableHandle } from './file-source.ts'

/** What is needed of a `FileHandle` of node:fs/promises that was opened for reading and writing; pki never opens files. */
export interface WritableHandle extends ReadableHandle {
  write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>
  sync(): Promise<void>
  close(): Promise<void>
}

export interface FileSinkInput {
  /** A new file under a name that nobody looks at. */
  readonly handle: WritableHandle
  /** Gives the complete file its name. */
  readonly publish: () => Promise<void>
  readonly remove: () => Promise<void>
}

/** A sink that can be read again while it is still hidden. */
export interface ReadableSink extends ByteSink {
  /** What was written so far. */
  written(): ByteSource
}

/** A file that gets its name once everything is on the disk. */
export const createFileSink = ({ handle, publish, remove }: FileSinkInput): ReadableSink => {
  let size = 0
  return {
    write: async (chunk) => {
      for (let done = 0; done < chunk.length;) {
        done += (await handle.write(chunk, done, chunk.length - done, size + done)).bytesWritten
      }
      size += chunk.length
    },
    commit: async () => {
      await handle.sync()
      await handle.close()
      await publish()
    },
    abort: async () => {
      // It is closed already where publishing failed.
      await handle.close().catch(() => undefined)
      await remove()
    },
    written: () => createFileSource(handle, size),
  }
}
