import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BridgeGrant } from '#bridge/ports.ts'
import { AppError } from '#contract/errors.ts'
import { documentSignRequestSchema } from '#contract/operations.ts'
import { createCoreHarness, createTestPerson, type CoreHarness, type TestPerson } from './testing/core-harness.ts'
import { smallPdf } from './testing/small-pdf.ts'

const ORIGIN = 'https://bid.example'

let person: TestPerson
let harness: CoreHarness

beforeEach(() => {
  person = createTestPerson()
  harness = createCoreHarness({ consent: person.port, drivers: [] })
})
afterEach(() => harness.close())

const bridge = () => harness.core.bridgePorts
const createGrant = (systemCode = 'P-1'): BridgeGrant => {
  const { grants } = harness.ports.store
  const { id } = grants.create({ origin: ORIGIN, systemCode, scopes: ['login', 'sign'], days: 1 })
  return bridge().grants.check(grants.issueToken(id), ORIGIN)
}
const upload = (grant: BridgeGrant) => bridge().documents.create(grant, 'a.pdf', Readable.from([smallPdf(1)]))
const startSigning = (grant: BridgeGrant, documentId: string) =>
  bridge().operations.start(ORIGIN, grant, {
    kind: 'document_sign',
    documentId,
    request: documentSignRequestSchema.parse({ sealId: null }),
  })
const files = () => readdirSync(path.join(harness.directory, 'documents'))

describe('a grant that is revoked', () => {
  test.each([
    ['by the person', () => harness.core.revokeGrant, 'operation.cancelled_by_user'],
    ['by its page', () => bridge().grants.drop, 'operation.cancelled_by_caller'],
  ])('ok/%s: what it asks is cancelled and its files are gone', async (_name, revoke, code) => {
    const grant = createGrant()
    const other = createGrant('P-2')
    const { id: shown } = await upload(grant)
    await upload(grant)
    const { id: kept } = await upload(other)
    const { id } = await startSigning(grant, shown)
    revoke()(grant.id)
    expect(bridge().operations.get(id, ORIGIN).error?.code).toBe(code)
    expect(person.ended.has(id)).toBe(true)
    await expect.poll(files).toEqual([kept])
    expect(harness.ports.store.grants.list().map((left) => left.id)).toEqual([other.id])
  })

  test('ok/what another grant of the same page asks goes on', async () => {
    const grant = createGrant()
    const other = createGrant('P-2')
    const request = { challenge: randomBytes(32).toString('base64') }
    const { id } = await bridge().operations.start(ORIGIN, other, { kind: 'login', request })
    harness.core.revokeGrant(grant.id)
    expect(bridge().operations.get(id, ORIGIN).state).toBe('waiting')
  })

  test('fail/while an upload is under way: refused as such, and nothing is left behind', async () => {
    const grant = createGrant()
    const body = Readable.from(
      (async function* () {
        yield smallPdf(1)
        harness.core.revokeGrant(grant.id)
      })(),
    )
    const uploading = bridge().documents.create(grant, 'a.pdf', body)
    await expect(uploading).rejects.toMatchObject({ code: 'grant.missing' } satisfies Partial<AppError>)
    expect(files()).toEqual([])
  })
})
