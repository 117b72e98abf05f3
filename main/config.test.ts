import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { noDemo, readDemoFile } from './config.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'yzt-config-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let count = 0
const write = (content: unknown, mode = 0o600): string => {
  count += 1
  const file = path.join(directory, `${count}.json`)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  chmodSync(file, mode)
  return file
}

describe('the configuration from outside (R15)', () => {
  test('ok/nothing is named: nothing is added', () => {
    expect(readDemoFile(undefined)).toEqual(noDemo)
    expect(readDemoFile('')).toEqual(noDemo)
  })

  test('ok/drivers, platforms and a seal', () => {
    const file = write({
      drivers: [{ id: 'softhsm', name: 'SoftHSM2', path: '/usr/lib/x.so', env: { SOFTHSM2_CONF: '/a.conf' } }],
      platforms: [{ systemCode: 'P-1', name: '平台', origins: ['https://a.example'] }],
      demoUrl: 'http://127.0.0.1:8080/',
    })
    expect(readDemoFile(file)).toMatchObject({ drivers: [{ id: 'softhsm', vendor: '' }], isolated: false })
  })

  test.each([
    ['a file that others may write', () => write({}, 0o666), /others may write/],
    ['a file that the group may write', () => write({}, 0o620), /others may write/],
    ['a relative path', () => 'demo.json', /not absolute/],
    ['a missing file', () => path.join(directory, 'none.json'), /cannot be read/],
    ['a folder', () => directory, /not a regular file/],
    ['no JSON', () => write('{'), /cannot be read/],
    ['an unknown field', () => write({ surprise: 1 }), /surprise/],
    ['a relative module path', () => write({ drivers: [{ id: 'a', name: 'a', path: 'x.so' }] }), /absolute/],
    [
      'an environment that changes how code is loaded',
      () => write({ drivers: [{ id: 'a', name: 'a', path: '/x.so', env: { LD_PRELOAD: '/evil.so' } }] }),
      /env/,
    ],
    ['a page elsewhere', () => write({ demoUrl: 'https://evil.example/' }), /demoUrl/],
  ])('fail/%s is refused', (_name, make, reason) => {
    expect(() => readDemoFile(make())).toThrow(reason)
  })

  test('fail/a link to a file is refused', () => {
    const link = path.join(directory, 'link.json')
    symlinkSync(write({}), link)
    expect(() => readDemoFile(link)).toThrow(/regular file/)
  })
})
