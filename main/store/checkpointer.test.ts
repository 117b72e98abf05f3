import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCheckpointer, type CheckpointerTiming } from './checkpointer.ts'
import { openDatabase, type OpenedDatabase } from './open-database.ts'

let directory = ''
let opened: OpenedDatabase
const failures: unknown[] = []

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yzt-checkpoint-'))
  opened = openDatabase({ directory, now: () => new Date() })
  opened.db.pragma('wal_autocheckpoint = 0')
  failures.length = 0
})
afterEach(() => {
  opened.db.close()
  rmSync(directory, { recursive: true, force: true })
})

const create = (timing: Partial<CheckpointerTiming>) =>
  createCheckpointer(
    {
      databaseFile: opened.file,
      workerFile: path.join(import.meta.dirname, '../workers/checkpoint-worker.ts'),
      failed: (error) => failures.push(error),
    },
    { lookMs: 3_600_000, idleBytes: 100_000, idleMs: 0, maxBytes: 10_000_000, ...timing },
  )
const fill = (rows: number) => {
  const insert = opened.db.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)')
  for (let index = 0; index < rows; index += 1) insert.run(`n${index}`, 'x'.repeat(3000))
}
const databaseSize = () => statSync(opened.file).size
const logSize = () => statSync(`${opened.file}-wal`).size

test('ok/a log that has grown is moved off this thread, and begun anew', async () => {
  fill(200)
  const before = { database: databaseSize(), log: logSize() }
  const checkpointer = create({})
  await checkpointer.look()
  expect(failures).toEqual([])
  expect(databaseSize()).toBeGreaterThan(before.database)
  fill(50)
  expect(logSize()).toBe(before.log)
  expect(opened.db.prepare('SELECT count(*) FROM setting').pluck().get()).toBe(200)
  expect(opened.db.pragma('integrity_check', { simple: true })).toBe('ok')
  await checkpointer.stop()
})

test('ok/a short log, and one that is being written, are left alone until they are too long', async () => {
  const checkpointer = create({ idleMs: 3_600_000 })
  fill(200)
  const before = databaseSize()
  await checkpointer.look()
  expect(databaseSize()).toBe(before)
  await checkpointer.stop()
  const strict = create({ idleMs: 3_600_000, maxBytes: 200_000 })
  await strict.look()
  expect(databaseSize()).toBeGreaterThan(before)
  await strict.stop()
})

test('fail/a thread that cannot run is told, and the store goes on', async () => {
  fill(100)
  const checkpointer = createCheckpointer(
    {
      databaseFile: path.join(directory, 'client.db'),
      workerFile: path.join(directory, 'missing.cjs'),
      failed: (error) => failures.push(error),
    },
    { lookMs: 3_600_000, idleBytes: 1, idleMs: 0 },
  )
  await checkpointer.look()
  expect(failures).toHaveLength(1)
  fill(10)
  await checkpointer.stop()
})
