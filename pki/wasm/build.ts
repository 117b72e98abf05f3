import { writeFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { sm2Source } from './source/sm2.ts'
import { sm3Source } from './source/sm3.ts'
import { sm4TablesSource } from './source/sm4-tables.ts'
import { sm4VectorsSource } from './source/sm4-vectors.ts'

/** What is used of the compiler. Its own types would put AssemblyScript's globals beside those of every other file. */
interface Compiler {
  readonly main: (
    switches: readonly string[],
    files: {
      readonly stderr: { readonly write: (text: string | Uint8Array) => void }
      readonly readFile: (name: string) => string | null
      readonly writeFile: (name: string, contents: string | Uint8Array) => void
      readonly listFiles: () => readonly string[]
    },
  ) => Promise<{ readonly error: Error | null }>
}
const compilerName = 'assemblyscript/asc'
const { default: asc } = (await import(compilerName)) as { readonly default: Compiler }

interface Module {
  readonly name: string
  readonly source: string
  readonly features: readonly string[]
}

export const modules: readonly Module[] = [
  { name: 'sm3', source: sm3Source, features: [] },
  { name: 'sm2', source: sm2Source, features: ['simd'] },
  { name: 'sm4-tables', source: sm4TablesSource, features: [] },
  { name: 'sm4-vectors', source: sm4VectorsSource('i8x16.swizzle'), features: ['simd'] },
  { name: 'sm4-relaxed', source: sm4VectorsSource('i8x16.relaxed_swizzle'), features: ['simd', 'relaxed-simd'] },
]

/** The bytes of a module. The compiler's version is pinned by the lock file, so they are the same everywhere. */
export const compile = async ({ name, source, features }: Module): Promise<Uint8Array> => {
  const outputs: Uint8Array[] = []
  const complaints: string[] = []
  const switches = [
    '--optimizeLevel',
    '3',
    '--shrinkLevel',
    '0',
    '--noAssert',
    '--runtime',
    'stub',
    '--initialMemory',
    '4',
  ]
  const enabled = features.flatMap((feature) => ['--enable', feature])
  const { error } = await asc.main([`${name}.ts`, ...switches, ...enabled, '--outFile', `${name}.wasm`], {
    stderr: { write: (text: string | Uint8Array) => complaints.push(String(text)) },
    readFile: (file) => (file === `${name}.ts` ? source : null),
    writeFile: (_file, contents) => {
      if (typeof contents !== 'string') outputs.push(contents)
    },
    listFiles: () => [],
  })
  const [bytes] = outputs
  if (error !== null || bytes === undefined) throw new Error(`${name}: ${error?.message ?? ''}\n${complaints.join('')}`)
  return bytes
}

const folder = path.join(import.meta.dirname, 'generated')

export const moduleText = (bytes: Uint8Array): string =>
  `/** Made by pki/wasm/build.ts. */\nexport const wasm =\n  '${Buffer.from(bytes).toString('base64')}'\n`

if (process.argv[1] === import.meta.filename) {
  await mkdir(folder, { recursive: true })
  for (const module of modules)
    await writeFile(path.join(folder, `${module.name}.ts`), moduleText(await compile(module)))
}
