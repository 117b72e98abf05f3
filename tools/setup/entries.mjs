/**
 * What the program is built from, once for `npm start`, the tests and Electron Forge. Every entry is one bundle in
 * .vite/build, except the renderer, whose three pages are one build in .vite/renderer/main_window.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.mjs'

/**
 * @typedef {'main' | 'preload' | 'page'} Target main: on Node. preload: sandboxed, electron only. page: in browsers
 * @typedef {{ name: string, source: string, target: Target }} Entry
 */

/** @type {readonly Entry[]} */
export const entries = [
  { name: 'main', source: 'main/main.ts', target: 'main' },
  { name: 'token-helper', source: 'native/helper/token-helper.ts', target: 'main' },
  { name: 'pdf-worker', source: 'main/workers/pdf-worker.ts', target: 'main' },
  { name: 'checkpoint-worker', source: 'main/workers/checkpoint-worker.ts', target: 'main' },
  { name: 'preload-main', source: 'preload/main.ts', target: 'preload' },
  { name: 'preload-consent', source: 'preload/consent.ts', target: 'preload' },
  { name: 'preload-viewer', source: 'preload/viewer.ts', target: 'preload' },
  { name: 'sdk', source: 'server/bridge/sdk/sdk.ts', target: 'page' },
]

/** Forge's name of the renderer, part of its path. */
export const rendererName = 'main_window'
export const rendererPages = ['index.html', 'consent.html', 'viewer.html']

/** Native modules are loaded from node_modules at run time; everything else is bundled. */
export const nativeModules = ['better-sqlite3', 'node-hid', 'pkcs11js']

/** Needed to compile native modules or on their command lines only. */
const BUILD_ONLY = new Set(['node-addon-api', 'yargs'])

/** Folders of node_modules that a packaged program needs: the native modules and what they require. */
export function nativeClosure() {
  const found = new Set()
  const visit = (name) => {
    if (found.has(name) || BUILD_ONLY.has(name)) return
    found.add(name)
    const manifest = JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8'))
    Object.keys(manifest.dependencies ?? {}).forEach(visit)
  }
  nativeModules.forEach(visit)
  return [...found].sort()
}

export const configOf = {
  main: 'vite.main.config.mts',
  preload: 'vite.preload.config.mts',
  page: 'vite.page.config.mts',
}
export const rendererConfig = 'vite.renderer.config.mts'

export const hasSource = ({ source }) => existsSync(path.join(root, source))
