import path from 'node:path'

import { describe, expect, it } from 'vitest'
import { build, loadConfigFromFile } from 'vite'

import { configOf, entries } from '#tools/setup/entries.mjs'
import { root } from '#tools/setup/root.mjs'

/** Paths of the modules that the configuration of the product puts into the bundle of an entry. */
const modulesOf = async (name: string, source: string): Promise<string[]> => {
  const env = { command: 'build', mode: 'production', forgeConfigSelf: { entry: { [name]: source } } } as const
  const loaded = await loadConfigFromFile(env, path.join(root, configOf.main))
  const [output] = [
    await build({
      ...loaded?.config,
      build: { ...loaded?.config.build, write: false },
      root,
      configFile: false,
      logLevel: 'error',
    }),
  ].flat()
  if (output === undefined || !('output' in output)) throw new TypeError('a build that watches')
  return output.output
    .flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []))
    .map((file) => path.relative(root, file))
}

describe('bundles of the program', () => {
  const programs = entries.filter(({ target }) => target === 'main')
  it.each(programs.map(({ name, source }) => [name, source] as const))(
    '%s has the cryptography of Node and nothing of browsers',
    async (name, source) => {
      const modules = await modulesOf(name, source)
      expect(modules).toContain(source)
      const platforms = modules.filter((file) => /^pki\/platform\/(node|browser)/.test(file))
      const usesPki = modules.some((file) => /^pki\/(algorithms|gm|keys)\//.test(file))
      expect(platforms).toEqual(usesPki ? ['pki/platform/node.ts'] : [])
      expect(modules.filter((file) => /@noble\/(curves|hashes)/.test(file))).toEqual([])
    },
  )
})
