/** Which Electron the client runs on: the real one if its binary is there or comes quickly, else the stand-in. */
import { existsSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buildDist } from '#tools/electron-stand-in/build-dist.mjs'
import { root } from '../root.mjs'
import { runInstaller } from './watched-download.ts'

const refusalFile = path.join(root, 'out/setup/electron-not-reachable')
const dist = path.join(root, 'node_modules/electron/dist')
const REFUSAL_LASTS_MS = 24 * 3_600_000
/** About 110 MB: minutes on a slow line. */
const LIMITS = { firstMs: 8_000, stallMs: 60_000 }

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
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (given) return chosen(existsSync(path.join(given, 'stand-in')) ? 'stand-in' : 'electron', given)
  return chosen('electron', dist)
}

const wasRefusedLately = (): boolean =>
  existsSync(refusalFile) && Date.now() - statSync(refusalFile).mtimeMs < REFUSAL_LASTS_MS

/** Electron's own installer. What never answered is not asked again for a day; what broke off is, the next time. */
const fetchElectron = async (report: Report): Promise<boolean> => {
  if (wasRefusedLately()) return false
  const installer = path.join(root, 'node_modules/electron/install.js')
  const temporary = path.join(root, 'out/setup/electron-download')
  const outcome = await runInstaller(installer, dist, temporary, LIMITS, (bytes) =>
    report(`${Math.round(bytes / 1e6)} MB`),
  )
  if (outcome === 'done' && executableIn(dist) !== null) return true
  // Half a download must not pass for an installation.
  await rm(dist, { recursive: true, force: true })
  if (outcome !== 'silent') return false
  await mkdir(path.dirname(refusalFile), { recursive: true })
  await writeFile(
    refusalFile,
    'Electron could not be fetched. Delete this file to try again before a day has passed.\n',
  )
  return false
}

type Report = (state: string) => void

export const chooseElectron = async (report: Report = () => undefined): Promise<ChosenElectron> => {
  const ready = installed() ?? ((await fetchElectron(report)) ? installed() : null)
  if (ready) return ready
  const standIn = chosen('stand-in', await buildDist())
  if (standIn === null)
    throw new Error('The Electron stand-in has no launcher: delete out/electron-stand-in and try again.')
  return standIn
}
