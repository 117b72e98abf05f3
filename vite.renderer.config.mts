import { cpSync } from 'node:fs'
import path from 'node:path'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vite'
import { rendererName, rendererPages } from './tools/setup/entries.mjs'
import { root } from './tools/setup/root.mjs'

const outDir = path.join(root, '.vite', 'renderer', rendererName)

/** Character maps, fonts and decoders that pdf.js fetches when a document needs them, into whatever folder is built. */
const copyPdfFiles = (): Plugin => {
  let target = outDir
  return {
    name: 'copy-pdf-files',
    configResolved({ root: base, build }) {
      target = path.resolve(base, build.outDir)
    },
    closeBundle(error) {
      if (error) return
      const source = path.join(root, 'node_modules', 'pdfjs-dist')
      for (const folder of ['cmaps', 'standard_fonts', 'wasm', 'iccs']) {
        // The script engine of PDF forms stays out: documents run no code here.
        const filter = (file: string) => !path.basename(file).startsWith('quickjs')
        cpSync(path.join(source, folder), path.join(target, 'pdfjs', folder), { recursive: true, filter })
      }
    },
  }
}

export default defineConfig({
  root: path.join(root, 'renderer'),
  base: './',
  plugins: [react(), copyPdfFiles()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'chrome146',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4096,
    // Every file is a request to the program's own scheme; a data: URL would need a hole in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.fromEntries(
        rendererPages.map((page) => [page.replace(/\.html$/, ''), path.join(root, 'renderer', page)]),
      ),
    },
  },
})
