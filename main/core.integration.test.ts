import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { documentSignRequestSchema, type Operation } from '#contract/operations.ts'
import type { BridgeGrant, OperationRequest } from '#bridge/ports.ts'
import { createDemoTokens, type DemoTokens } from '#tools/softhsm/tokens.ts'
import { addSeal } from './seals/add-seal.ts'
import { createCoreHarness, createTestPerson, type CoreHarness, type TestPerson } from './testing/core-harness.ts'
import { smallPdf } from './testing/small-pdf.ts'

const ORIGIN = 'https://bid.example'
const SEAL = path.join(import.meta.dirname, '../tools/demo/seal.png')

let softHsm: DemoTokens
let person: TestPerson
let harness: CoreHarness
let grant: BridgeGrant
const scratch = mkdtempSync(path.join(tmpdir(), 'yzt-core-test-'))

const until = async <Value>(look: () => Value | undefined | null | false): Promise<Value> => {
  for (let tries = 0; tries < 800; tries += 1) {
    const value = look()
    if (value !== undefined && value !== null && value !== false) return value
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('waited too long')
}
const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'nothing was thrown'
}

const bridge = () => harness.core.bridgePorts
const start = (request: OperationRequest) => bridge().operations.start(ORIGIN, grant, request)
const ended = (id: string): Promise<Operation> =>
  until(() => {
    const operation = bridge().operations.get(id, ORIGIN)
    return operation.state === 'done' || operation.state === 'failed' ? operation : null
  })
const certificateOf = (type: 'rsa' | 'ec') =>
  harness.core.certificates
    .list()
    .find(({ summary }) => summary.keyType === type && summary.keyUsage.includes('digitalSignature'))!

const approve = (type: 'rsa' | 'ec' = 'rsa', pin = '123456') => {
  const question = person.questions.at(-1)!
  const { subject } = question.view()
  return question.approve({
    certificateId: certificateOf(type).summary.id,
    sealId: subject.kind === 'document_sign' ? subject.requestedSealId : null,
    pin: new TextEncoder().encode(pin),
    scopes: null,
  })
}
const upload = (bytes: Buffer, name = '投标文件.pdf') => bridge().documents.create(grant, name, Readable.from([bytes]))
const signing = (documentId: string, request: unknown): OperationRequest => ({
  kind: 'document_sign',
  documentId,
  request: documentSignRequestSchema.parse(request),
})

beforeAll(async () => {
  softHsm = await createDemoTokens(path.join(scratch, 'hsm'))
  person = createTestPerson()
  harness = createCoreHarness({
    consent: person.port,
    authorities: [Buffer.from(softHsm.caChainPem)],
    drivers: [
      {
        id: 'softhsm',
        name: 'SoftHSM2',
        vendor: 'OpenDNSSEC',
        origin: 'shipped',
        paths: [softHsm.modulePath],
        env: softHsm.env,
      },
    ],
  })
  await addSeal(harness.ports.pdf, harness.ports.store.seals, {
    name: '投标专用章',
    widthMm: 40,
    bytes: new Uint8Array(readFileSync(SEAL)),
  })
  await until(() => harness.core.certificates.list().length >= 3)
})
afterAll(async () => {
  await harness.close()
  rmSync(scratch, { recursive: true, force: true })
})

const scopes = ['login', 'sign', 'seal', 'verify'] as const
const askGrant = () =>
  bridge().operations.start(ORIGIN, null, {
    kind: 'grant',
    request: { scopes: [...scopes], systemCode: 'TEST-01' },
  })

beforeEach(async () => {
  const asked = await askGrant()
  if (asked.state === 'waiting') {
    await person.questions.at(-1)!.approve({ certificateId: null, sealId: null, pin: null, scopes })
  }
  const { result } = await ended(asked.id)
  if (result?.kind !== 'grant') throw new Error('no grant')
  grant = bridge().grants.check(result.token, ORIGIN)
})

describe('grants', () => {
  test('ok/what was allowed once is not asked again: a fresh token comes at once', async () => {
    const questions = person.questions.length
    const again = await askGrant()
    expect(again.state).toBe('done')
    expect(person.questions).toHaveLength(questions)
  })

  test('fail/wider scopes are asked for', async () => {
    const asked = await bridge().operations.start(ORIGIN, null, {
      kind: 'grant',
      request: { scopes: [...scopes, 'decrypt'], systemCode: 'TEST-01' },
    })
    expect(asked.state).toBe('waiting')
    person.questions.at(-1)!.reject()
  })

  test('fail/a revoked grant is worth nothing', async () => {
    const asked = await bridge().operations.start('https://second.example', null, {
      kind: 'grant',
      request: { scopes: ['login'], systemCode: 'TEST-01' },
    })
    await person.questions.at(-1)!.approve({ certificateId: null, sealId: null, pin: null, scopes: ['login'] })
    const { result } = bridge().operations.get(asked.id, 'https://second.example')
    const token = result?.kind === 'grant' ? result.token : ''
    bridge().grants.drop(bridge().grants.check(token, 'https://second.example').id)
    expect(await codeOf(() => bridge().grants.check(token, 'https://second.example'))).toBe('grant.missing')
  })
})

describe('F17.1 login', () => {
  test('ok/with a key, after consent, journaled', async () => {
    const asked = await start({ kind: 'login', request: { challenge: randomBytes(32).toString('base64') } })
    await approve()
    const operation = await ended(asked.id)
    expect(operation).toMatchObject({ error: null, result: { kind: 'login' } })
    const entries = harness.ports.store.journal.list(null, 2)
    expect(entries.map(({ entry, outcome }) => [entry, outcome])).toEqual([
      ['outcome', 'ok'],
      ['intent', ''],
    ])
  })

  test('R12 a challenge is never the signed text: the token is over a label, origin, time and certificate', async () => {
    const challenge = randomBytes(32)
    const asked = await start({ kind: 'login', request: { challenge: challenge.toString('base64') } })
    await approve()
    const { result } = await ended(asked.id)
    const [header = '', payload = '', signature = ''] = (result?.kind === 'login' ? result.loginToken : '').split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      origin: ORIGIN,
      challenge: challenge.toString('base64url'),
    })
    const { createPublicKey, verify } = await import('node:crypto')
    const key = createPublicKey({ key: Buffer.from(certificateOf('rsa').parsed.spki), format: 'der', type: 'spki' })
    const value = Buffer.from(signature, 'base64url')
    expect(verify('sha256', Buffer.from(`YZT-LOGIN-V1\0${header}.${payload}`), key, value)).toBe(true)
    expect(verify('sha256', challenge, key, value)).toBe(false)
  })

  test.each([16, 31, 129])('R12 a challenge of %d bytes is refused before anybody is asked', async (length) => {
    const questions = person.questions.length
    const challenge = randomBytes(length).toString('base64')
    expect(await codeOf(() => start({ kind: 'login', request: { challenge } }))).toBe('request.invalid')
    expect(person.questions).toHaveLength(questions)
  })
})

describe('F17.6 message signature', () => {
  test.each([
    ['cms', 'rsa', true],
    ['cms', 'ec', false],
    ['raw', 'rsa', true],
    ['raw', 'ec', true],
  ] as const)('ok/%s with an %s key verifies, and only over this content', async (format, type, isDetached) => {
    const content = Buffer.from('投标报价 1,234.50').toString('base64')
    const asked = await start({
      kind: 'message_sign',
      request: { messages: [{ content, name: '报价' }], format, isDetached },
    })
    await approve(type)
    const { result } = await ended(asked.id)
    if (result?.kind !== 'message_sign') throw new Error('no signature')
    const request = {
      format,
      signature: result.signatures[0]!,
      certificateDer: result.certificateDer,
      algorithm: result.algorithm,
    }
    const good = await bridge().verify.message({ ...request, ...(isDetached ? { content } : {}) })
    expect(good).toMatchObject({ verdict: 'valid', signatures: [{ chain: 'trusted', findings: [] }] })
    if (!isDetached) return
    const other = Buffer.from('投标报价 1').toString('base64')
    expect(await bridge().verify.message({ ...request, content: other })).toMatchObject({ verdict: 'invalid' })
  })
})

describe('F17.2 document signature', () => {
  const placements = [
    { kind: 'rectangle', page: -1, x: 120, y: 200 },
    { kind: 'straddle', y: 100 },
  ]

  test('ok/signed and sealed as shown; the original is gone after use, the result verifies', async () => {
    const source = await upload(smallPdf(3))
    const asked = await start(signing(source.id, { placements, reason: '投标' }))
    const { subject } = person.questions.at(-1)!.view()
    expect(subject).toMatchObject({
      kind: 'document_sign',
      wantsSeal: true,
      documents: [{ sha256: source.sha256, pageCount: 3, existingSignatures: 0 }],
    })
    expect(subject.kind === 'document_sign' && subject.documents[0]?.placements.length).toBe(4)
    await approve()
    const { result } = await ended(asked.id)
    if (result?.kind !== 'document_sign') throw new Error('not signed')
    const [signed] = result.documents
    const { stream, size } = bridge().documents.open(grant, signed!.id)
    const bytes = await buffer(stream)
    expect(bytes.length).toBe(size)
    expect(bytes.subarray(0, source.size).equals(smallPdf(3))).toBe(true)
    expect(await bridge().verify.document(grant, signed!.id)).toMatchObject({
      verdict: 'valid',
      signatures: [{ coverage: 'whole', chain: 'trusted', laterChanges: 'none' }],
    })
    expect(await codeOf(() => bridge().documents.open(grant, source.id))).toBe('document.not_found')
  })

  test('ok/several documents under one consent and one login', async () => {
    const first = await upload(smallPdf(1), 'a.pdf')
    const second = await upload(smallPdf(2), 'b.pdf')
    const asked = await start(signing(first.id, { also: [second.id], sealId: null }))
    await approve('ec')
    const { result } = await ended(asked.id)
    expect(result).toMatchObject({ documents: [{ sourceId: first.id }, { sourceId: second.id }] })
    const titles = harness.ports.store.journal.list(null, 4).map(({ entry, title }) => `${entry} ${title}`)
    expect(titles).toEqual(['outcome b.pdf', 'intent b.pdf', 'outcome a.pdf', 'intent a.pdf'])
  })

  test('fail/cancelled in the middle of a large document: nothing is left, and the key is free at once', async () => {
    const source = await upload(smallPdf(1, 96 * 1024 * 1024))
    const asked = await start(signing(source.id, { sealId: null }))
    await approve()
    const folder = path.dirname(harness.ports.documents.find(grant.id, source.id).path)
    await until(() => readdirSync(folder).some((name) => name.endsWith('.part')))
    person.questions.at(-1)!.reject()
    expect((await ended(asked.id)).error?.code).toBe('operation.cancelled_by_user')
    await until(() => readdirSync(folder).every((name) => !name.endsWith('.part')))
    const [outcome] = harness.ports.store.journal.list(null, 1)
    expect(outcome).toMatchObject({ entry: 'outcome', outcome: 'operation.cancelled_by_user', operationId: asked.id })
    const next = await start({ kind: 'login', request: { challenge: randomBytes(32).toString('base64') } })
    await approve()
    expect((await ended(next.id)).state).toBe('done')
    bridge().documents.remove(grant, source.id)
  })

  test('R10 a document that is altered after it was shown is not signed', async () => {
    const source = await upload(smallPdf(1))
    const asked = await start(signing(source.id, { sealId: null }))
    const { path: file } = harness.ports.documents.find(grant.id, source.id)
    const altered = readFileSync(file)
    altered.write('0 0 595.276 841.80', altered.indexOf('0 0 595.276 841.89'))
    writeFileSync(file, altered)
    await approve()
    expect(await ended(asked.id)).toMatchObject({ state: 'failed', error: { code: 'document.damaged' } })
    expect(readdirSync(path.dirname(file)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('R10 another seal than the one shown cannot be slipped in with the approval', async () => {
    const source = await upload(smallPdf(1))
    const asked = await start(signing(source.id, { placements: [placements[0]] }))
    const certificateId = certificateOf('rsa').summary.id
    const question = person.questions.at(-1)!
    const pin = new TextEncoder().encode('123456')
    expect(await codeOf(() => question.approve({ certificateId, sealId: null, pin, scopes: null }))).toBe(
      'request.invalid',
    )
    question.chooseSeal(null)
    await question.approve({ certificateId, sealId: null, pin, scopes: null })
    expect((await ended(asked.id)).state).toBe('done')
  })

  test.each([
    ['not a PDF', Buffer.from('hello'), {}, 'document.not_pdf'],
    ['a PDF cut in the middle', smallPdf(2).subarray(0, 200), {}, 'document.damaged'],
    ['a PDF without pages', smallPdf(0), {}, 'document.no_pages'],
    [
      'a seal outside the page',
      smallPdf(1),
      { placements: [{ kind: 'rectangle', page: 1, x: 200, y: 0 }] },
      'document.placement_outside',
    ],
    ['an unknown seal', smallPdf(1), { sealId: `seal_${'A'.repeat(22)}`, placements }, 'seal.not_found'],
  ])('fail/%s is told to the page before anybody is asked', async (_name, bytes, request, code) => {
    const questions = person.questions.length
    const { id } = await upload(bytes)
    expect(await codeOf(() => start(signing(id, request)))).toBe(code)
    expect(person.questions).toHaveLength(questions)
    // The origin is not left with a pending operation.
    expect(harness.core.operations.pending()).toBe(0)
  })

  test('R9 a document of another grant does not exist', async () => {
    const { id } = await upload(smallPdf(1))
    const other = { ...grant, id: 'grant_other' }
    expect(await codeOf(() => bridge().documents.open(other, id))).toBe('document.not_found')
    expect(await codeOf(() => bridge().operations.start(ORIGIN, other, signing(id, {})))).toBe('document.not_found')
    expect(await codeOf(() => bridge().verify.document(other, id))).toBe('document.not_found')
  })
})

describe('the PIN on a real token', () => {
  test('fail/wrong, then right: one try each', async () => {
    const asked = await start({ kind: 'login', request: { challenge: randomBytes(32).toString('base64') } })
    await approve('rsa', '000000')
    expect(person.questions.at(-1)!.view()).toMatchObject({ phase: 'asking', error: { code: 'pin.incorrect' } })
    await approve()
    expect((await ended(asked.id)).state).toBe('done')
  })
})
