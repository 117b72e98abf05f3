import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSdk } from './testing/build-sdk.ts'

describe('the SDK that pages load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-'))
  let text = ''

  beforeAll(async () => {
    await buildSdk(join(folder, 'sdk.js'))
    text = readFileSync(join(folder, 'sdk.js'), 'utf8')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('has at most 10 KB after gzip', () => {
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(10 * 1024)
  })

  test('is one module without dependencies', () => {
    expect(text).not.toMatch(/\bimport\s*[({'"]|\bfrom\s*['"`]|\brequire\(/)
    expect(text).toMatch(/export\s*\{[^}]*as connect/)
  })

  test('has no way to hand over a PIN', () => {
    expect(text).not.toMatch(/[{,]pin:/)
  })
})
