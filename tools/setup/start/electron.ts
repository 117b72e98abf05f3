/** Which Electron the client runs on: the real one if its binary is there or comes quickly, else the stand-in. */
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buildDist } from '#tools/electron-stand-in/build-dist.mjs'

const root = path.resolve(import.meta.dirname, '../../..')
const refusalFile = path.join(root, 'out/setup/electron-not-reachable')
const REFUSAL_LASTS_MS = 24 * 3_600_000
const FETCH_MS = 8000

export interface ChosenElectron {
  readonly kind: 'electron' | 'stand-in'
  /** Folder laid out like an Electron distribution. */
  readonly dist: string
  readonly executable: string
}

const executableIn = (dist: string): string | null => {
  const names = ['electron', 'electron.exe', 'electron.cmd', 'Electron.app/Contents/MacOS/Electron']
  return names.map((name) => path.join(dist, name)).find((file) => existsSync(file)) ?? null
}

const chosen = (kind: ChosenElectron['kind'], dist: string): ChosenElectron | null => {
  const executable = executableIn(dist)
  return executable === null ? null : { kind, dist, executable }
}

const installed = (): ChosenElectron | null => {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (dist) return chosen(existsSync(path.join(dist, 'stand-in')) ? 'stand-in' : 'electron', dist)
  return chosen('electron', path.join(root, 'node_modules/electron/dist'))
}

const wasRefusedLately = (): boolean =>
  existsSync(refusalFile) && Date.now() - statSync(refusalFile).mtimeMs < REFUSAL_LASTS_MS

/** Electron's own installer, with a time limit: an office network often swallows the request without an answer. */
const fetchElectron = async (): Promise<boolean> => {
  if (wasRefusedLately()) return false
  const installer = path.join(root, 'node_modules/electron/install.js')
  const isThere = await new Promise<boolean>((resolve) => {
    const child = spawn(process.execPath, [installer], { cwd: root, stdio: 'ignore' })
    const limit = setTimeout(() => child.kill('SIGKILL'), FETCH_MS)
    child.once('error', () => resolve(false))
    child.once('close', (code) => {
      clearTimeout(limit)
      resolve(code === 0 && executableIn(path.join(root, 'node_modules/electron/dist')) !== null)
    })
  })
  if (isThere) return true
  // Half a download must not pass for an installation.
  await rm(path.join(root, 'node_modules/electron/dist'), { recursive: true, force: true })
  await mkdir(path.dirname(refusalFile), { recursive: true })
  await writeFile(
    refusalFile,
    'Electron could not be fetched. Delete this file to try again before a day has passed.\n',
  )
  return false
}

export const chooseElectron = async (): Promise<ChosenElectron> => {
  const ready = installed() ?? ((await fetchElectron()) ? installed() : null)
  if (ready) return ready
  const standIn = chosen('stand-in', await buildDist())
  if (standIn === null)
    throw new Error('The Electron stand-in has no launcher: delete out/electron-stand-in and try again.')
  return standIn
}
