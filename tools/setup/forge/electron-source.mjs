import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../root.mjs'

/**
 * Where Electron Packager takes Electron from: fetched and checked against the checksums that came with the npm package,
 * or, where it cannot be fetched, the stand-in's archive. A release is never made of the stand-in.
 * @param {Record<string, string | undefined>} env
 */
export function electronSource(env) {
  const standIn = env.YZT_ELECTRON_ZIP_DIR
  if (env.YZT_RELEASE === '1' && standIn) {
    throw new Error('YZT_RELEASE=1: a release takes Electron itself, not the archive of YZT_ELECTRON_ZIP_DIR.')
  }
  if (env.YZT_RELEASE === '1' && env.YZT_E2E_BUILD === '1') {
    throw new Error('YZT_RELEASE=1: a release can not be the variant for end-to-end tests.')
  }
  if (standIn) return { electronZipDir: standIn }
  const checksums = JSON.parse(readFileSync(path.join(root, 'node_modules', 'electron', 'checksums.json'), 'utf8'))
  return { download: { checksums } }
}
