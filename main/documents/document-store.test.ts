import Database from 'better-sqlite3'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { createStore, type Store } from '../store/store.ts'
import { createDocumentStore, documentLimits, type DocumentLimits, type DocumentStore } from './document-store.ts'

let directory = ''
let store: Store
let documents: DocumentStore
let time: Date
let grantId = ''

const files = () => readdirSync(path.join(directory, 'documents'))
const open = (limits: Partial<DocumentLimits> = {}) => {
  documents = createDocumentStore(
    { directory: path.join(directory, 'documents'), register: store.documents, now: () => time },
    { ...documentLimits, ...limits },
  )
}

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yzt-documents-'))
  time = new Date('2026-11-23T08:00:00.000Z')
  store = createStore({ directory, now: () => time })
  grantId = store.grants.create({ origin: 'https://a.example', systemCode: 'P', scopes: ['seal'], days: 1 }).id
  open()
})
afterEach(async () => {
  await store.close()
  for (const folder of [directory, path.join(directory, 'documents')]) if (existsSync(folder)) chmodSync(folder, 0o700)
  rmSync(directory, { recursive: true, force: true })
})

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'nothing was thrown'
}
/** Of a copy: the store uses the chunks up. */
const upload = (bytes: Buffer, name = 'a.pdf') => documents.create(grantId, name, Readable.from([Buffer.from(bytes)]))

describe('documents of a page', () => {
  test('ok/are hashed on their way, kept privately and given back', async () => {
    const bytes = Buffer.alloc(300_000, 'tender')
    const made = await upload(bytes)
    expect(made).toMatchObject({
      name: 'a.pdf',
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      expiresAt: '2026-11-23T09:00:00.000Z',
    })
    expect(statSync(path.join(directory, 'documents')).mode & 0o077).toBe(0)
    expect(statSync(documents.find(grantId, made.id).path).mode & 0o077).toBe(0)
    expect((await buffer(documents.open(grantId, made.id).stream)).equals(bytes)).toBe(true)
    expect(Buffer.from(await documents.read(made.id, 1, 3)).toString()).toBe('end')
  })

  test('fail/too large: cut off at the limit, nothing is left behind', async () => {
    open({ maxFileBytes: 1000 })
    let sent = 0
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          sent += 100
          yield Buffer.alloc(100)
        }
      })(),
    )
    expect(await codeOf(() => documents.create(grantId, 'a', endless))).toBe('request.too_large')
    expect(sent).toBeLessThan(5000)
    expect(files()).toEqual([])
    expect(store.documents.usage(grantId)).toEqual({ files: 0, bytes: 0 })
  })

  test('fail/the quota of a grant holds, also for uploads at the same time', async () => {
    open({ maxBytes: 1000, maxFiles: 3 })
    const codes = await Promise.all([400, 400, 400].map((size) => codeOf(() => upload(Buffer.alloc(size)))))
    expect(codes.filter((code) => code === 'request.too_large')).toHaveLength(1)
    await upload(Buffer.alloc(10))
    expect(await codeOf(() => upload(Buffer.alloc(10)))).toBe('request.too_many')
  })

  test('fail/the page breaks off in the middle: nothing is left behind', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(1000)
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
      })(),
    )
    expect(await codeOf(() => documents.create(grantId, 'a', broken))).not.toBe('nothing was thrown')
    expect(files()).toEqual([])
  })

  test('fail/a full disk is told as such', async () => {
    const full = Readable.from(
      (async function* () {
        yield Buffer.alloc(10)
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      })(),
    )
    expect(await codeOf(() => documents.create(grantId, 'a', full))).toBe('store.disk_full')
    expect(files()).toEqual([])
  })

  test('R9 fail/another grant sees nothing of them', async () => {
    const { id } = await upload(Buffer.from('x'))
    for (const work of [
      () => documents.open('grant_other', id),
      () => documents.find('grant_other', id),
      () => documents.remove('grant_other', id),
    ]) {
      expect(await codeOf(work)).toBe('document.not_found')
    }
    expect(files()).toEqual([id])
  })

  test('ok/they are gone after an hour, but not under an operation that holds them', async () => {
    const kept = await upload(Buffer.from('kept'))
    const other = await upload(Buffer.from('other'))
    const release = documents.hold(kept.id)
    time = new Date('2026-11-23T09:00:01.000Z')
    expect(await codeOf(() => documents.find(grantId, other.id))).toBe('document.not_found')
    documents.sweep()
    await expect.poll(files).toEqual([kept.id])
    release()
    release()
    await expect.poll(files).toEqual([])
  })

  test('ok/a result becomes a document when it is whole, or leaves nothing', async () => {
    const result = documents.newResult(grantId, 'signed.pdf')
    writeFileSync(result.path, 'signed')
    const { id } = await result.commit(6, 'ab')
    expect(documents.find(grantId, id)).toMatchObject({ size: 6, sha256: 'ab' })
    const failed = documents.newResult(grantId, 'signed.pdf')
    writeFileSync(failed.path, 'half')
    await failed.discard()
    expect(existsSync(failed.path)).toBe(false)
  })

  /** A user who may read the program and nothing of the folder; without root this test's own user after a chmod. */
  const asStranger = (work: string): string => {
    const nobody = { uid: 65_534, gid: 65_534 }
    const script = `
      import { createDocumentStore } from '#main/documents/document-store.ts'
      const register = { clear: () => undefined }
      const create = () => createDocumentStore({ directory: process.argv[1], register, now: () => new Date() })
      try { ${work}; console.log('nothing was thrown') } catch (error) { console.log(error.code) }`
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script, path.join(directory, 'documents')],
      { encoding: 'utf8', ...(process.getuid?.() === 0 ? nobody : {}) },
    )
    return stdout.trim() || stderr
  }

  describe.skipIf(process.platform === 'win32')('in a folder of another user', () => {
    test('fail/that cannot be made', () => {
      rmSync(path.join(directory, 'documents'), { recursive: true })
      chmodSync(directory, 0o555)
      expect(asStranger('create()')).toBe('store.read_only')
    })

    test('fail/that cannot be read', () => {
      chmodSync(directory, 0o755)
      chmodSync(path.join(directory, 'documents'), 0)
      expect(asStranger('create().clear()')).toBe('store.read_only')
    })

    test('fail/whose files cannot be removed', () => {
      writeFileSync(path.join(directory, 'documents', 'doc_x'), '')
      chmodSync(directory, 0o755)
      chmodSync(path.join(directory, 'documents'), 0o555)
      expect(asStranger('create().clear()')).toBe('store.read_only')
    })
  })

  test('ok/what a crash left behind is gone at the next start', async () => {
    await upload(Buffer.from('x'))
    writeFileSync(path.join(directory, 'documents', 'doc_half.part'), 'half')
    open()
    documents.clear()
    expect(files()).toEqual([])
    const db = new Database(path.join(directory, 'client.db'), { readonly: true })
    expect(db.prepare('SELECT count(*) FROM document').pluck().get()).toBe(0)
    db.close()
  })
})
