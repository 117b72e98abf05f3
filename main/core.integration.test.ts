import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Operation } from '#contract/operations.ts'
import type { BridgeGrant } from '#bridge/ports.ts'
import { createDemoTokens, type DemoTokens } from '#tools/softhsm/tokens.ts'
import { createCoreHarness, createTestPerson, type CoreHarness, type TestPerson } from './testing/core-harness.ts'

const ORIGIN = 'https://bid.example'

let softHsm: DemoTokens
let person: TestPerson
let harness: CoreHarness
const scratch = mkdtempSync(path.join(tmpdir(), 'yzt-core-test-'))

const until = async <Value>(look: () => Value | undefined | null | false): Promise<Value> => {
  for (let tries = 0; tries < 400; tries += 1) {
    const value = look()
    if (value !== undefined && value !== null && value !== false) return value
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('waited too long')
}

const ended = (id: string): Promise<Operation> =>
  until(() => {
    const operation = harness.core.bridgePorts.operations.get(id, ORIGIN)
    return operation.state === 'done' || operation.state === 'failed' ? operation : null
  })

const certificateOf = (type: 'rsa' | 'ec') =>
  harness.core.certificates
    .list()
    .find(({ summary }) => summary.keyType === type && summary.keyUsage.includes('digitalSignature'))!

const pin = (text = '123456') => new TextEncoder().encode(text)

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
  await harness.ports.tokens.onChange(() => undefined)
  await until(() => harness.core.certificates.list().length >= 3)
})

afterAll(async () => {
  await harness.close()
  rmSync(scratch, { recursive: true, force: true })
})

const askGrant = async (): Promise<BridgeGrant> => {
  const { bridgePorts } = harness.core
  const asked = await bridgePorts.operations.start(ORIGIN, null, {
    kind: 'grant',
    request: { scopes: ['login', 'sign', 'seal', 'verify'], systemCode: 'TEST-01' },
  })
  if (asked.state === 'waiting') {
    await person.questions
      .at(-1)!
      .approve({ certificateId: null, sealId: null, pin: null, scopes: ['login', 'sign', 'seal', 'verify'] })
  }
  const { result } = await ended(asked.id)
  if (result?.kind !== 'grant') throw new Error('no grant')
  return bridgePorts.grants.check(result.token, ORIGIN)
}

describe('the client without windows on SoftHSM2', () => {
  test('F17.1 a page logs in with a key after grant and consent', async () => {
    const grant = await askGrant()
    const { operations } = harness.core.bridgePorts
    const asked = await operations.start(ORIGIN, grant, {
      kind: 'login',
      request: { challenge: randomBytes(32).toString('base64') },
    })
    expect(asked.state).toBe('waiting')
    const certificate = certificateOf('rsa')
    await person.questions
      .at(-1)!
      .approve({ certificateId: certificate.summary.id, sealId: null, pin: pin(), scopes: null })
    const operation = await ended(asked.id)
    expect(operation.error).toBeNull()
    expect(operation.result).toMatchObject({ kind: 'login', certificate: { id: certificate.summary.id } })
    const entries = harness.ports.store.journal.list(null, 2)
    expect(entries.map(({ entry, outcome }) => [entry, outcome])).toEqual([
      ['outcome', 'ok'],
      ['intent', ''],
    ])
  })
})
