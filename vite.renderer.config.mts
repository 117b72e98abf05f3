import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** What pdf.js reads at run time: character maps for Chinese fonts, the 14 standard fonts, decoders for scanned pages. */
const pdfjsFolders = ['cmaps', 'standard_fonts', 'wasm', 'iccs']
const pdfjsRoot = join(import.meta.dirname, 'node_modules', 'pdfjs-dist')

const pdfjsAssets = (): Plugin => ({
  name: 'pdfjs-assets',
  generateBundle() {
    for (const folder of pdfjsFolders) {
      for (const file of readdirSync(join(pdfjsRoot, folder))) {
        // The script engine of PDF forms is never loaded: documents do not run code here.
        if (file.startsWith('quickjs')) continue
        this.emitFile({
          type: 'asset',
          fileName: `pdfjs/${folder}/${file}`,
          source: readFileSync(join(pdfjsRoot, folder, file)),
        })
      }
    }
  },
  configureServer(server) {
    server.middlewares.use('/pdfjs', (request, response, next) => {
      const [, folder = '', file = ''] = (request.url ?? '').split('/')
      if (pdfjsFolders.includes(folder) && readdirSync(join(pdfjsRoot, folder)).includes(file)) {
        if (file.endsWith('.js')) response.setHeader('Content-Type', 'text/javascript')
        response.end(readFileSync(join(pdfjsRoot, folder, file)))
      } else next()
    })
  },
})

/** Three windows, one build. Relative addresses: the pages are served under app:// and must not care. */
export default defineConfig({
  root: join(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [react(), pdfjsAssets()],
  build: {
    target: 'es2024',
    outDir: join(import.meta.dirname, '.vite', 'renderer', 'main_window'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // A picture in a style sheet as data: would need a wider policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: {
        index: join(import.meta.dirname, 'renderer', 'index.html'),
        consent: join(import.meta.dirname, 'renderer', 'consent.html'),
        viewer: join(import.meta.dirname, 'renderer', 'viewer.html'),
      },
    },
  },
})
