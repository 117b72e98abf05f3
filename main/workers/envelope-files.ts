import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import { decryptBid } from '#pki/envelope/decrypt-bid.ts'
import type { DecryptBidInput } from '#pki/envelope/decrypt-bid.ts'
import { encryptBid } from '#pki/envelope/encrypt-bid.ts'
import type { EncryptBidInput, EncryptedBid } from '#pki/envelope/encrypt-bid.ts'
import { createFileSource } from '#pki/io/file-source.ts'
import { toStoreError } from '../store/store-errors.ts'
import { createHiddenFile } from './hidden-file.ts'

export interface FilePair {
  readonly source: string
  readonly target: string
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const openSource = async (file: string): Promise<FileHandle> => {
  try {
    return await open(file, 'r')
  } catch (error) {
    throw isMissing(error) ? new AppError('document.not_found', {}, { cause: error }) : error
  }
}

const withFile = async <Value>(file: string, work: (handle: FileHandle) => Promise<Value>): Promise<Value> => {
  try {
    const handle = await openSource(file)
    try {
      return await work(handle)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw toStoreError(error)
  }
}

/** Size and times as exactly as the system has them: another writer cannot leave them as they were by accident. */
const stateOf = async (handle: FileHandle): Promise<string> => {
  const { size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true })
  return [size, mtimeNs, ctimeNs].join(' ')
}

/**
 * Encrypts a file into another one, which is there only when the trial decryption succeeded. For worker threads: 500 MB keep
 * one busy for seconds. @throws what `encryptBid` throws; document.not_found, store.disk_full, store.read_only
 */
export const encryptFile = (
  { source, target }: FilePair,
  input: Omit<EncryptBidInput, 'source' | 'target' | 'isUnchanged'>,
): Promise<EncryptedBid> =>
  withFile(source, async (handle) => {
    const before = await stateOf(handle)
    return encryptBid({
      ...input,
      source: createFileSource(handle, (await handle.stat()).size),
      target: await createHiddenFile(target),
      isUnchanged: async () => (await stateOf(handle)) === before,
    })
  })

/** The same for decryption: the plaintext gets its name after its tag was checked. @throws what `decryptBid` throws, and these */
export const decryptFile = (
  { source, target }: FilePair,
  input: Omit<DecryptBidInput, 'source' | 'sink'>,
): Promise<number> =>
  withFile(source, async (handle) =>
    decryptBid({
      ...input,
      source: createFileSource(handle, (await handle.stat()).size),
      sink: await createHiddenFile(target),
    }),
  )
