import type * as Electron from 'electron'
import { guardObject } from '../guard.ts'
import { findTool, hasDisplay, runTool } from './desktop-tools.ts'

/** Without a display, or without a tool for it, the clipboard is the program's own. */
let memory = ''

const TOOLS: [name: string, read: string[], write: string[]][] = [
  ['xclip', ['-selection', 'clipboard', '-out'], ['-selection', 'clipboard', '-in']],
  ['xsel', ['--clipboard', '--output'], ['--clipboard', '--input']],
]

function systemClipboard(): { tool: string; read: string[]; write: string[] } | null {
  if (!hasDisplay()) return null
  for (const [name, read, write] of TOOLS) {
    const tool = findTool(name)
    if (tool) return { tool, read, write }
  }
  return null
}

async function readText(): Promise<string> {
  const system = systemClipboard()
  return system ? (await runTool(system.tool, system.read)).output : memory
}

const api = {
  readText,
  async writeText(text: string) {
    memory = text
    const system = systemClipboard()
    if (system) await runTool(system.tool, system.write, text)
  },
  clear() {
    memory = ''
    const system = systemClipboard()
    if (system) void runTool(system.tool, system.write, '')
  },
  has: async (mimetype: string) => mimetype === 'text/plain' && (await readText()) !== '',
} satisfies Pick<Electron.Clipboard, 'readText' | 'writeText' | 'clear' | 'has'>

export const clipboard = guardObject(api, 'clipboard')
