import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { publicNames, sdkTypes } from './sdk-types.ts'

test('docs/sdk.d.ts declares the SDK as it is and imports nothing', () => {
  const written = readFileSync(new URL('../../docs/sdk.d.ts', import.meta.url), 'utf8')
  expect(written).toBe(sdkTypes())
  expect(written).not.toMatch(/\bimport\b|\bfrom '/)
  for (const name of [...publicNames().values()].flat().concat('Bridge', 'Diagnosis')) {
    expect(written).toMatch(new RegExp(`export (declare )?(const|class|interface) ${name}\\b`))
  }
})
