import { calls, events, type CallName, type EventName, type EventPayload, type WindowKind } from '#contract/ipc.ts'
import type { CallInput, CallOutput, CallResult } from '#contract/ipc.ts'
import type { ErrorCode } from '#contract/errors.ts'
import type { Page } from 'playwright'
import { bridgeReady, certificates, grants, journal, keyring, seals, settings } from './fixtures.ts'

export type Answers = {
  [Name in CallName]?: (input: CallInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>
}

/** Thrown by an answer: what main would say. */
export class Refusal extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode) {
    super(code)
    this.code = code
  }
}

export const refuse = (code: ErrorCode) => (): never => {
  throw new Refusal(code)
}

export const never = (): Promise<never> => new Promise(() => undefined)

const defaults: Answers = {
  'program.info': () => ({
    version: '0.1.0',
    electron: '45.4.1',
    platform: 'Linux x64',
    dataPath: '/home/user/.config/zhongbiao-yizhengtong',
    hasDemo: true,
  }),
  'settings.get': () => settings,
  'settings.set': (change) => ({ ...settings, ...(change as Partial<typeof settings>) }),
  'keyring.get': () => keyring,
  'keyring.refresh': () => keyring,
  'certificates.list': () => certificates,
  'bridge.state': () => bridgeReady,
  'grants.list': () => [...grants],
  'platforms.list': () => [],
  'journal.list': () => [...journal()],
  'seals.list': () => seals,
  'consent.get': () => null,
  'consent.reject': () => undefined,
  'consent.close': () => undefined,
  'viewer.ready': () => undefined,
}

export interface Asked {
  readonly name: CallName
  readonly input: unknown
}

/**
 * Main's side of `window.yzt` for a page in an ordinary browser: inputs and outputs are checked against the contract, as
 * main and preload do; windows may make their own calls only.
 */
export const serveCalls = async (page: Page, kind: WindowKind, answers: Answers = {}) => {
  const asked: Asked[] = []
  const table: Answers = { ...defaults, ...answers }

  const answer = async (name: string, input: unknown): Promise<CallResult<unknown>> => {
    if (!(name in calls)) throw new Error(`${name} is no call`)
    const known = name as CallName
    const definition = calls[known]
    if (!definition.windows.includes(kind)) throw new Error(`${name} is not for ${kind}`)
    const parsed: unknown = definition.input.parse(input)
    asked.push({ name: known, input: parsed })
    const handler = table[known] as ((input: unknown) => unknown) | undefined
    if (!handler) throw new Error(`${name} has no answer here`)
    try {
      return { ok: true, value: definition.output.parse(await handler(parsed)) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { ok: false, error: { code: error.code, details: {} } }
    }
  }

  await page.exposeBinding('yztCall', (_source, name: string, input: unknown) => answer(name, input ?? undefined))
  await page.addInitScript(() => {
    const listeners = new Map<string, Set<(payload: unknown) => void>>()
    const scope = window as unknown as Record<string, unknown>
    const call = scope.yztCall as (name: string, input: unknown) => Promise<unknown>
    Object.defineProperty(window, 'yzt', {
      value: Object.freeze({
        call: (name: string, input: unknown) => call(name, input),
        on: (name: string, listener: (payload: unknown) => void) => {
          const set = listeners.get(name) ?? new Set()
          listeners.set(name, set.add(listener))
          return () => set.delete(listener)
        },
      }),
    })
    scope.yztEmit = (name: string, payload: unknown) => listeners.get(name)?.forEach((listener) => listener(payload))
  })

  return {
    asked,
    /** Replaces answers from now on. */
    answer: (change: Answers) => Object.assign(table, change),
    emit: async <Name extends EventName>(name: Name, payload: EventPayload<Name>) => {
      events[name].payload.parse(payload)
      await page.evaluate(
        ([event, data]) =>
          (window as unknown as { yztEmit: (name: string, data: unknown) => void }).yztEmit(event, data),
        [name, payload] as const,
      )
    },
  }
}
