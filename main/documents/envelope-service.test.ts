import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { parseManifest } from '#pki/envelope/manifest.ts'
import { issueRecipient } from '#pki/testing/recipient.ts'
import { silentLog } from '../testing/core-harness.ts'
import type { EncryptBidJob } from './bid-job.ts'
import { createEnvelopeService } from './envelope-service.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'yzt-bids-'))
const file = (name: string): string => path.join(directory, name)
const bid = randomBytes(5_000_000)
const recipient = issueRecipient('sm2')
const workerFile = path.join(import.meta.dirname, '../workers/pdf-worker.ts')
const service = createEnvelopeService({ workerFile, log: silentLog })

beforeEach(() => writeFileSync(file('bid'), bid))
afterEach(() => {
  for (const name of readdirSync(directory)) rmSync(file(name))
})
afterAll(async () => {
  await service.close()
  rmSync(directory, { recursive: true })
})

const job = (overrides: Partial<EncryptBidJob> = {}): EncryptBidJob => ({
  source: file('bid'),
  target: file('message'),
  manifest: file('manifest.json'),
  recipients: [{ certificate: recipient.certificate.der }],
  profile: 'gm',
  openingTime: new Date('2026-12-01T01:00:00Z'),
  ...overrides,
})

describe('bids in a thread of their own', () => {
  test('ok/there and back, main free in between', async () => {
    let turns = 0
    const clock = setInterval(() => (turns += 1), 5)
    const { manifest, warnings } = await service.encrypt(job())
    clearInterval(clock)
    expect(turns).toBeGreaterThan(2)
    expect(warnings).toEqual([])
    expect(parseManifest(readFileSync(file('manifest.json'), 'utf8'))).toEqual(manifest)
    const opened = { source: file('message'), target: file('plain'), recorded: manifest }
    expect(await service.decrypt(opened, recipient)).toBe(bid.length)
    expect(Buffer.compare(readFileSync(file('plain')), bid)).toBe(0)
  })

  test('fail/the wrong recipient, and a certificate that is none for encryption, in their own words', async () => {
    await service.encrypt(job())
    const stranger = issueRecipient('sm2')
    const opened = { source: file('message'), target: file('plain'), recorded: null }
    await expect(service.decrypt(opened, stranger)).rejects.toMatchObject({ code: 'envelope.not_for_key' })
    const signer = issueRecipient('sm2', { keyUsage: [0, 1] })
    const recipients = [{ certificate: signer.certificate.der }]
    await expect(service.encrypt(job({ recipients, target: file('other') }))).rejects.toMatchObject({
      code: 'certificate.usage_refused',
    })
    expect([existsSync(file('plain')), existsSync(file('other'))]).toEqual([false, false])
  })

  test('fail/cancelled in the middle: told at once, and nothing is left', async () => {
    const abort = new AbortController()
    const encrypting = service.encrypt(job(), abort.signal)
    setTimeout(() => abort.abort(new AppError('operation.cancelled_by_caller')), 20)
    await expect(encrypting).rejects.toMatchObject({ code: 'operation.cancelled_by_caller' })
    // The thread is free again when the next job is done.
    await service.encrypt(job({ target: file('again'), manifest: file('again.json') }))
    expect(readdirSync(directory).sort()).toEqual(['again', 'again.json', 'bid'])
  })
})
