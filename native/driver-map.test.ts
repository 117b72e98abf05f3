import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { driverMap, driversForComputer, expandPath } from './driver-map.ts'
import { driverEntrySchema } from './drivers/driver-entry.ts'

const duplicates = (values: readonly string[]): string[] =>
  values.filter((value, index) => values.indexOf(value) !== index)

describe('driver map', () => {
  it('every entry fits the schema', () => {
    for (const entry of driverMap) expect(driverEntrySchema.safeParse(entry).error, entry.id).toBeUndefined()
  })

  it('no id, ATR or VID:PID occurs twice', () => {
    expect(duplicates(driverMap.map(({ id }) => id))).toEqual([])
    expect(duplicates(driverMap.flatMap(({ atrs }) => atrs))).toEqual([])
    const keys = driverMap.flatMap(({ usb }) => usb.map(({ vendorId, productId }) => `${vendorId}:${productId}`))
    expect(duplicates(keys)).toEqual([])
  })

  it('no file belongs to two entries of the same system', () => {
    const files = driverMap.flatMap(({ paths }) =>
      Object.entries(paths).flatMap(([computer, list]) => list.map((file) => `${computer} ${file.toLowerCase()}`)),
    )
    expect(duplicates(files)).toEqual([])
  })

  it('every path is absolute on its system and stays where it points', () => {
    for (const { id, paths } of driverMap) {
      for (const [computer, list] of Object.entries(paths)) {
        const isWindows = computer.startsWith('win32')
        const { isAbsolute, normalize } = isWindows ? path.win32 : path.posix
        for (const file of list.flatMap((template) => expandPath(template, computer.split('-')[1] ?? '', {}))) {
          expect(isAbsolute(file) && normalize(file) === file, `${id}: ${file}`).toBe(true)
          expect(file, id).not.toContain('{')
        }
      }
    }
  })

  it('no 32-bit folder and no 32-bit file stands under a 64-bit system, and the other way round', () => {
    for (const { id, paths } of driverMap) {
      for (const [computer, list] of Object.entries(paths)) {
        for (const file of list) {
          expect(file, id).not.toMatch(/SysWOW64|Program Files \(x86\)/i)
          if (computer.endsWith('ia32')) expect(file, id).not.toMatch(/(64|_x64)\.(dll|so|dylib)$/i)
          if (computer.startsWith('linux')) expect(file, id).toMatch(/\.so(\.[\d.]+)?$/)
          if (computer.startsWith('win32')) expect(file, id).toMatch(/\.dll$/i)
          if (computer.startsWith('darwin')) expect(file, id).toMatch(/\.(dylib|so)$/)
        }
      }
    }
  })

  it('the linter finds what it is there for', () => {
    const wrong = { ...driverMap[0], atrs: ['3B9F9'], paths: { 'win32-x86': ['x'] } }
    expect(driverEntrySchema.safeParse(wrong).success).toBe(false)
    expect(duplicates(['a', 'b', 'a'])).toEqual(['a'])
  })
})

describe('drivers for a computer', () => {
  it('a driver with a USB id is always among them, so that it can be missed', () => {
    const drivers = driversForComputer({ platform: 'win32', arch: 'x64' }, () => false)
    expect(drivers.map(({ id }) => id)).toEqual(['longmai-gm3000', 'linguo-bjca'])
    expect(drivers[0]!.usb).toContainEqual({ vendorId: 0x055c, productId: 0xe618 })
  })

  it('the others where they are installed, with every place they may be at', () => {
    const drivers = driversForComputer({ platform: 'linux', arch: 'arm64' }, (file) => file.includes('opensc'))
    expect(drivers.map(({ id }) => id)).toEqual(['longmai-gm3000', 'opensc'])
    expect(drivers[1]!.paths[0]).toBe('/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so')
  })

  it('none on a system the map does not know', () => {
    expect(driversForComputer({ platform: 'freebsd', arch: 'x64' }, () => true)).toEqual([])
  })
})
