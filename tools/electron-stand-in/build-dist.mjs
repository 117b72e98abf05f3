#!/usr/bin/env node
/**
 * Makes the stand-in's distribution, laid out like Electron's, in out/electron-stand-in/dist, and with --zip the archive
 * electron-v<version>-<platform>-<arch>.zip that Electron Packager takes through `electronZipDir`.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { writeZip } from './zip.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const out = join(root, 'out', 'electron-stand-in')
const electron = join(root, 'node_modules', 'electron')
const isWindows = process.platform === 'win32'
const nodeName = isWindows ? 'node.exe' : 'node'

const { version } = JSON.parse(readFileSync(join(electron, 'package.json'), 'utf8'))

/** Fuses as Electron ships them in the wire format @electron/fuses reads and flips. */
const FUSE_WIRE = `dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009101100011`

const sources = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/[\\/](contract|testdata)([\\/]|$)/.test(entry.parentPath + '/'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\.test\.ts$/.test(path))
    .sort()

function fingerprint() {
  const hash = createHash('sha256').update(version).update(process.version)
  for (const path of sources(here)) hash.update(path).update(readFileSync(path))
  return hash.digest('hex')
}

async function bundle(entry, options = {}) {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root,
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry, name: 'standIn', formats: [options.format ?? 'iife'], fileName: 'out' },
      rolldownOptions: { external: [/^node:/, 'electron'] },
    },
    plugins: options.plugins ?? [],
  })
  return [result].flat()[0].output[0].code
}

async function bundleHost() {
  const texts = {
    'virtual:page/main-world': await bundle(join(here, 'page', 'main-world.ts')),
    'virtual:page/preload-world': await bundle(join(here, 'page', 'preload-world.ts')),
    'virtual:electron/version': version,
  }
  const virtual = {
    name: 'stand-in-texts',
    resolveId: (id) => (id in texts ? `\0${id}` : null),
    load: (id) => (id.slice(1) in texts ? `export default ${JSON.stringify(texts[id.slice(1)])}` : null),
  }
  return bundle(join(here, 'host', 'entry.ts'), { format: 'es', plugins: [virtual] })
}

/** The Node binary that npm installed, so that a packaged program brings its own. */
function nodeBinary() {
  const installed = join(root, 'node_modules', 'node', 'bin', nodeName)
  return existsSync(installed) ? installed : process.execPath
}

function placeNode(target) {
  try {
    linkSync(nodeBinary(), target)
  } catch {
    // another file system
    copyFileSync(nodeBinary(), target)
  }
  chmodSync(target, 0o755)
}

export async function buildDist() {
  const dist = join(out, 'dist')
  const stamp = join(out, 'fingerprint')
  const wanted = fingerprint()
  if (existsSync(stamp) && existsSync(dist) && readFileSync(stamp, 'utf8') === wanted) return dist
  const files = {
    'stand-in/host.mjs': await bundleHost(),
    'stand-in/utility-child.mjs': await bundle(join(here, 'host', 'utility', 'child.ts'), { format: 'es' }),
    version,
    LICENSE: readFileSync(join(electron, 'LICENSE')),
    'LICENSES.chromium.html': '<!doctype html><title>Licences</title><p>The stand-in contains no Chromium.\n',
    'locales/en-US.pak': '',
    'resources/default_app.asar': '',
  }
  rmSync(dist, { recursive: true, force: true })
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dist, name)), { recursive: true })
    writeFileSync(join(dist, name), content)
  }
  const launcher = readFileSync(join(here, 'launcher', isWindows ? 'electron.cmd' : 'electron.sh'), 'utf8')
  const mark = isWindows ? 'rem ' : '#'
  writeFileSync(join(dist, isWindows ? 'electron.cmd' : 'electron'), `${launcher}${mark}${FUSE_WIRE}\n`, {
    mode: 0o755,
  })
  placeNode(join(dist, nodeName))
  writeFileSync(stamp, wanted)
  return dist
}

export async function buildZip() {
  const dist = await buildDist()
  const folder = join(out, 'zips')
  const zip = join(folder, `electron-v${version}-${process.platform}-${process.arch}.zip`)
  const stamp = `${zip}.fingerprint`
  const wanted = readFileSync(join(out, 'fingerprint'), 'utf8')
  if (existsSync(zip) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder
  mkdirSync(folder, { recursive: true })
  writeZip(zip, dist)
  writeFileSync(stamp, wanted)
  return folder
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await buildDist()}\n`)
  if (process.argv.includes('--zip')) process.stdout.write(`${await buildZip()}\n`)
}
