import { expect, test } from 'vitest'
import { compile, modules, moduleText } from './build.ts'
import { readFile } from 'node:fs/promises'
import path from 'node:path'

test.each(modules)('$name: the committed bytes are what its source compiles to', async (module) => {
  const committed = await readFile(path.join(import.meta.dirname, 'generated', `${module.name}.ts`), 'utf8')
  expect(moduleText(await compile(module))).toBe(committed)
})
