import { spawn } from 'node:child_process'
import { say } from '../say.mjs'

const opener = (url: string): readonly [string, ...string[]] => {
  if (process.platform === 'darwin') return ['open', url]
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  return ['xdg-open', url]
}

/** The person's default browser; without one the printed address does. */
export const openInBrowser = (url: string): void => {
  const [command, ...args] = opener(url)
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.once('error', () => say(`  (No browser could be opened: visit ${url} yourself.)`))
  child.unref()
}
