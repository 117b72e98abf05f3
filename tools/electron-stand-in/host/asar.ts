import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, normalize, sep } from 'node:path'

interface Entry {
  files?: Record<string, Entry>
  link?: string
  offset?: string
  size?: number
  unpacked?: boolean
  executable?: boolean
}

/**
 * Node does not look into archives as Electron does, so a packaged program is unpacked once into the user's cache and
 * run from there. The folder's name is bound to the archive's content header.
 */
export function extractAsar(archive: string): string {
  const file = openSync(archive, 'r')
  try {
    const prefix = readBytes(file, 16, 0)
    const headerSize = prefix.readUInt32LE(4)
    const header = readBytes(file, prefix.readUInt32LE(12), 16).toString('utf8')
    const folder = join(cacheFolder(), identify(archive, header))
    if (existsSync(folder)) return folder
    const draft = `${folder}.${process.pid}`
    mkdirSync(draft, { recursive: true, mode: 0o700 })
    unpack(JSON.parse(header) as Entry, { file, archive, dataStart: 8 + headerSize, root: draft }, '')
    moveIntoPlace(draft, folder)
    return folder
  } finally {
    closeSync(file)
  }
}

const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'electron-stand-in')

function identify(archive: string, header: string): string {
  const { size, mtimeMs } = statSync(archive)
  return createHash('sha256')
    .update(JSON.stringify([archive, size, mtimeMs, header]))
    .digest('hex')
    .slice(0, 32)
}

function moveIntoPlace(draft: string, folder: string): void {
  try {
    renameSync(draft, folder)
  } catch (error) {
    // Another start of the same program was quicker.
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

interface Unpacking {
  file: number
  archive: string
  dataStart: number
  root: string
}

function unpack(entry: Entry, unpacking: Unpacking, path: string): void {
  const { file, archive, dataStart, root } = unpacking
  const target = join(root, path)
  if (normalize(target) !== target || !(target + sep).startsWith(root + sep)) throw new Error(`bad path in ${archive}`)
  if (entry.files) {
    mkdirSync(target, { recursive: true })
    for (const [name, child] of Object.entries(entry.files)) unpack(child, unpacking, join(path, name))
  } else if (entry.link !== undefined) {
    symlinkSync(join(root, entry.link), target)
  } else if (entry.unpacked) {
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(`${archive}.unpacked`, path), target)
  } else {
    writeFileSync(target, readBytes(file, entry.size ?? 0, dataStart + Number(entry.offset)))
  }
  if (entry.executable) chmodSync(target, 0o755)
}

function readBytes(file: number, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(length)
  if (readSync(file, bytes, 0, length, position) !== length) throw new Error('the archive is cut short')
  return bytes
}
