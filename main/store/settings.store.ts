import type Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { settingsSchema, type Settings } from '#contract/client.ts'
import { guarded } from './store-errors.ts'

const defaults: Settings = {
  theme: 'system',
  language: 'zh-CN',
  isBridgeEnabled: true,
  grantDays: 90,
  startAtLogin: false,
}

const rowSchema = z.object({ name: z.string(), value: z.string() })

export interface SettingsStore {
  readonly get: () => Settings
  readonly set: (changes: { [Name in keyof Settings]?: Settings[Name] | undefined }) => Settings
  /** What is done once for each installation. */
  readonly isDone: (what: 'seal') => boolean
  readonly setDone: (what: 'seal') => void
  /** Drawn once for each installation; grants are bound to it. */
  readonly instanceId: () => string
}

const parseOr = <Value>(schema: z.ZodType<Value>, text: string | undefined, fallback: Value): Value => {
  if (text === undefined) return fallback
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : fallback
  } catch (error) {
    if (error instanceof SyntaxError) return fallback
    throw error
  }
}

export const createSettingsStore = (db: Database.Database): SettingsStore => {
  const all = db.prepare('SELECT name, value FROM setting')
  const put = db.prepare(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )

  const read = (): Map<string, string> =>
    new Map(
      z
        .array(rowSchema)
        .parse(guarded(() => all.all()))
        .map(({ name, value }) => [name, value]),
    )

  /** This process is the only writer, and the bridge looks at every request. */
  let cached: Settings | null = null

  const load = (): Settings => {
    const stored = read()
    const { shape } = settingsSchema
    return {
      theme: parseOr(shape.theme, stored.get('theme'), defaults.theme),
      language: parseOr(shape.language, stored.get('language'), defaults.language),
      isBridgeEnabled: parseOr(shape.isBridgeEnabled, stored.get('isBridgeEnabled'), defaults.isBridgeEnabled),
      grantDays: parseOr(shape.grantDays, stored.get('grantDays'), defaults.grantDays),
      startAtLogin: parseOr(shape.startAtLogin, stored.get('startAtLogin'), defaults.startAtLogin),
    }
  }

  const get = (): Settings => (cached ??= load())

  return {
    get,
    set: (changes) => {
      guarded(() =>
        db.transaction(() => {
          for (const [name, value] of Object.entries(changes)) {
            if (value !== undefined) put.run(name, JSON.stringify(value))
          }
        })(),
      )
      cached = null
      return get()
    },
    isDone: (what) => parseOr(z.boolean(), read().get(`done.${what}`), false),
    setDone: (what) => {
      guarded(() => put.run(`done.${what}`, 'true'))
    },
    instanceId: () => {
      const known = parseOr<string>(z.string(), read().get('instanceId'), '')
      if (known !== '') return known
      const drawn = randomBytes(16).toString('base64url')
      guarded(() => put.run('instanceId', JSON.stringify(drawn)))
      return drawn
    },
  }
}
