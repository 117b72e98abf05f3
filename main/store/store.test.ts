import Database from 'better-sqlite3'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { migrations } from './migrations.ts'
import { moveAside, openDatabase } from './open-database.ts'
import { createStore } from './store.ts'
import { toStoreError } from './store-errors.ts'

let directory = ''
const now = () => new Date('2026-11-23T08:00:00.000Z')
const file = () => path.join(directory, 'client.db')

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yzt-store-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0
const probe = mkdtempSync(path.join(tmpdir(), 'yzt-mount-'))
const canMount = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe)
if (canMount) spawnSync('umount', [probe])
rmSync(probe, { recursive: true, force: true })

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'nothing was thrown'
}

describe('the local store', () => {
  test('ok/a new one is made, private to the user, and opened again with the same instance', async () => {
    const first = createStore({ directory, now })
    const { instanceId } = first
    await first.close()
    expect(statSync(file()).mode & 0o077).toBe(0)
    const second = createStore({ directory, now })
    expect(second.instanceId).toBe(instanceId)
    expect(second.movedAside).toBeNull()
    await second.close()
  })

  test('ok/settings have defaults and are kept', async () => {
    const store = createStore({ directory, now })
    expect(store.settings.get()).toEqual({
      theme: 'system',
      language: 'zh-CN',
      isBridgeEnabled: true,
      grantDays: 90,
      startAtLogin: false,
    })
    store.settings.set({ theme: 'dark', isBridgeEnabled: false })
    await store.close()
    const again = createStore({ directory, now })
    expect(again.settings.get()).toMatchObject({ theme: 'dark', isBridgeEnabled: false, language: 'zh-CN' })
    await again.close()
  })

  test('ok/platforms are those of the configuration, and no others', async () => {
    const store = createStore({ directory, now })
    const platform = { systemCode: 'P-1', name: 'one', origins: ['https://a.example'] }
    store.platforms.replace([platform, { ...platform, systemCode: 'P-2' }])
    store.platforms.replace([{ ...platform, name: 'another' }])
    expect(store.platforms.list()).toEqual([{ ...platform, name: 'another' }])
    expect(store.platforms.registered('P-2', 'https://a.example')).toBeNull()
    await store.close()
  })

  test('ok/what was done once is remembered', async () => {
    const first = createStore({ directory, now })
    expect(first.settings.isDone('seal')).toBe(false)
    first.settings.setDone('seal')
    await first.close()
    const second = createStore({ directory, now })
    expect(second.settings.isDone('seal')).toBe(true)
    await second.close()
  })

  test('fail/a damaged file is moved aside with its bytes, a fresh one made, and it is told', async () => {
    const rubbish = Buffer.alloc(8192, 'not a database ')
    writeFileSync(file(), rubbish)
    const store = createStore({ directory, now })
    expect(store.movedAside).toMatch(/client\.damaged-2026-11-23T08-00-00-000Z\.db$/)
    expect(statSync(store.movedAside!).size).toBe(rubbish.length)
    expect(store.journal.count()).toBe(0)
    await store.close()
  })

  test('fail/a file damaged in the middle is found out, not used', async () => {
    const store = createStore({ directory, now })
    const platform = { name: 'x'.repeat(300), origins: ['https://a.example'] }
    store.platforms.replace(Array.from({ length: 400 }, (_, index) => ({ ...platform, systemCode: `P-${index}` })))
    await store.close()
    const { size } = statSync(file())
    const { readFileSync } = await import('node:fs')
    const bytes = readFileSync(file())
    bytes.fill(0x5a, Math.floor(size / 2), Math.floor(size / 2) + 8192)
    writeFileSync(file(), bytes)
    const again = createStore({ directory, now })
    expect(again.movedAside).not.toBeNull()
    await again.close()
  })

  test('fail/a damaged file and its log stay together, wherever the move is interrupted', () => {
    writeFileSync(file(), Buffer.alloc(8192, 'not a database '))
    writeFileSync(`${file()}-wal`, 'the newest entries')
    // In the way of the log: the move ends there.
    mkdirSync(path.join(directory, 'client.damaged-2026-11-23T08-00-00-000Z.db-wal', 'x'), { recursive: true })
    expect(() => moveAside(file(), now())).toThrow()
    expect(existsSync(file())).toBe(true)
    expect(existsSync(`${file()}-wal`)).toBe(true)
  })

  test('fail/a file of a newer program is refused and left as it is', async () => {
    const db = new Database(file())
    db.pragma('user_version = 9999')
    db.close()
    const before = statSync(file()).size
    expect(codeOf(() => createStore({ directory, now }))).toBe('store.newer')
    expect(statSync(file()).size).toBe(before)
    expect(readdirSync(directory).filter((name) => name.includes('damaged'))).toEqual([])
  })

  test('fail/a folder that cannot be made is told as read-only', () => {
    const blocked = path.join(directory, 'a-file')
    writeFileSync(blocked, '')
    expect(codeOf(() => createStore({ directory: path.join(blocked, 'data'), now }))).toBe('store.read_only')
  })

  test('fail/a full disk is told as such and loses nothing that was there', () => {
    const { db } = openDatabase({ directory, now })
    db.prepare("INSERT INTO setting VALUES ('kept', '1')").run()
    db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`)
    const fill = db.prepare('INSERT INTO setting VALUES (?, ?)')
    let thrown: unknown
    for (let index = 0; thrown === undefined && index < 1000; index += 1) {
      try {
        fill.run(`n${index}`, 'x'.repeat(4000))
      } catch (error) {
        thrown = error
      }
    }
    expect(toStoreError(thrown).code).toBe('store.disk_full')
    expect(db.prepare("SELECT value FROM setting WHERE name = 'kept'").pluck().get()).toBe('1')
    db.close()
  })

  describe.skipIf(!canMount)('on a disk of its own', () => {
    const disk = () => path.join(directory, 'disk')
    beforeEach(() => {
      mkdirSync(disk())
      expect(mount('-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk())).toBe(true)
    })
    afterEach(() => {
      spawnSync('umount', [disk()])
    })

    test('fail/a disk that is full at the start of an existing store is told as such', async () => {
      await createStore({ directory: disk(), now }).close()
      try {
        writeFileSync(path.join(disk(), 'filler'), Buffer.alloc(1024 * 1024))
      } catch {
        expect(readdirSync(disk())).toContain('filler')
      }
      expect(codeOf(() => createStore({ directory: disk(), now }))).toBe('store.disk_full')
    })
  })

  test('fail/a write to a read-only database is told as read-only', () => {
    const { db } = openDatabase({ directory, now })
    db.pragma('query_only = ON')
    let thrown: unknown
    try {
      db.prepare("INSERT INTO setting VALUES ('a', '1')").run()
    } catch (error) {
      thrown = error
    }
    db.close()
    expect(toStoreError(thrown).code).toBe('store.read_only')
  })
})

describe('migrations', () => {
  const first = 'CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT'
  const second = "ALTER TABLE a ADD COLUMN city TEXT NOT NULL DEFAULT 'unknown'"

  test('ok/each step runs once, and the older file is kept beside the new one', () => {
    const one = openDatabase({ directory, now, migrations: [first] })
    one.db.prepare("INSERT INTO a (name) VALUES ('kept')").run()
    one.db.close()
    const two = openDatabase({ directory, now, migrations: [first, second] })
    expect(two.db.prepare('SELECT name, city FROM a').all()).toEqual([{ name: 'kept', city: 'unknown' }])
    expect(two.db.pragma('user_version', { simple: true })).toBe(2)
    two.db.close()
    const backup = readdirSync(directory).find((name) => name.includes('before-0002'))
    const old = new Database(path.join(directory, backup!), { readonly: true })
    expect(old.prepare('SELECT * FROM a').all()).toEqual([{ id: 1, name: 'kept' }])
    old.close()
  })

  test('fail/a step that fails leaves the database at the step before', () => {
    openDatabase({ directory, now, migrations: [first] }).db.close()
    const broken = `${second}; INSERT INTO missing VALUES (1)`
    expect(codeOf(() => openDatabase({ directory, now, migrations: [first, broken] }))).toBe('program.unexpected')
    const after = openDatabase({ directory, now, migrations: [first] })
    expect(after.db.pragma('table_info(a)')).toHaveLength(2)
    after.db.close()
  })

  test('ok/every table of the released steps is STRICT', () => {
    const { db } = openDatabase({ directory, now, migrations })
    const tables = db
      .prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'")
      .all()
    db.close()
    expect(tables.length).toBeGreaterThan(6)
    expect(tables.every((table) => (table as { strict: number }).strict === 1)).toBe(true)
  })
})
