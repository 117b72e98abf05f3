import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogReserve, type LogReserve } from './log-reserve.ts'
import { openDatabase, type OpenedDatabase } from './open-database.ts'

const STEP = 400_000
let directory = ''
let opened: OpenedDatabase
let descriptor = 0

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yzt-reserve-'))
  opened = openDatabase({ directory, now: () => new Date() })
  opened.db.pragma('wal_autocheckpoint = 0')
  descriptor = openSync(`${opened.file}-wal`, 'r+')
})
afterEach(() => {
  closeSync(descriptor)
  opened.db.close()
  rmSync(directory, { recursive: true, force: true })
})

const create = (leastFree = 0): LogReserve =>
  createLogReserve({ descriptor, folder: directory, pageSize: 4096, step: STEP, leastFree })
const logSize = () => statSync(`${opened.file}-wal`).size
const write = (from: number, to: number, reserve?: LogReserve) => {
  const insert = opened.db.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)')
  for (let index = from; index < to; index += 1) {
    insert.run(`n${index}`, 'x'.repeat(1000))
    reserve?.keep()
  }
}
/** As after a power cut: the files as they are, opened by another process's connection. */
const rowsAfterCrash = () => {
  const copy = path.join(directory, 'copy.db')
  for (const suffix of ['', '-wal']) copyFileSync(opened.file + suffix, copy + suffix)
  const db = new Database(copy)
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    return db.prepare('SELECT count(*) FROM setting').pluck().get()
  } finally {
    db.close()
  }
}

test('ok/commits fall into the zeros, which are added to before they are used up', () => {
  const reserve = create()
  reserve.keep()
  const first = logSize()
  write(0, 20, reserve)
  expect(logSize()).toBe(first)
  write(20, 400, reserve)
  const grown = logSize()
  expect(grown).toBeGreaterThan(first)
  expect((grown - first) % STEP).toBe(0)
  expect(rowsAfterCrash()).toBe(400)
})

test('ok/a log that is begun anew keeps its length, and what is in it is what was written', () => {
  const reserve = create()
  write(0, 300, reserve)
  opened.db.pragma('wal_checkpoint(RESTART)')
  const before = logSize()
  write(300, 310, reserve)
  expect(logSize() - before).toBeLessThanOrEqual(STEP)
  expect(rowsAfterCrash()).toBe(310)
})

test('ok/little free space: the log is left alone', () => {
  const before = logSize()
  const reserve = create(Number.MAX_SAFE_INTEGER)
  reserve.keep()
  expect(logSize()).toBe(before)
  write(0, 10, reserve)
  expect(rowsAfterCrash()).toBe(10)
})
