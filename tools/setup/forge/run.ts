/** The second half of `npm run make`, on Node 24: decides where Electron comes from, then runs Electron Forge. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { buildZip } from '#tools/electron-stand-in/build-dist.mjs'
import { root } from '../root.mjs'
import { say } from '../say.mjs'
import { chooseElectron } from '../start/electron.ts'

const cli = path.join(root, 'node_modules/@electron-forge/cli/dist/electron-forge.js')

async function electronEnvironment(): Promise<Record<string, string>> {
  if (process.env.YZT_RELEASE === '1') return {}
  const { kind } = await chooseElectron()
  if (kind === 'electron') return {}
  say('Electron itself cannot be fetched: this package is made of the Electron stand-in and is for tests only.')
  return { YZT_ELECTRON_ZIP_DIR: await buildZip() }
}

const env = { ...process.env, ...(await electronEnvironment()) }
const child = spawn(process.execPath, [cli, ...process.argv.slice(2)], { cwd: root, env, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.once('close', (code) => process.exit(code ?? 1))
