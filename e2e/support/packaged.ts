/** The program as it is installed: unpacked from the .deb that `YZT_E2E_BUILD=1 npm run make` leaves. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from './folders.ts'

const NAME = 'zhongbiao-yizhengtong'
const installers = path.join(root, 'out/e2e-build/make/deb', process.arch)

/** The installer, or null on a system that makes none. */
export const findDeb = (): string | null => {
  const name = existsSync(installers) ? readdirSync(installers).find((file) => file.endsWith('.deb')) : undefined
  return name === undefined ? null : path.join(installers, name)
}

const unpacked = path.join(root, 'out/e2e/packaged')

/** Where the program is once the installer is unpacked. */
export const packagedProgram = path.join(unpacked, 'usr/lib', NAME, NAME)

export const unpackDeb = (deb: string): void => {
  rmSync(unpacked, { recursive: true, force: true })
  mkdirSync(unpacked, { recursive: true })
  execFileSync('dpkg-deb', ['-x', deb, unpacked])
}
