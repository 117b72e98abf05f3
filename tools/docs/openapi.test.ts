import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeApi } from '#bridge/openapi.ts'

test('docs/openapi.json describes the bridge as it is', () => {
  const written: unknown = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
  expect(written).toEqual(JSON.parse(JSON.stringify(describeApi())))
})
