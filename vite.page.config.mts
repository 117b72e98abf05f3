import { defineConfig } from 'vite'
import { entryOf, outDir } from './vite.base.config.mts'

/** The SDK that pages of trading platforms load from the bridge: one minified ES module for the browsers they support. */
export default defineConfig((env) => {
  const { name, source } = entryOf(env, 'page')
  return {
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
      reportCompressedSize: false,
      lib: { entry: { [name]: source }, formats: ['es'], fileName: () => `${name}.js` },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  }
})
