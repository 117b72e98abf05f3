import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { createFileSink } from '#pki/io/file-sink.ts'
import type { ReadableSink } from '#pki/io/file-sink.ts'

/** Windows cannot open a folder; there a rename is durable by itself as far as it goes. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Files that a killed program leaves end like this; they are never complete and may be removed at the next start. */
const PART = '.part'

/** A file that nobody finds under `target` before it is complete and on the disk. Replaces an older one. */
export const createHiddenFile = async (target: string): Promise<ReadableSink> => {
  const part = `${target}.${randomUUID()}${PART}`
  return createFileSink({
    handle: await open(part, 'wx+', 0o600),
    publish: async () => {
      await rename(part, target)
      await syncFolder(path.dirname(target))
    },
    remove: () => rm(part, { force: true }),
  })
}
