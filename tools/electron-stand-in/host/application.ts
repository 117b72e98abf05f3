import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { extractAsar } from './asar.ts'
import { isFuseOn } from './fuses.ts'
import type { Distribution } from './runtime.ts'

export interface Application {
  name: string
  version: string
  /** folder of the application's package.json */
  path: string
  main: string
}

interface PackageJson {
  name?: string
  productName?: string
  version?: string
  main?: string
}

/** The packaged program's own code, or what the command line names, as Electron looks for it. */
export function resolveApplication(argument: string | null, { resources, executable }: Distribution): Application {
  const archive = join(resources, 'app.asar')
  if (existsSync(archive)) return describe(extractAsar(archive))
  if (isFuseOn(executable, 'onlyLoadAppFromAsar')) throw new Error('This program is to be loaded from app.asar only.')
  const folder = join(resources, 'app')
  if (existsSync(folder)) return describe(folder)
  if (argument === null) throw new Error('Name the folder or main script of an application.')
  const path = resolve(argument)
  if (!existsSync(path)) throw new Error(`Cannot find the application ${path}`)
  if (statSync(path).isDirectory()) return describe(path)
  const named = findPackage(dirname(path))
  return {
    name: named?.productName ?? named?.name ?? 'Electron',
    version: named?.version ?? '',
    path: dirname(path),
    main: path,
  }
}

function describe(path: string): Application {
  const manifest = readPackage(join(path, 'package.json'))
  const main = createRequire(join(path, 'package.json')).resolve(`./${manifest.main ?? 'index.js'}`)
  return {
    name: manifest.productName ?? manifest.name ?? basename(path),
    version: manifest.version ?? '',
    path,
    main,
  }
}

const readPackage = (path: string): PackageJson => JSON.parse(readFileSync(path, 'utf8')) as PackageJson

function findPackage(folder: string): PackageJson | null {
  const path = join(folder, 'package.json')
  if (existsSync(path)) return readPackage(path)
  return dirname(folder) === folder ? null : findPackage(dirname(folder))
}
