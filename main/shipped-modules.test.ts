import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const root = path.resolve(import.meta.dirname, '..')
const rooms: Readonly<Record<string, string>> = { ...manifest.imports, '#platform': manifest.imports['#platform'].node }
const IMPORT = /(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\s+'([^']+)'|import\('([^']+)'\)/g

const resolve = (specifier: string, from: string): string | null => {
  if (specifier.startsWith('.')) return path.resolve(path.dirname(from), specifier)
  const room = Object.keys(rooms).find((name) => specifier.startsWith(name.slice(0, -1)))
  if (room === undefined) return null
  return path.resolve(root, rooms[room]!.replace('*', specifier.slice(room.length - 1)))
}

/** Every source file that the bundles are made from. */
const reachable = (entries: readonly string[], { withTypes = true } = {}): string[] => {
  const seen = new Set<string>()
  const open = entries.map((entry) => path.resolve(root, entry))
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file) || !existsSync(file)) continue
    seen.add(file)
    for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      if (!withTypes && /^(import|export) type/.test(match[0])) continue
      const next = resolve(match[1] ?? match[2] ?? match[3] ?? '', file)
      if (next !== null) open.push(next)
    }
  }
  return [...seen].map((file) => path.relative(root, file))
}

const shipped = reachable([
  'main/main.ts',
  'main/workers/pdf-worker.ts',
  'main/workers/checkpoint-worker.ts',
  'native/helper/token-helper.ts',
  'preload/main.ts',
  'preload/consent.ts',
  'preload/viewer.ts',
])

describe('what the program is built from', () => {
  test('ok/the walk finds the program', () => {
    expect(shipped).toContain('main/operations/operations.ts')
    expect(shipped).toContain('native/token-host.ts')
    expect(shipped.length).toBeGreaterThan(100)
  })

  test('nothing that approves by itself, and nothing of tests or benchmarks, can be reached', () => {
    expect(
      shipped.filter((file) => /^(bench|e2e|examples|tools)\/|(^|\/)testing\/|\.test\.ts$|fake|approver/.test(file)),
    ).toEqual([])
  })

  test('the consent window is the only one who answers questions', () => {
    const makers = shipped.filter((file) => /\bConsentPort\b/.test(readFileSync(path.join(root, file), 'utf8')))
    expect(makers.toSorted()).toEqual([
      'main/core.ts',
      'main/operations/consent-desk.ts',
      'main/operations/consent-question.ts',
      'main/operations/operations.ts',
      'main/operations/ports.ts',
    ])
  })

  test('preloads carry no schema library and no Node module', () => {
    const preload = reachable(['preload/main.ts', 'preload/consent.ts', 'preload/viewer.ts'], { withTypes: false })
    expect(preload.toSorted()).toEqual([
      'contract/ipc-channels.ts',
      'preload/consent.ts',
      'preload/expose.ts',
      'preload/main.ts',
      'preload/viewer.ts',
    ])
  })

  test('R18 no address of the network is written anywhere in main, native or preload', () => {
    const found = shipped
      .filter((file) => /^(main|native|preload)\//.test(file))
      .flatMap((file) => readFileSync(path.join(root, file), 'utf8').match(/https?:\/\/[a-z0-9.-]+\.[a-z]{2,}/gi) ?? [])
    expect(found).toEqual([])
  })
})
