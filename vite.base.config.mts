import { builtinModules } from 'node:module'
import path from 'node:path'
import type { ConfigEnv, LibraryOptions } from 'vite'
import { nativeModules, root } from './tools/setup/entries.mjs'

/** Both Forge and tools/setup/build.mjs hand the entry over like this: `{ name: source }`. */
type EntryEnv = ConfigEnv & { forgeConfigSelf?: { entry?: LibraryOptions['entry'] } }

export function entryOf(env: ConfigEnv): { name: string; source: string } {
  const { entry } = (env as EntryEnv).forgeConfigSelf ?? {}
  const [[name, source] = []] = typeof entry === 'object' ? Object.entries(entry) : []
  if (name === undefined || source === undefined)
    throw new Error('The entry is missing: build by tools/setup/build.mjs')
  return { name, source: path.join(root, source) }
}

export const outDir = path.join(root, '.vite', 'build')

export const nodeModules = [...builtinModules.flatMap((name) => [name, `node:${name}`]), /^electron($|\/)/]

export const external = [...nodeModules, ...nativeModules]
