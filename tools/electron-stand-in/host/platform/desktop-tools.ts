import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { running } from '../runtime.ts'

/** The desktop's own little programs stand in for Electron's native parts, where there is a display to show them on. */
export function findTool(...names: string[]): string | null {
  const paths = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = names.flatMap((name) => paths.map((folder) => join(folder, name))).find(isExecutable)
  return found ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export const hasDisplay = (): boolean => running?.browser.isHeaded ?? false

export interface ToolResult {
  code: number
  output: string
}

export async function runTool(executable: string, args: string[], input = ''): Promise<ToolResult> {
  const child = spawn(executable, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  child.stdin.end(input)
  const [code, output] = await Promise.all([ended, text(child.stdout)])
  return { code, output }
}
