/** Brings a computer from a bare Node 20 to everything that `npm start` or `npm test` needs. Quick when nothing is missing. */
import { installNpmPackages } from './npm-packages.mjs'
import { say } from './say.mjs'
import { installSystemPackages } from './system-packages.mjs'

/** @param {'start' | 'test'} purpose */
export const install = async (purpose) => {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major < 20) throw new Error(`Node 20 or later is needed to begin; this is ${process.version}.`)
  const missing = await installSystemPackages(purpose)
  if (missing.length > 0) {
    say('Missing on this computer:')
    for (const line of missing) say(`  · ${line}`)
    say('Going on without; what needs them will fail and say so.')
  }
  await installNpmPackages()
}

/** Runs `work` and ends the process with its result; an error is printed without a stack. */
export const main = async (work) => {
  try {
    process.exitCode = await work()
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
