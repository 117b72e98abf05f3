import { open } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import type { ByteSource } from '#pki/io/byte-source.ts'
import { createFileSource } from '#pki/io/file-source.ts'
import { toStoreError } from '../store/store-errors.ts'

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Opens a document for one piece of work. Throws document.not_found when it is gone. */
export const withSource = async <Value>(file: string, work: (source: ByteSource) => Promise<Value>): Promise<Value> => {
  try {
    const handle = await open(file, 'r')
    try {
      return await work(createFileSource(handle, (await handle.stat()).size))
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (isMissing(error)) throw new AppError('document.not_found', {}, { cause: error })
    throw toStoreError(error)
  }
}
