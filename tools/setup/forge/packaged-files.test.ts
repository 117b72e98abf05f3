import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { nativeClosure } from '../entries.mjs'
import { createIgnore, deleteForeignPrebuilds } from './packaged-files.mjs'

const ignore = createIgnore()

test('the native modules and what they require go along, build tools do not', () => {
  const closure = nativeClosure()
  expect(closure).toEqual(expect.arrayContaining(['better-sqlite3', 'node-hid', 'pkcs11js', 'pkg-prebuilds']))
  expect(closure).not.toContain('node-addon-api')
})

test.each([
  '/package.json',
  '/.vite/build/main.cjs',
  '/.vite/renderer/main_window/index.html',
  '/node_modules',
  '/node_modules/better-sqlite3/lib/index.js',
  '/node_modules/better-sqlite3/prebuilds/linux-x64.node',
  '/node_modules/pkcs11js/build/Release/pkcs11.node',
  '/node_modules/pkcs11js/package.json',
])('%s is packaged', (file) => {
  expect(ignore(file)).toBe(false)
})

test.each([
  '/main/main.ts',
  '/.env',
  '/.git/config',
  '/.vite/stamps.json',
  '/out/start/data',
  '/node_modules/electron/index.js',
  '/node_modules/express/index.js',
  '/node_modules/pkcs11js/build/Release/obj.target/pkcs11.node',
  '/node_modules/pkcs11js/src/main.cpp',
  '/node_modules/better-sqlite3/deps/sqlite3.c',
  '/node_modules/better-sqlite3-other/index.js',
])('%s is left out', (file) => {
  const parts = file.split('/').slice(1)
  const isCut = parts.some((_, index) => ignore(`/${parts.slice(0, index + 1).join('/')}`))
  expect(isCut).toBe(true)
})

test('binaries of other systems are deleted, and a system without one is an error', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'prebuilds-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const prebuilds = (name: string): string => path.join(folder, 'node_modules', name, 'prebuilds')
  const put = (name: string, entries: string[]) =>
    entries.forEach((entry) => mkdirSync(path.join(prebuilds(name), entry), { recursive: true }))
  put('better-sqlite3', ['linux-x64.node', 'linuxmusl-x64.node', 'darwin-x64.node', 'linux-arm64.node'])
  put('node-hid', ['HID-linux-x64', 'HID-linux-x64-musl', 'HID_hidraw-linux-x64', 'HID-win32-x64'])
  deleteForeignPrebuilds(folder, 'linux', 'x64')
  expect(readdirSync(prebuilds('better-sqlite3'))).toEqual(['linux-x64.node'])
  expect(readdirSync(prebuilds('node-hid')).sort()).toEqual(['HID-linux-x64', 'HID_hidraw-linux-x64'])
  expect(() => deleteForeignPrebuilds(folder, 'sunos', 'x64')).toThrow(/no binary for sunos-x64/)
})
