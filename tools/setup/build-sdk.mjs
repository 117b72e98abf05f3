import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const root = join(import.meta.dirname, '..', '..')

/**
 * Builds server/bridge/sdk/ into one minified ES module. Written for Chromium shells of some years ago, which many platforms'
 * visitors use.
 * @param {string} file where to write it
 */
export const buildSdk = (file = join(root, '.vite', 'build', 'sdk.js')) =>
  build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    build: {
      target: 'es2020',
      outDir: dirname(file),
      emptyOutDir: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(root, 'server', 'bridge', 'sdk', 'sdk.ts'),
        preserveEntrySignatures: 'strict',
        output: { format: 'es', entryFileNames: file.slice(dirname(file).length + 1) },
      },
    },
  })

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildSdk()
