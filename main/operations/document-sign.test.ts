import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { BridgeGrant } from '#bridge/ports.ts'
import { documentSignRequestSchema, type Operation } from '#contract/operations.ts'
import { createDocumentStore, type DocumentStore } from '../documents/document-store.ts'
import type { PdfService } from '../documents/pdf-service.ts'
import { createStore, type Store } from '../store/store.ts'
import { createTestPerson, silentLog, type TestPerson } from '../testing/core-harness.ts'
import { createFakeKeys, type FakeKeys } from '../testing/fake-keys.ts'
import { prepareDocumentSign } from './document-sign.ts'
import { createJournalWriter } from './journal-writer.ts'
import { createOperations, type Operations } from './operations.ts'

const ORIGIN = 'https://bid.example'
const HOUR = 3_600_000

let directory = ''
let time: Date
let store: Store
let documents: DocumentStore
let grant: BridgeGrant
let keys: FakeKeys
let person: TestPerson
let operations: Operations
let jobs: Parameters<PdfService['sign']>[0][]
let beforeSigning: () => void
let afterSigning: () => void

/** Signs a digest of nothing and writes a file: how a real one is made is tested with real keys. */
const pdf: Pick<PdfService, 'inspect' | 'sign'> = {
  inspect: () =>
    Promise.resolve({ pageCount: 1, existingSignatures: 0, pages: new Map([[1, { width: 210, height: 297 }]]) }),
  sign: async (job, sign) => {
    jobs.push(job)
    beforeSigning()
    await sign(new Uint8Array(32))
    afterSigning()
    writeFileSync(job.target, 'signed')
    return { size: 6, sha256: 'ab' }
  },
}

const files = () => readdirSync(path.join(directory, 'documents'))

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yzt-sign-'))
  time = new Date('2026-11-23T08:00:00.000Z')
  const now = () => time
  store = createStore({ directory, now })
  documents = createDocumentStore({ directory: path.join(directory, 'documents'), register: store.documents, now })
  const { id, systemCode } = store.grants.create({ origin: ORIGIN, systemCode: 'P-1', scopes: ['sign'], days: 1 })
  grant = { id, systemCode, origin: ORIGIN, scopes: ['sign'] }
  keys = createFakeKeys(now)
  person = createTestPerson()
  jobs = []
  beforeSigning = () => undefined
  afterSigning = () => undefined
  operations = createOperations({
    consent: person.port,
    keys: keys.keys,
    certificates: keys.certificates,
    platforms: store.platforms,
    seals: store.seals,
    journal: createJournalWriter({ journal: store.journal, flush: store.flush, changed: () => undefined }),
    prepare: (_origin, asking, request) => {
      if (request.kind !== 'document_sign' || asking === null) throw new Error('not asked here')
      const ports = { now, chainOf: () => [], documents, pdf, seals: store.seals }
      return prepareDocumentSign(ports, asking.id, request.documentId, request.request)
    },
    log: silentLog,
    now,
  })
})
afterEach(async () => {
  operations.stop()
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

const upload = async (name = 'a.pdf') => (await documents.create(grant.id, name, Readable.from([Buffer.from(name)]))).id
const start = (documentId: string, request: object = { sealId: null }) =>
  operations.bridge.start(ORIGIN, grant, {
    kind: 'document_sign',
    documentId,
    request: documentSignRequestSchema.parse(request),
  })
const approve = (sealId: string | null = null) =>
  person.questions
    .at(-1)!
    .approve({ certificateId: keys.certificateId, sealId, scopes: null, pin: new TextEncoder().encode('123456') })
const ended = async (id: string): Promise<Operation> => {
  await vi.waitFor(() => expect(['done', 'failed']).toContain(operations.bridge.get(id, ORIGIN).state))
  return operations.bridge.get(id, ORIGIN)
}
const outcomes = () =>
  store.journal
    .list(null, 100)
    .flatMap(({ entry, outcome }) => (entry === 'outcome' ? [outcome] : []))
    .toReversed()
const resultOf = ({ result }: Operation): string[] =>
  result?.kind === 'document_sign' ? result.documents.map(({ id }) => id) : []

describe('the source of a signature', () => {
  test('ok/deleted by its page while the window asks: what was shown is signed and can be fetched', async () => {
    const source = await upload()
    const { id } = await start(source)
    documents.remove(grant.id, source)
    await approve()
    const [signed = ''] = resultOf(await ended(id))
    expect(documents.find(grant.id, signed).size).toBe(6)
    await expect.poll(files).toEqual([signed])
  })

  test('ok/past its hour while the window asks: what was shown is signed and can be fetched', async () => {
    const source = await upload()
    time = new Date(time.getTime() + HOUR - 120_000)
    const { id } = await start(source)
    time = new Date(time.getTime() + 150_000)
    documents.sweep()
    await approve()
    const [signed = ''] = resultOf(await ended(id))
    expect(documents.find(grant.id, signed).size).toBe(6)
    await expect.poll(files).toEqual([signed])
  })

  test('fail/one of several cannot be signed: the others, past their hour by then, are gone too', async () => {
    const [first, second] = [await upload(), await upload('b.pdf')]
    const { id } = await start(first, { sealId: null, also: [second] })
    beforeSigning = () => {
      if (jobs.length < 2) return
      time = new Date(time.getTime() + HOUR)
      throw new Error('damaged')
    }
    await approve()
    expect((await ended(id)).error?.code).toBe('program.unexpected')
    expect(outcomes()).toEqual(['ok', 'program.unexpected'])
    await expect.poll(() => files().toSorted()).toEqual([first, second].toSorted())
  })
})

describe('the seal of a signature', () => {
  const placements = [{ kind: 'rectangle', page: 1, x: 10, y: 10 }]
  const addSeal = () =>
    store.seals.add({ name: '章', widthMm: 40, heightMm: 40, mediaType: 'image/png' }, new Uint8Array([1, 2, 3])).id

  test('ok/what was shown is what is put on the page', async () => {
    const sealId = addSeal()
    const { id } = await start(await upload(), { placements })
    await approve(sealId)
    expect((await ended(id)).state).toBe('done')
    expect(jobs[0]?.seal).toMatchObject({ picture: { bytes: Buffer.from([1, 2, 3]) }, placements: [{ page: 1 }] })
  })

  test('R10 fail/removed while the window shows it: nothing is signed without it', async () => {
    const sealId = addSeal()
    const { id } = await start(await upload(), { placements })
    store.seals.remove(sealId)
    await approve(sealId)
    expect((await ended(id)).error?.code).toBe('seal.not_found')
    expect(keys.calls.sign).toBe(0)
    expect(outcomes()).toEqual([])
  })
})

describe('cancelled in the middle', () => {
  test('fail/after the last signature was made: it is handed to nobody', async () => {
    const source = await upload()
    const { id } = await start(source)
    afterSigning = () => operations.bridge.cancel(id, ORIGIN, 'caller_gone')
    await approve()
    expect((await ended(id)).error?.code).toBe('operation.cancelled_by_caller')
    await vi.waitFor(() => expect(keys.calls.close).toBe(1))
    await expect.poll(files).toEqual([source])
  })
})
