/** The program as it is installed: unpacked from the .deb that `npm run test:e2e` makes first. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from './folders.ts'

const NAME = 'zhongbiao-yizhengtong'
const installers = path.join(root, 'out/e2e-build/make/deb', process.arch)
const unpacked = path.join(root, 'out/e2e/packaged')

/** Where the program is once the installer is unpacked. */
export const packagedProgram = path.join(unpacked, 'usr/lib', NAME, NAME)

/** @throws when there is not exactly one installer */
export const unpackDeb = (): void => {
  const names = existsSync(installers) ? readdirSync(installers).filter((file) => file.endsWith('.deb')) : []
  const [name] = names
  if (name === undefined || names.length > 1)
    throw new Error(`${names.length} installers in ${installers}: \`npm run test:e2e\` makes the one that is tested`)
  rmSync(unpacked, { recursive: true, force: true })
  mkdirSync(unpacked, { recursive: true })
  execFileSync('dpkg-deb', ['-x', path.join(installers, name), unpacked])
}
