import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { nativeClosure } from '../entries.mjs'

/** Sources and build leftovers of native modules; what they load at run time is JavaScript and one .node file each. */
const LEFTOVERS =
  /\/(deps|src|includes|hidapi|binding\.gyp|build\/(?!Release\/pkcs11\.node$|Release$).+|[^/]+\.(md|d\.ts|map))$/

/**
 * Electron Packager's filter: true leaves a path (beginning with /) out. The Vite bundles, package.json, and the native
 * modules with what they require: nothing else of the checkout.
 */
export function createIgnore(modules = nativeClosure()) {
  const kept = modules.map((name) => `/node_modules/${name}`)
  const parents = new Set(kept.flatMap((folder) => ancestors(folder)))
  return (file) => {
    if (file === '' || file === '/package.json' || parents.has(file)) return false
    if (file === '/.vite' || /^\/\.vite\/(build|renderer)(\/|$)/.test(file)) return false
    const isModule = kept.some((folder) => file === folder || file.startsWith(`${folder}/`))
    return !isModule || LEFTOVERS.test(file)
  }
}

function ancestors(folder) {
  const parent = path.posix.dirname(folder)
  return parent === '/' ? [] : [parent, ...ancestors(parent)]
}

/**
 * Native modules ship binaries for every system. Those of others are deleted: rpm would try to strip them, and a package
 * for one system has no use for them.
 */
export function deleteForeignPrebuilds(folder, platform, arch) {
  const own = new RegExp(`(^|[-_])${platform}-${arch}(\\.node)?$`)
  for (const name of ['better-sqlite3', 'node-hid']) {
    const prebuilds = path.join(folder, 'node_modules', name, 'prebuilds')
    const all = readdirSync(prebuilds)
    const others = all.filter((entry) => !own.test(entry))
    if (others.length === all.length) throw new Error(`${name} brings no binary for ${platform}-${arch}`)
    for (const entry of others) rmSync(path.join(prebuilds, entry), { recursive: true })
  }
}
