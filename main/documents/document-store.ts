import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Writable, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { maxDocumentSize, type UploadedDocument } from '#contract/bridge.ts'
import { AppError } from '#contract/errors.ts'
import { discard } from '#pki/io/discard.ts'
import { newId } from '../ids.ts'
import type { DocumentsStore, StoredDocument } from '../store/documents.store.ts'
import { guarded, toStoreError } from '../store/store-errors.ts'

export interface DocumentStorePorts {
  /** Private to this program: made with mode 0700, emptied at start and at the end. */
  readonly directory: string
  readonly register: DocumentsStore
  readonly now: () => Date
}

export interface DocumentLimits {
  readonly maxFiles: number
  readonly maxBytes: number
  readonly maxFileBytes: number
  readonly lifeMs: number
}

export const documentLimits: DocumentLimits = {
  maxFiles: 200,
  maxBytes: 1024 ** 3,
  maxFileBytes: maxDocumentSize,
  lifeMs: 3_600_000,
}

export interface DocumentFile extends StoredDocument {
  readonly path: string
}

/** Documents of pages, on their way through. Each belongs to one grant and is gone after use, after an hour, at the end. */
export interface DocumentStore {
  /** Uses the body's chunks up. Throws request.too_large, request.too_many or store.disk_full and leaves nothing behind then. */
  readonly create: (grantId: string, name: string, body: Readable) => Promise<UploadedDocument>
  readonly open: (grantId: string, id: string) => { stream: Readable; size: number; name: string }
  /** Throws document.not_found. */
  readonly remove: (grantId: string, id: string) => void
  /** The program is done with it; what is held goes when it is let go, what is gone already is no error. */
  readonly forget: (id: string) => void
  /** Of a grant that is no more. */
  readonly forgetAll: (grantId: string) => void
  /** Throws document.not_found, also when it belongs to another grant. */
  readonly find: (grantId: string, id: string) => DocumentFile
  /** Keeps the file for an operation, also past its time; call the answer when done. */
  readonly hold: (id: string) => () => void
  /** A file to write a result into, and how it becomes a document. */
  readonly newResult: (grantId: string, name: string) => PendingResult
  readonly read: (id: string, offset: number, length: number) => Promise<Uint8Array>
  readonly sweep: () => void
  /** Throws store.read_only when something in the folder is not this user's. */
  readonly clear: () => void
}

export interface PendingResult {
  readonly path: string
  readonly commit: (size: number, sha256: string) => Promise<StoredDocument>
  readonly discard: () => Promise<void>
}

const PARTIAL = '.part'

/** Uses the chunks of the stream up. */
const writeNew = async (target: string, body: Readable, count: (chunk: Buffer) => void): Promise<void> => {
  const file = await open(target, 'wx', 0o600)
  const write = async (chunk: Buffer): Promise<void> => {
    count(chunk)
    await file.writeFile(chunk)
    discard(chunk)
  }
  const sink = new Writable({
    // One chunk at a time: what waits in memory is the caller's to hold back.
    highWaterMark: 1,
    write: (chunk: Buffer, _encoding, done) => {
      write(chunk).then(() => done(), done)
    },
  })
  try {
    await pipeline(body, sink)
  } finally {
    await file.close()
  }
}

/** Throws store.read_only when the folder cannot be made. */
export const createDocumentStore = (
  { directory, register, now }: DocumentStorePorts,
  limits: DocumentLimits = documentLimits,
): DocumentStore => {
  guarded(() => mkdirSync(directory, { recursive: true, mode: 0o700 }))
  const held = new Map<string, number>()
  const doomed = new Set<string>()
  /** Bytes and files of uploads under way: they count against the quota before they are registered. */
  const incoming = new Map<string, { files: number; bytes: number }>()

  const pathOf = (id: string) => path.join(directory, id)

  const erase = (id: string) => {
    if ((held.get(id) ?? 0) > 0) {
      doomed.add(id)
      return
    }
    doomed.delete(id)
    register.remove(id)
    // In the thread pool: freeing the blocks of a large file would hold the event loop up for 0.1 ms a megabyte. What
    // cannot be removed now goes with `clear` at the end or at the next start.
    rm(pathOf(id), { force: true }).catch(() => undefined)
  }

  const find = (grantId: string, id: string): DocumentFile => {
    const document = register.get(id)
    const isLive = document !== null && document.grantId === grantId && !doomed.has(id)
    if (!isLive || document.expiresAt <= now().toISOString()) throw new AppError('document.not_found')
    return { ...document, path: pathOf(id) }
  }

  const add = (id: string, grantId: string, name: string, size: number, sha256: string): StoredDocument => {
    const created = now()
    const document: StoredDocument = {
      id,
      grantId,
      name,
      size,
      sha256,
      createdAt: created.toISOString(),
      expiresAt: new Date(created.getTime() + limits.lifeMs).toISOString(),
    }
    register.add(document)
    return document
  }

  const create = async (grantId: string, name: string, body: Readable): Promise<UploadedDocument> => {
    const ongoing = incoming.get(grantId) ?? { files: 0, bytes: 0 }
    if (register.usage(grantId).files + ongoing.files >= limits.maxFiles) {
      throw new AppError('request.too_many', { limit: limits.maxFiles })
    }
    incoming.set(grantId, ongoing)
    ongoing.files += 1
    const id = newId('doc')
    const partial = pathOf(id) + PARTIAL
    const hash = createHash('sha256')
    let size = 0
    /** Stops at the limit, before the excess is written. */
    const count = (chunk: Buffer): void => {
      size += chunk.length
      ongoing.bytes += chunk.length
      const total = register.usage(grantId).bytes + ongoing.bytes
      const limit = size > limits.maxFileBytes ? limits.maxFileBytes : limits.maxBytes
      if (size > limits.maxFileBytes || total > limits.maxBytes) throw new AppError('request.too_large', { limit })
      hash.update(chunk)
    }
    try {
      await writeNew(partial, body, count)
      await rename(partial, pathOf(id))
      const sha256 = hash.digest('hex')
      const { expiresAt } = add(id, grantId, name, size, sha256)
      return { id, name, size, sha256, expiresAt }
    } catch (error) {
      await Promise.all([rm(partial, { force: true }), rm(pathOf(id), { force: true })])
      throw toStoreError(error)
    } finally {
      ongoing.files -= 1
      ongoing.bytes -= size
      if (ongoing.files === 0) incoming.delete(grantId)
    }
  }

  return {
    create,
    find,
    open: (grantId, id) => {
      const { path: file, size, name } = find(grantId, id)
      const release = hold(id)
      const stream = createReadStream(file)
      stream.once('close', release)
      return { stream, size, name }
    },
    remove: (grantId, id) => erase(find(grantId, id).id),
    forget: erase,
    forgetAll: (grantId) => {
      for (const id of register.ofGrant(grantId)) erase(id)
    },
    hold,
    newResult: (grantId, name) => {
      const id = newId('doc')
      const partial = pathOf(id) + PARTIAL
      return {
        path: partial,
        commit: async (size, sha256) => {
          try {
            await rename(partial, pathOf(id))
            return add(id, grantId, name, size, sha256)
          } catch (error) {
            await rm(pathOf(id), { force: true })
            throw toStoreError(error)
          }
        },
        // A worker may have it open for a moment more, and removes it then; the rest goes with `clear`.
        discard: () => rm(partial, { force: true }).catch(() => undefined),
      }
    },
    read: async (id, offset, length) => {
      const handle = await open(pathOf(id), 'r')
      try {
        const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset)
        return buffer.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    },
    sweep: () => {
      for (const id of register.expired(now().toISOString())) erase(id)
    },
    clear: () => {
      register.clear()
      held.clear()
      doomed.clear()
      guarded(() => {
        for (const name of readdirSync(directory)) rmSync(path.join(directory, name), { force: true, recursive: true })
      })
    },
  }

  function hold(id: string): () => void {
    held.set(id, (held.get(id) ?? 0) + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const left = (held.get(id) ?? 1) - 1
      if (left > 0) held.set(id, left)
      else held.delete(id)
      if (left <= 0 && doomed.has(id)) erase(id)
    }
  }
}
