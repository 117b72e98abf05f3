import { defineConfig } from 'vite'
import { entryOf, nodeModules, outDir } from './vite.base.config.mts'

/** Preloads are sandboxed: one file each, which can require electron and nothing else. */
export default defineConfig((env) => {
  const { name, source } = entryOf(env, 'preload')
  return {
    build: {
      outDir,
      emptyOutDir: false,
      target: 'chrome146',
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { [name]: source },
        external: nodeModules,
        output: { format: 'cjs', codeSplitting: false, entryFileNames: '[name].cjs' },
      },
    },
  }
})
