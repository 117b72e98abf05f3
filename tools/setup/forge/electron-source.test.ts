import { expect, test } from 'vitest'
import { electronSource } from './electron-source.mjs'

test('a release refuses the archive of the stand-in', () => {
  expect(() => electronSource({ YZT_RELEASE: '1', YZT_ELECTRON_ZIP_DIR: 'zips' })).toThrow(/takes Electron itself/)
})

test('a release refuses the variant for end-to-end tests', () => {
  expect(() => electronSource({ YZT_RELEASE: '1', YZT_E2E_BUILD: '1' })).toThrow(/end-to-end/)
})

test('a release checks what it fetches against the checksums of the npm package', () => {
  const source = electronSource({ YZT_RELEASE: '1' })
  const checksums = 'download' in source ? source.download.checksums : {}
  expect(Object.keys(checksums)).toContainEqual(expect.stringMatching(/^electron-v[\d.]+-linux-x64\.zip$/))
  expect(Object.values(checksums)).toSatisfy((sums: string[]) => sums.every((sum) => /^[0-9a-f]{64}$/.test(sum)))
})

test('where Electron cannot be fetched, an ordinary build takes the archive of the stand-in', () => {
  expect(electronSource({ YZT_ELECTRON_ZIP_DIR: 'zips' })).toEqual({ electronZipDir: 'zips' })
})
