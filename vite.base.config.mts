import { builtinModules } from 'node:module'
import path from 'node:path'
import type { ConfigEnv, LibraryOptions } from 'vite'
import { entries, nativeModules, type Target } from './tools/setup/entries.mjs'
import { root } from './tools/setup/root.mjs'

/**
 * Both Forge and tools/setup/build.mjs hand the entry over like this: `{ name: source }`. Tools that only read the
 * configuration get the first entry of its kind.
 */
type EntryEnv = ConfigEnv & { forgeConfigSelf?: { entry?: LibraryOptions['entry'] } }

export function entryOf(env: ConfigEnv, target: Target): { name: string; source: string } {
  const { entry } = (env as EntryEnv).forgeConfigSelf ?? {}
  const [given] = typeof entry === 'object' ? Object.entries(entry) : []
  const first = entries.find((candidate) => candidate.target === target)
  const [name, source] = given ?? [first?.name ?? '', first?.source ?? '']
  return { name, source: path.join(root, source) }
}

export const outDir = path.join(root, '.vite', 'build')

export const nodeModules = [...builtinModules.flatMap((name) => [name, `node:${name}`]), /^electron($|\/)/]

export const external = [...nodeModules, ...nativeModules]
