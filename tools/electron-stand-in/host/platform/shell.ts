import { dirname } from 'node:path'
import type * as Electron from 'electron'
import { guardObject } from '../guard.ts'
import { findTool, runTool } from './desktop-tools.ts'

async function open(target: string): Promise<boolean> {
  const opener = findTool(
    ...(({ darwin: ['open'], win32: ['explorer.exe'] } as Record<string, string[]>)[process.platform] ?? ['xdg-open']),
  )
  if (!opener) return false
  const { code } = await runTool(opener, [target])
  // Explorer answers 1 also when it opened the file.
  return code === 0 || process.platform === 'win32'
}

const api = {
  async openExternal(url: string) {
    if (!URL.canParse(url)) throw new Error('Invalid URL')
    if (!(await open(url))) throw new Error(`Failed to open: ${url}`)
  },
  openPath: async (path: string) => ((await open(path)) ? '' : 'Failed to open path'),
  showItemInFolder: (path: string) => void open(dirname(path)),
  beep: () => void process.stderr.write('\u0007'),
} satisfies Pick<Electron.Shell, 'openExternal' | 'openPath' | 'showItemInFolder' | 'beep'>

export const shell = guardObject(api, 'shell')
