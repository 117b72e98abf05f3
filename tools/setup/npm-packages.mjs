/** npm packages: installed as package-lock.json says, by npm on Node 24. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { root } from './root.mjs'
import { exists, must, node24 } from './run.mjs'
import { step } from './say.mjs'

const readJson = (...parts) => JSON.parse(readFileSync(path.join(root, ...parts), 'utf8'))

const libc = () => (process.report?.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl')
const fits = (list, value) => !list || list.includes(value) || (list[0]?.startsWith('!') && !list.includes(`!${value}`))
const isForHere = ({ os, cpu, libc: libcs }) =>
  fits(os, process.platform) && fits(cpu, process.arch) && (process.platform !== 'linux' || fits(libcs, libc()))

/** Files that a package's install script makes: without them the installation was interrupted. */
const madeByScripts = ['node_modules/pkcs11js/build/Release/pkcs11.node']

const versionIn = (folder) => {
  const file = path.join(folder, 'package.json')
  return exists(file) ? readJson(file).version : null
}

/** Names of the packages of the lock file that are not installed in their version. */
export const missingPackages = () => {
  if (!exists('node_modules/.package-lock.json')) return ['all']
  const wanted = readJson('package-lock.json').packages
  const installed = readJson('node_modules/.package-lock.json').packages
  const missing = Object.entries(wanted)
    .filter(([at, entry]) => at !== '' && installed[at]?.version !== entry.version)
    // Optional packages without a platform (WebAssembly fallbacks) are left out by npm where a native one is installed.
    .filter(([, entry]) => !entry.optional || (isForHere(entry) && (entry.os || entry.cpu)))
    .filter(([at, entry]) => versionIn(at) !== entry.version)
    .map(([at]) => at)
  return [...missing, ...madeByScripts.filter((file) => !exists(file)), ...(existsSync(node24) ? [] : ['node'])]
}

const npmCommand = () => {
  const cli = process.env.npm_execpath
  return cli && path.basename(cli) === 'npm-cli.js' ? cli : null
}

const pathName = () => Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'

/** Of this Node or another one in the PATH: the package `node` brings none. */
const folderWithHeaders = () =>
  [path.dirname(process.execPath), ...(process.env[pathName()] ?? '').split(path.delimiter)]
    .map((folder) => path.resolve(folder, '..'))
    .find((folder) => existsSync(path.join(folder, 'include/node/node_api.h')))

/** npm itself on the given node: npm is a Node script, and install scripts take the first `node` of the PATH. */
const npm = (node, args, cwd) => {
  const name = pathName()
  const env = { ...process.env, [name]: `${path.dirname(node)}${path.delimiter}${process.env[name] ?? ''}` }
  const headers = folderWithHeaders()
  // node-gyp would fetch Node's headers from outside the registry; those of this Node do as well (N-API).
  if (headers !== undefined) env.npm_config_nodedir = headers
  for (const key of Object.keys(env)) if (/^npm_(package|lifecycle)_/.test(key)) delete env[key]
  const cli = npmCommand()
  return cli
    ? must(node, [cli, ...args], { cwd, env })
    : must('npm', args, { cwd, env, shell: process.platform === 'win32' })
}

/**
 * A Node that can install everything: packages for Node 22 and later are skipped or warned about by an npm on Node 20
 * (optional ones silently, so that `make` would fail much later). Not the one in node_modules, which npm runs the scripts
 * on from the second time on: it goes away with the rest. The package node-<platform>-<arch> is only the binary.
 */
const installerNode = async () => {
  const [major = 0] = process.versions.node.split('.').map(Number)
  const isOwn = process.execPath.startsWith(path.join(realpathSync(root), 'node_modules') + path.sep)
  if (major >= 24 && !isOwn) return process.execPath
  const { version } = readJson('package-lock.json').packages['node_modules/node']
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const name = `${prefix}-${platform}-${process.arch}`
  const folder = path.join(root, 'out/setup', `node-${version}`)
  const binary = path.join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(binary)) return binary
  await mkdir(folder, { recursive: true })
  await step(`Node ${version}`, () =>
    npm(
      process.execPath,
      ['install', '--prefix', folder, '--no-save', '--no-package-lock', '--loglevel=error', `${name}@${version}`],
      folder,
    ),
  )
  return binary
}

/** Installs what is missing; returns at once when nothing is. */
export const installNpmPackages = async () => {
  if (missingPackages().length === 0) return
  const node = await installerNode()
  const count = Object.keys(readJson('package-lock.json').packages).length
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund']
  await step(`npm packages (about ${Math.round(count / 50) * 50}, one to three minutes)`, async () => {
    // npm before 11 knows no `allowScripts`: it would run every script, and compile what brings its binary along.
    await npm(node, ['ci', '--ignore-scripts', ...quiet], root)
    await npm(node, ['rebuild', ...quiet, ...Object.keys(readJson('package.json').allowScripts)], root)
  })
  const missing = missingPackages()
  if (missing.length > 0) throw new Error(`npm ci left out ${missing.join(', ')}`)
}
