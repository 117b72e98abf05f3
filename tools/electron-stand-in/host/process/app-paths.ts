import { mkdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

const home = homedir()

function appData(): string {
  if (process.platform === 'win32') return process.env.APPDATA ?? join(home, 'AppData', 'Roaming')
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support')
  return process.env.XDG_CONFIG_HOME ?? join(home, '.config')
}

const chosen = new Map<string, string>()
let applicationName = 'Electron'

export const setPathName = (name: string): void => {
  applicationName = name
}

const defaults: Record<string, () => string> = {
  home: () => home,
  appData,
  userData: () => join(appPath('appData'), applicationName),
  sessionData: () => appPath('userData'),
  temp: tmpdir,
  exe: () => process.execPath,
  module: () => process.execPath,
  assets: () => dirname(process.execPath),
  desktop: () => join(home, 'Desktop'),
  documents: () => join(home, 'Documents'),
  downloads: () => join(home, 'Downloads'),
  music: () => join(home, 'Music'),
  pictures: () => join(home, 'Pictures'),
  videos: () => join(home, 'Videos'),
  logs: () =>
    process.platform === 'darwin' ? join(home, 'Library', 'Logs', applicationName) : join(appPath('userData'), 'logs'),
  crashDumps: () => join(appPath('userData'), 'Crashpad'),
}

export function appPath(name: string): string {
  const path = chosen.get(name) ?? defaults[name]?.()
  if (path === undefined) throw new Error(`Failed to get '${name}' path`)
  return path
}

export function setAppPath(name: string, path: string): void {
  if (!(name in defaults)) throw new Error(`Failed to set path '${name}'`)
  if (!isAbsolute(path)) throw new Error('Path must be absolute')
  if (name === 'userData' || name === 'sessionData') mkdirSync(path, { recursive: true })
  chosen.set(name, path)
}
