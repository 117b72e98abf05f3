import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const LINUX = [
  '/usr/lib/chromium/chromium',
  '/usr/lib64/chromium-browser/chromium-browser',
  '/opt/google/chrome/chrome',
  '/opt/microsoft/msedge/msedge',
]
const LINUX_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable']

const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
)

const WINDOWS_TAILS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
]

function candidates(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  if (platform === 'darwin') return MAC
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((root) => root !== undefined)
    return WINDOWS_TAILS.flatMap((tail) => roots.map((root) => join(root, ...tail)))
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...LINUX, ...LINUX_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))]
}

/** The machine's Chromium, Chrome or Edge; `YZT_CHROMIUM` names another. */
export function findBrowser(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  exists: (path: string) => boolean = existsSync,
): string {
  const chosen = env.YZT_CHROMIUM
  if (chosen) {
    if (exists(chosen)) return chosen
    throw new Error(`YZT_CHROMIUM names ${chosen}, which does not exist`)
  }
  const found = candidates(platform, env).find(exists)
  if (found) return found
  throw new Error('No Chromium, Chrome or Edge was found. Install one, or set YZT_CHROMIUM to its path.')
}
