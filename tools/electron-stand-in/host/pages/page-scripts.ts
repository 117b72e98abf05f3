import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'
import type { PreloadOptions } from '../../shared/messages.ts'
import { distribution } from '../runtime.ts'

export interface PageScripts {
  mainWorld: string
  preloadWorld: string
}

interface Options {
  preload: string | undefined
  additionalArguments: string[]
  isHeaded: boolean
  onPreloadError: (path: string, error: Error) => void
}

const PRELOAD_PARAMETERS = 'exports, require, module, process'

/** The two scripts every document of a window starts with; they share a secret made anew for each window. */
export function createPageScripts({ preload, additionalArguments, isHeaded, onPreloadError }: Options): PageScripts {
  const secret = randomBytes(16).toString('hex')
  const { node, chrome, electron, v8 } = process.versions
  const options: PreloadOptions = {
    secret,
    preload: preload === undefined ? null : { path: preload },
    processInfo: {
      platform: process.platform,
      arch: process.arch,
      versions: { node, v8, chrome, electron },
      argv: [process.execPath, ...additionalArguments],
    },
    headed: isHeaded,
  }
  const preloadFunction = preload === undefined ? 'null' : readPreload(preload, onPreloadError)
  return {
    mainWorld: `(() => {${distribution.mainWorld}\nstandIn.start(${JSON.stringify({ secret })})})()`,
    preloadWorld: `(() => {${distribution.preloadWorld}\nstandIn.start(${JSON.stringify(options)}, ${preloadFunction})})()`,
  }
}

function readPreload(path: string, onError: (path: string, error: Error) => void): string {
  try {
    const source = `function (${PRELOAD_PARAMETERS}) {${readFileSync(path, 'utf8')}\n}`
    // A syntax error would take the whole injected script with it.
    new Script(`(${source})`, { filename: path })
    return source
  } catch (error) {
    onError(path, error instanceof Error ? error : new Error(String(error)))
    return 'null'
  }
}
