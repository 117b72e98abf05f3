import { guardObject } from '../guard.ts'

export interface ParsedArguments {
  switches: Map<string, string>
  /** the application's folder or main script; null in a packaged program */
  application: string | null
  /** modules of `-r` */
  preloads: string[]
}

/** Electron takes its switches anywhere, also behind the application's path; `--` ends them. */
export function parseArguments(args: string[], isPackaged: boolean): ParsedArguments {
  const switches = new Map<string, string>()
  const preloads: string[] = []
  let application: string | null = null
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg === '--') break
    if (arg === '-r' || arg === '--require') preloads.push(args[++index] ?? '')
    else if (arg.startsWith('--')) {
      const [name = '', ...value] = arg.slice(2).split('=')
      switches.set(name.toLowerCase(), value.join('='))
    } else if (!arg.startsWith('-') && application === null && !isPackaged) application = arg
  }
  return { switches, application, preloads }
}

export const switches = new Map<string, string>()

export const commandLine = guardObject(
  {
    appendSwitch: (name: string, value = '') => void switches.set(name.toLowerCase(), value),
    appendArgument: (value: string) => void switches.set(value.replace(/^--/, ''), ''),
    hasSwitch: (name: string) => switches.has(name.toLowerCase()),
    getSwitchValue: (name: string) => switches.get(name.toLowerCase()) ?? '',
    removeSwitch: (name: string) => void switches.delete(name.toLowerCase()),
  },
  'app.commandLine',
)
