import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { createStore, type Store } from './store.ts'

let directory = ''
let store: Store
let time = new Date('2026-11-23T08:00:00.000Z')

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yzt-grants-'))
  time = new Date('2026-11-23T08:00:00.000Z')
  store = createStore({ directory, now: () => time })
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

const A = 'https://a.example'
const B = 'https://b.example'

const create = (origin = A) => {
  const grant = store.grants.create({ origin, systemCode: 'P-1', scopes: ['login', 'sign'], days: 90 })
  return { grant, token: store.grants.issueToken(grant.id) }
}
const check = (token: string, origin: string): string => {
  try {
    return store.grants.check(token, origin).id
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

describe('R9 grants', () => {
  test('ok/a token works for the origin it was given to', () => {
    const { grant, token } = create()
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(check(token, A)).toBe(grant.id)
  })

  test.each([
    ['another origin', B],
    ['another port', `${A}:8443`],
    ['another scheme', 'http://a.example'],
    ['a sub domain', 'https://x.a.example'],
  ])("fail/A's token never serves %s", (_name, origin) => {
    const { token } = create()
    create(B)
    expect(check(token, origin)).toBe('grant.missing')
  })

  test('fail/a made-up token is worth nothing', () => {
    create()
    expect(check('x'.repeat(43), A)).toBe('grant.missing')
    expect(check('', A)).toBe('grant.missing')
  })

  test('fail/an expired grant says so, a revoked one is gone with all its tokens', () => {
    const { grant, token } = create()
    const second = store.grants.issueToken(grant.id)
    time = new Date('2027-02-22T08:00:00.000Z')
    expect(check(token, A)).toBe('grant.expired')
    time = new Date('2026-11-24T08:00:00.000Z')
    expect(check(second, A)).toBe(grant.id)
    expect(store.grants.remove(grant.id)).toBe(true)
    expect(check(token, A)).toBe('grant.missing')
    expect(check(second, A)).toBe('grant.missing')
  })

  test('ok/an expired grant is no longer listed, and at the next start it is gone', () => {
    const { grant, token } = create()
    time = new Date('2027-02-21T07:59:59.000Z')
    expect(store.grants.list().map(({ id }) => id)).toEqual([grant.id])
    const later = create(B).grant
    time = new Date('2027-02-21T08:00:00.000Z')
    expect(store.grants.list().map(({ id }) => id)).toEqual([later.id])
    expect(check(token, A)).toBe('grant.expired')
    store.grants.removeExpired()
    expect(check(token, A)).toBe('grant.missing')
    expect(store.grants.list().map(({ id }) => id)).toEqual([later.id])
  })

  test('ok/tokens are kept as SHA-256 only', async () => {
    const { token } = create()
    await store.flush()
    const db = new Database(path.join(directory, 'client.db'), { readonly: true })
    const rows = JSON.stringify(db.prepare('SELECT hex(hash) AS hash FROM grant_token').all())
    const everything = db.serialize().toString('latin1')
    db.close()
    expect(rows).toMatch(/[0-9A-F]{64}/)
    expect(everything).not.toContain(token)
  })

  test('ok/a remembered grant covers only its own origin, platform and scopes', () => {
    const { grant } = create()
    expect(store.grants.findCovering(A, 'P-1', ['login'])?.id).toBe(grant.id)
    expect(store.grants.findCovering(A, 'P-1', ['login', 'seal'])).toBeNull()
    expect(store.grants.findCovering(A, 'P-2', ['login'])).toBeNull()
    expect(store.grants.findCovering(B, 'P-1', ['login'])).toBeNull()
    time = new Date('2028-01-01T00:00:00.000Z')
    expect(store.grants.findCovering(A, 'P-1', ['login'])).toBeNull()
  })

  test('fail/a store copied to another installation does not carry its grants along', async () => {
    const { token } = create()
    await store.close()
    const db = new Database(path.join(directory, 'client.db'))
    db.prepare("UPDATE setting SET value = '\"another\"' WHERE name = 'instanceId'").run()
    db.close()
    store = createStore({ directory, now: () => time })
    expect(check(token, A)).toBe('grant.missing')
    expect(store.grants.list()).toEqual([])
  })

  test('ok/use is noted, at most once a minute', () => {
    const { grant, token } = create()
    store.grants.check(token, A)
    const first = store.grants.list()[0]?.lastUsedAt
    expect(first).toBe('2026-11-23T08:00:00.000Z')
    time = new Date('2026-11-23T08:00:30.000Z')
    store.grants.check(token, A)
    expect(store.grants.list()[0]?.lastUsedAt).toBe(first)
    time = new Date('2026-11-23T08:01:30.000Z')
    store.grants.check(token, A)
    expect(store.grants.list().find(({ id }) => id === grant.id)?.lastUsedAt).toBe('2026-11-23T08:01:30.000Z')
  })

  test('ok/only the sixteen newest tokens of a grant live', () => {
    const { grant, token } = create()
    for (let index = 0; index < 16; index += 1) {
      time = new Date(time.getTime() + 1000)
      store.grants.issueToken(grant.id)
    }
    expect(check(token, A)).toBe('grant.missing')
  })
})
