import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Receipt } from '../answers.ts'
import { openReceipts } from './receipts.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'receipts-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const content: Omit<Receipt, 'number'> = {
  tenderId: 't',
  tenderNumber: 'T-1',
  tenderTitle: '工程',
  sha256: '00',
  size: 1,
  signer: '张三',
  certificateId: 'a',
  certificateSerial: '01',
  signedAt: null,
  receivedAt: '2026-11-23T09:00:00.000Z',
}
const documentOf = ({ number }: Receipt) => openReceipts(folder).document(number, 'a')?.toString()

test('a receipt that was deleted gives its number to nobody', () => {
  const receipts = openReceipts(folder)
  const [first, second] = ['first', 'second'].map((text) => receipts.keep(content, Buffer.from(text)))
  rmSync(path.join(folder, `${first!.number}.json`))
  rmSync(path.join(folder, `${first!.number}.pdf`))
  const third = receipts.keep(content, Buffer.from('third'))
  expect(third.number).toBe('HZ202611230003')
  expect([second!, third].map(documentOf)).toEqual(['second', 'third'])
})

test('two processes that accept bids at the same time write over nothing', async () => {
  const script = `const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.module).then(({ openReceipts }) => {
      const receipts = openReceipts(workerData.folder)
      for (let count = 0; count < 40; count += 1) {
        const text = workerData.name + count
        parentPort.postMessage([receipts.keep(workerData.content, Buffer.from(text)).number, text])
      }
    })`
  const module = new URL('receipts.ts', import.meta.url).href
  const kept = new Map<string, string>()
  const run = async (name: string) => {
    const worker = new Worker(script, { eval: true, workerData: { module, folder, content, name } })
    worker.on('message', ([number, text]: [string, string]) => kept.set(number, text))
    await once(worker, 'exit')
  }
  await Promise.all(['a', 'b'].map(run))
  expect(kept.size).toBe(80)
  const receipts = openReceipts(folder)
  for (const [number, text] of kept) expect(receipts.document(number, 'a')?.toString()).toBe(text)
})
