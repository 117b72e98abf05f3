import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '..', '..')
const sdk = join(root, 'server', 'bridge', 'sdk')

const configOf = (file: string): ts.CompilerOptions => {
  const { config } = ts.parseConfigFileTextToJson(file, readFileSync(file, 'utf8')) as { config: object }
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options
}

const namesOf = (statement: ts.Statement): string[] => {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
  }
  const { name } = statement as ts.Statement & { name?: ts.Node }
  return name !== undefined && ts.isIdentifier(name) ? [name.text] : []
}

/** What `sdk.ts` exports by name, by file; everything of `types.ts` is public as a whole. */
export const publicNames = (): Map<string, string[]> => {
  const source = readFileSync(join(sdk, 'sdk.ts'), 'utf8')
  const exported = [...source.matchAll(/export \{([^}]+)\} from '\.\/([\w-]+)\.ts'/g)]
  return new Map(exported.map(([, names = '', file = '']) => [file, names.match(/\w+/g) ?? []]))
}

/** The declarations of the SDK in one file that imports nothing, for platforms that keep their own copy. */
export const sdkTypes = (): string => {
  const options = {
    ...configOf(join(root, 'tsconfig.web.json')),
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
  }
  const program = ts.createProgram([join(sdk, 'sdk.ts')], options)
  const emitted = new Map<string, string>()
  program.emit(undefined, (name, text) => emitted.set(name.slice(name.lastIndexOf('/') + 1), text))
  const names = publicNames()
  const parts = ['types', ...names.keys()].flatMap((file) => {
    const text = emitted.get(`${file}.d.ts`)
    if (text === undefined) throw new Error(`no declarations of ${file}.ts`)
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022)
    return source.statements
      .filter((statement) => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement))
      .filter((statement) => file === 'types' || namesOf(statement).some((name) => names.get(file)?.includes(name)))
      .map((statement) => statement.getFullText(source).trim())
  })
  return `/** Types of sdk.js, the SDK of the signing bridge. Made from server/bridge/sdk/ by \`npm run docs\`. */\n\n${parts.join('\n\n')}\n`
}
