import type Database from 'better-sqlite3'
import { hash, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { AppError } from '#contract/errors.ts'
import { scopeSchema, type Scope } from '#contract/operations.ts'
import { newId } from '../ids.ts'
import { readJson } from './json-column.ts'
import { guarded } from './store-errors.ts'

export interface StoredGrant {
  readonly id: string
  readonly origin: string
  readonly systemCode: string
  readonly scopes: readonly Scope[]
  readonly createdAt: string
  readonly expiresAt: string
  readonly lastUsedAt: string | null
}

export interface GrantsStore {
  /** The live ones. */
  readonly list: () => StoredGrant[]
  /** A live grant of this origin and system code that covers all scopes, or null. */
  readonly findCovering: (origin: string, systemCode: string, scopes: readonly Scope[]) => StoredGrant | null
  readonly create: (grant: {
    origin: string
    systemCode: string
    scopes: readonly Scope[]
    days: number
  }) => StoredGrant
  /** A token for the grant: shown once, kept as SHA-256 only. */
  readonly issueToken: (grantId: string) => string
  /** The live grant behind a token of exactly this origin; throws grant.missing or grant.expired (R9). */
  readonly check: (token: string, origin: string) => StoredGrant
  /** False when there was none. */
  readonly remove: (id: string) => boolean
  /** Their documents' rows go with them. */
  readonly removeExpired: () => void
}

const rowSchema = z.object({
  id: z.string(),
  origin: z.string(),
  system_code: z.string(),
  scopes: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.string().nullable(),
})

const toGrant = (row: unknown): StoredGrant => {
  const { id, origin, system_code, scopes, created_at, expires_at, last_used_at } = rowSchema.parse(row)
  return {
    id,
    origin,
    systemCode: system_code,
    scopes: readJson(z.array(scopeSchema), scopes),
    createdAt: created_at,
    expiresAt: expires_at,
    lastUsedAt: last_used_at,
  }
}

const COLUMNS = 'id, origin, system_code, scopes, created_at, expires_at, last_used_at'
const TOKENS_PER_GRANT = 16
const DAY = 86_400_000
/** `last_used_at` is for people: once a minute is enough and keeps the write off the signing path. */
const TOUCH_EVERY = 60_000

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')

export const createGrantsStore = (db: Database.Database, instanceId: string, now: () => Date): GrantsStore => {
  const selectAll = db.prepare(
    `SELECT ${COLUMNS} FROM site_grant WHERE instance_id = ? AND expires_at > ? ORDER BY created_at DESC`,
  )
  const selectOf = db.prepare(
    `SELECT ${COLUMNS} FROM site_grant WHERE instance_id = ? AND origin = ? AND system_code = ? AND expires_at > ?`,
  )
  const insert = db.prepare(
    `INSERT INTO site_grant (id, origin, instance_id, system_code, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertToken = db.prepare('INSERT INTO grant_token (hash, grant_id, created_at) VALUES (?, ?, ?)')
  const trimTokens = db.prepare(
    `DELETE FROM grant_token WHERE grant_id = @grant AND hash NOT IN
     (SELECT hash FROM grant_token WHERE grant_id = @grant ORDER BY created_at DESC, rowid DESC LIMIT ${TOKENS_PER_GRANT})`,
  )
  // The lookup is by the digest of a 256-bit random token: its timing tells nothing about a stored token.
  const selectByToken = db.prepare(
    `SELECT ${COLUMNS} FROM site_grant WHERE instance_id = ? AND id = (SELECT grant_id FROM grant_token WHERE hash = ?)`,
  )
  const touch = db.prepare('UPDATE site_grant SET last_used_at = ? WHERE id = ?')
  const deleteOne = db.prepare('DELETE FROM site_grant WHERE id = ?')
  const deleteExpired = db.prepare('DELETE FROM site_grant WHERE expires_at <= ?')
  const touchedAt = new Map<string, number>()
  /** Grants by the digest of their token, as read last; emptied by every write. This process is the only writer. */
  const known = new Map<string, StoredGrant>()

  const findByToken = (digest: Buffer): StoredGrant => {
    const key = digest.toString('base64')
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    const row = guarded(() => selectByToken.get(instanceId, digest))
    if (row === undefined) throw new AppError('grant.missing')
    const grant = toGrant(row)
    known.set(key, grant)
    return grant
  }

  const noteUse = (id: string) => {
    const time = now().getTime()
    if (time - (touchedAt.get(id) ?? 0) < TOUCH_EVERY) return
    touchedAt.set(id, time)
    guarded(() => touch.run(new Date(time).toISOString(), id))
  }

  return {
    list: () => guarded(() => selectAll.all(instanceId, now().toISOString())).map(toGrant),
    findCovering: (origin, systemCode, scopes) =>
      guarded(() => selectOf.all(instanceId, origin, systemCode, now().toISOString()))
        .map(toGrant)
        .find((grant) => scopes.every((scope) => grant.scopes.includes(scope))) ?? null,
    create: ({ origin, systemCode, scopes, days }) => {
      const created = now()
      const grant: StoredGrant = {
        id: newId('grant'),
        origin,
        systemCode,
        scopes: [...scopes],
        createdAt: created.toISOString(),
        expiresAt: new Date(created.getTime() + days * DAY).toISOString(),
        lastUsedAt: null,
      }
      guarded(() =>
        insert.run(
          grant.id,
          origin,
          instanceId,
          systemCode,
          JSON.stringify(grant.scopes),
          grant.createdAt,
          grant.expiresAt,
        ),
      )
      return grant
    },
    issueToken: (grantId) => {
      const token = randomBytes(32).toString('base64url')
      known.clear()
      guarded(() =>
        db.transaction(() => {
          insertToken.run(hashOf(token), grantId, now().toISOString())
          trimTokens.run({ grant: grantId })
        })(),
      )
      return token
    },
    check: (token, origin) => {
      const grant = findByToken(hashOf(token))
      if (grant.origin !== origin) throw new AppError('grant.missing')
      if (grant.expiresAt <= now().toISOString()) throw new AppError('grant.expired')
      noteUse(grant.id)
      return grant
    },
    remove: (id) => {
      known.clear()
      return guarded(() => deleteOne.run(id)).changes > 0
    },
    removeExpired: () => {
      known.clear()
      guarded(() => deleteExpired.run(now().toISOString()))
    },
  }
}
