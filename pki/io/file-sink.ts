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

/** What may wait for the disk: then it begins to write, while more is made, and has little left to do at the end. */
const UNWRITTEN = 32 * 1024 * 1024

/** Sends what was written to the disk now and then. The system tells each error once: it is kept for `finish`. */
const createWriteBack = (handle: Pick<WritableHandle, 'sync'>) => {
  let [waiting, isRunning] = [0, false]
  let earlier = Promise.resolve()
  return {
    wrote: (length: number): void => {
      waiting += length
      if (waiting < UNWRITTEN || isRunning) return
      waiting = 0
      isRunning = true
      earlier = earlier
        .then(() => handle.sync())
        .finally(() => {
          isRunning = false
        })
      earlier.catch(() => undefined)
    },
    settle: (): Promise<void> => earlier.catch(() => undefined),
    finish: async (): Promise<void> => {
      await earlier
      await handle.sync()
    },
  }
}

/** A file that gets its name once everything is on the disk. */
export const createFileSink = ({ handle, publish, remove }: FileSinkInput): ReadableSink => {
  const writeBack = createWriteBack(handle)
  let size = 0
  return {
    write: async (chunk) => {
      for (let done = 0; done < chunk.length;) {
        done += (await handle.write(chunk, done, chunk.length - done, size + done)).bytesWritten
      }
      size += chunk.length
      writeBack.wrote(chunk.length)
    },
    commit: async () => {
      await writeBack.finish()
      await handle.close()
      await publish()
    },
    abort: async () => {
      await writeBack.settle()
      // It is closed already where publishing failed.
      await handle.close().catch(() => undefined)
      await remove()
    },
    written: () => createFileSource(handle, size),
  }
}
