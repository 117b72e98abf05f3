import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const NAMES = new Set(['electron', 'electron/main', 'electron/common', 'electron/utility'])

/** How generated modules find what they export. */
const MODULE_KEY = Symbol.for('electron-stand-in.module')

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name)

/** `require('electron')` and `import … from 'electron'`, from any file, give the stand-in's module. */
export function provideElectron(electron: Record<string, unknown>, folder: string): void {
  Object.defineProperty(process, MODULE_KEY, { value: electron })
  const forRequire = pathToFileURL(`${folder}/electron.cjs`).href
  const forImport = pathToFileURL(`${folder}/electron.mjs`).href
  const read = "process[Symbol.for('electron-stand-in.module')]"
  const names = Object.keys(electron).filter(isIdentifier)
  const sources = new Map([
    [forRequire, { format: 'commonjs' as const, source: `module.exports = ${read}` }],
    [
      forImport,
      {
        format: 'module' as const,
        source: [`const e = ${read}`, 'export default e', ...names.map((n) => `export const ${n} = e.${n}`)].join('\n'),
      },
    ],
  ])
  registerHooks({
    resolve(specifier, context, next) {
      if (!NAMES.has(specifier)) return next(specifier, context)
      const isImport = context.conditions.includes('import')
      return { url: isImport ? forImport : forRequire, shortCircuit: true }
    },
    load(url, context, next) {
      const own = sources.get(url)
      return own ? { ...own, shortCircuit: true } : next(url, context)
    },
  })
}
