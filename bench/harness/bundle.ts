import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { repository, workplace } from './places.ts'

/** Loaded from node_modules at run time, in the client and here. */
const AT_RUN_TIME = [
  'better-sqlite3',
  'pkcs11js',
  '@signpdf/signpdf',
  '@signpdf/signer-p12',
  '@signpdf/placeholder-plain',
]

/** The whole client, as `npm start` makes it. */
export const buildClient = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, [path.join(repository, 'tools/setup/build.mjs')], { cwd: repository })
}

/**
 * One file of JavaScript, as the client is shipped: without it each process would first strip the types of a hundred
 * sources, which costs 40 MiB and 0.3 s and is no part of the product.
 */
export const bundle = async (source: string): Promise<string> => {
  const name = `${path.basename(source, '.ts')}.mjs`
  const outDir = path.join(workplace, 'bundles')
  await build({
    ...{ root: repository, configFile: false, logLevel: 'error', clearScreen: false },
    ssr: { noExternal: true, external: AT_RUN_TIME },
    build: {
      ...{ ssr: path.join(repository, source), outDir, emptyOutDir: false, target: 'node24', minify: false },
      rolldownOptions: { output: { entryFileNames: name, codeSplitting: false } },
    },
  })
  return path.join(outDir, name)
}

export interface HelperBundles {
  readonly pdfWorker: string
  readonly checkpointWorker: string
  readonly tokenHelper: string
}

/** What the client starts beside its main process. */
export const helperBundles = async (): Promise<HelperBundles> => ({
  pdfWorker: await bundle('main/workers/pdf-worker.ts'),
  checkpointWorker: await bundle('main/workers/checkpoint-worker.ts'),
  tokenHelper: await bundle('native/helper/token-helper.ts'),
})
