import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { silentLog } from '../testing/core-harness.ts'
import type { WorkerCall } from '../workers/protocol.ts'
import type { PdfService, PdfSignJob } from './pdf-service.ts'
import { createPdfService } from './pdf-worker-client.ts'

/** Never verifies; signs a digest and takes its time. */
const stubborn = `
  import { parentPort } from 'node:worker_threads'
  parentPort.on('message', ({ kind, id, signature }) => {
    if (kind === 'sign') parentPort.postMessage({ kind: 'sign', id, digest: new Uint8Array(32) })
    if (kind === 'signature') {
      setTimeout(() => parentPort.postMessage({ kind: 'done', id, output: { size: signature.length, sha256: '' } }), 200)
    }
    if (kind === 'inspect') parentPort.postMessage({ kind: 'done', id, output: {} })
  })`
const directory = mkdtempSync(path.join(tmpdir(), 'yzt-worker-'))
const workerFile = path.join(directory, 'worker.mjs')
writeFileSync(workerFile, stubborn)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let service: PdfService | null = null
afterEach(() => service?.close())
const create = (limits: Partial<Record<WorkerCall, number>> = {}): PdfService => {
  service = createPdfService({ workerFile, authorities: [], log: silentLog, limits })
  return service
}
const job = {} as PdfSignJob
const sign = () => Promise.resolve(new Uint8Array(3))

describe('the document workers', () => {
  test('fail/a verification that hangs costs nobody a signature', async () => {
    const pdf = create({ verify: 100 })
    const signing = pdf.sign(job, sign, new AbortController().signal)
    await expect(pdf.verify('a.pdf')).rejects.toMatchObject({ code: 'operation.failed' })
    await expect(signing).resolves.toEqual({ size: 3, sha256: '' })
  })

  test('fail/a signature that hangs costs nobody a verification', async () => {
    const pdf = create({ sign: 100 })
    const looking = pdf.inspect('a.pdf', [1])
    const signing = pdf.sign(job, () => new Promise(() => undefined), new AbortController().signal)
    await expect(signing).rejects.toMatchObject({ code: 'operation.failed' })
    await expect(looking).resolves.toBeDefined()
  })

  test('fail/cancelled in the middle of a copy: told at once', async () => {
    const pdf = create()
    const abort = new AbortController()
    const asked = Promise.withResolvers<undefined>()
    const never = () => {
      asked.resolve(undefined)
      return new Promise<Uint8Array>(() => undefined)
    }
    const signing = pdf.sign(job, never, abort.signal)
    await asked.promise
    abort.abort(new AppError('operation.cancelled_by_user'))
    await expect(signing).rejects.toMatchObject({ code: 'operation.cancelled_by_user' })
    await expect(pdf.sign(job, sign, abort.signal)).rejects.toMatchObject({ code: 'operation.cancelled_by_user' })
  })
})
