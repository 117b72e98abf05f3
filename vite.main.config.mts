import { defineConfig } from 'vite'
import { entryOf, external, outDir } from './vite.base.config.mts'

/** Bundles that run on Electron's Node: the main process, its workers and utility processes. */
export default defineConfig((env) => {
  const { name, source } = entryOf(env, 'main')
  return {
    build: {
      outDir,
      emptyOutDir: false,
      // Electron 45 brings Node 24; names stay readable in a stack trace.
      target: 'node24',
      minify: false,
      sourcemap: false,
      reportCompressedSize: false,
      lib: { entry: { [name]: source }, formats: ['cjs'], fileName: () => `${name}.cjs` },
      rolldownOptions: { platform: 'node', external, output: { codeSplitting: false } },
    },
    resolve: { conditions: ['node'], mainFields: ['module', 'main'] },
  }
})
