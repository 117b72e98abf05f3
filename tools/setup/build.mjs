/**
 * Builds everything the client runs from into .vite/, with the Vite configurations that Electron Forge uses. An entry whose
 * sources have not changed is left alone; `--force` builds all. An entry whose source does not exist is skipped.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './build-lock.mjs'
import { configOf, entries, hasSource, rendererConfig, rendererName, rendererPages } from './entries.mjs'
import { root } from './root.mjs'
import { handOver } from './run.mjs'

/** Rooms of the project each target may import from. */
const ROOMS = {
  main: ['contract', 'pki', 'native', 'server/bridge', 'main', 'renderer/assets'],
  preload: ['contract', 'preload'],
  page: ['contract', 'server/bridge/sdk'],
  renderer: ['contract', 'renderer'],
}
const SHARED = [
  'package-lock.json',
  'tsconfig.base.json',
  'vite.base.config.mts',
  'tools/setup/entries.mjs',
  'package.json',
]

const stampFile = path.join(root, '.vite', 'stamps.json')
const lockFile = path.join(root, '.vite', 'building.lock')

function sourcesOf(room) {
  const folder = path.join(root, room)
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

function fingerprint(target, config) {
  const hash = createHash('sha256')
  const files = [...[...SHARED, config].map((file) => path.join(root, file)), ...ROOMS[target].flatMap(sourcesOf)]
  for (const file of files) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const readStamps = () => (existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {})

const jobs = () => [
  ...entries.filter(hasSource).map(({ name, source, target }) => ({
    name,
    target,
    config: configOf[target],
    entry: { [name]: source },
    output: path.join(root, '.vite', 'build', `${name}.${target === 'page' ? 'js' : 'cjs'}`),
  })),
  ...(rendererPages.every((page) => hasSource({ source: `renderer/${page}` }))
    ? [
        {
          name: 'renderer',
          target: 'renderer',
          config: rendererConfig,
          output: path.join(root, '.vite', 'renderer', rendererName, 'index.html'),
        },
      ]
    : []),
]

async function buildOne(vite, { config, entry }) {
  const env = { command: 'build', mode: 'production', ...(entry ? { forgeConfigSelf: { entry } } : {}) }
  const loaded = await vite.loadConfigFromFile(env, path.join(root, config), root, 'error')
  await vite.build({ root, logLevel: 'warn', clearScreen: false, ...loaded?.config, configFile: false })
}

/** @returns {Promise<string[]>} the names of what was built */
export const buildProgram = ({ force = false } = {}) =>
  withLock(lockFile, async () => {
    const stamps = force ? {} : readStamps()
    const stale = jobs()
      .map((job) => ({ ...job, stamp: fingerprint(job.target, job.config) }))
      .filter(({ name, stamp, output }) => stamps[name] !== stamp || !existsSync(output))
    if (stale.length === 0) return []
    const vite = await import('vite')
    const failures = []
    for (const job of stale) {
      try {
        await buildOne(vite, job)
        stamps[job.name] = job.stamp
        writeFileSync(stampFile, `${JSON.stringify(stamps, null, 2)}\n`)
      } catch (error) {
        failures.push(`${job.name}: ${error.message}`)
      }
    }
    if (failures.length > 0) throw new Error(failures.join('\n\n'))
    return stale.map(({ name }) => name)
  })

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 24) process.exitCode = await handOver('tools/setup/build.mjs', process.argv.slice(2))
  else {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
    const started = performance.now()
    try {
      const built = await buildProgram({ force: process.argv.includes('--force') })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      process.stdout.write(built.length === 0 ? 'nothing to build\n' : `built ${built.join(', ')} in ${seconds} s\n`)
    } catch (error) {
      process.stderr.write(`${error.message}\n`)
      process.exitCode = 1
    }
  }
}
