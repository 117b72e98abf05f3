import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { journalHash, toJournalLine, type NewJournalEntry } from './journal.store.ts'
import { createStore, type Store } from './store.ts'

let directory = ''
let store: Store

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yzt-journal-'))
  store = createStore({ directory })
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

const entry = (changes: Partial<NewJournalEntry> = {}): NewJournalEntry => ({
  operationId: 'op_AAAAAAAAAAAAAAAAAAAAAA',
  kind: 'document_sign',
  entry: 'intent',
  origin: 'https://bid.example',
  systemCode: 'P-1',
  certificateSerial: '01ff',
  digest: 'ab'.repeat(32),
  title: '投标文件.pdf',
  outcome: '',
  ...changes,
})

/** Another connection, past the triggers: what somebody with the file in hands could do. */
const tamper = (sql: string) => {
  const db = new Database(path.join(directory, 'client.db'))
  for (const trigger of ['journal_keeps_rows', 'journal_keeps_content']) db.exec(`DROP TRIGGER IF EXISTS ${trigger}`)
  db.exec(sql)
  db.close()
}

describe('R17 the journal', () => {
  test('ok/entries follow each other by hash and verify', async () => {
    for (let index = 0; index < 1200; index += 1) store.journal.append(entry({ title: `file ${index}` }))
    expect(await store.journal.verify()).toEqual({ isIntact: true, entries: 1200, brokenAt: null })
    const [newest] = store.journal.list(null, 1)
    expect(newest).toMatchObject({ seq: 1200, title: 'file 1199' })
    expect(store.journal.list(newest!.seq, 2).map(({ seq }) => seq)).toEqual([1199, 1198])
  })

  test('ok/the chain goes on after a restart', async () => {
    store.journal.append(entry())
    await store.close()
    store = createStore({ directory })
    store.journal.append(entry({ entry: 'outcome', outcome: 'ok' }))
    expect(await store.journal.verify()).toEqual({ isIntact: true, entries: 2, brokenAt: null })
  })

  test.each([
    ['UPDATE', "UPDATE journal SET outcome = 'ok'"],
    ['DELETE', 'DELETE FROM journal'],
  ])('fail/%s is refused by the database itself', (_name, sql) => {
    store.journal.append(entry())
    const db = new Database(path.join(directory, 'client.db'))
    expect(() => db.exec(sql)).toThrow('append-only')
    db.close()
    expect(store.journal.count()).toBe(1)
  })

  test.each([
    ['a changed digest', "UPDATE journal SET digest = 'cd' WHERE seq = 2", 2],
    ['a changed time', "UPDATE journal SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 3", 3],
    ['a removed entry', 'DELETE FROM journal WHERE seq = 2', 2],
    ['a removed first entry', 'DELETE FROM journal WHERE seq = 1', 1],
    [
      'two exchanged entries',
      "UPDATE journal SET title = CASE seq WHEN 2 THEN 'c' ELSE 'b' END WHERE seq IN (2, 3)",
      2,
    ],
  ])('fail/%s is found', async (_name, sql, brokenAt) => {
    for (const title of ['a', 'b', 'c', 'd']) store.journal.append(entry({ title }))
    tamper(sql)
    expect(await store.journal.verify()).toMatchObject({ isIntact: false, brokenAt })
  })

  test('fail/entries cut off at the end while the program runs are missed', async () => {
    for (const title of ['a', 'b', 'c']) store.journal.append(entry({ title }))
    tamper('DELETE FROM journal WHERE seq > 1')
    expect(await store.journal.verify()).toEqual({ isIntact: false, entries: 1, brokenAt: 2 })
    tamper('DELETE FROM journal')
    expect(await store.journal.verify()).toEqual({ isIntact: false, entries: 0, brokenAt: 1 })
  })

  test('ok/an export can be checked by anybody, line by line', () => {
    store.journal.append(entry())
    store.journal.append(entry({ entry: 'outcome', outcome: 'ok' }))
    const lines = [...store.journal.readAll()].flat().map(toJournalLine)
    let previous = '0'.repeat(64)
    for (const line of lines) {
      const parsed = JSON.parse(line) as ReturnType<Store['journal']['append']>
      expect(parsed.hash).toBe(journalHash(previous, parsed))
      previous = parsed.hash
    }
    expect(lines).toHaveLength(2)
  })

  test('ok/flush settles for everybody who waits', async () => {
    const flushes = Array.from({ length: 20 }, () => {
      store.journal.append(entry())
      return store.flush()
    })
    await expect(Promise.all(flushes)).resolves.toHaveLength(20)
  })
})
