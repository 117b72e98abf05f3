import ts from 'typescript'

/** Values of Node's network modules that only listen. Everything else there, and the modules that are not named, leads out. */
const listening: Readonly<Record<string, readonly string[]>> = { http: ['createServer'], net: [] }
const networkModules =
  /^(?:node:)?(https?|http2|net|tls|dgram|dns|dns\/promises|inspector|inspector\/promises)$|^(undici|ws)$/
const electronNetwork = new Set(['net', 'netLog', 'autoUpdater', 'crashReporter'])
const globals = new Set([
  'fetch',
  'WebSocket',
  'WebSocketStream',
  'WebTransport',
  'XMLHttpRequest',
  'EventSource',
  'RTCPeerConnection',
  'sendBeacon',
])

const textOf = (node: ts.Node | undefined): string | null =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : null

/** Value imports of a declaration; `*` stands for the module as a whole. */
const importedNames = ({ importClause }: ts.ImportDeclaration): string[] => {
  if (importClause === undefined) return ['*']
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return []
  const { name, namedBindings } = importClause
  const named =
    namedBindings !== undefined && ts.isNamedImports(namedBindings)
      ? namedBindings.elements
          .filter(({ isTypeOnly }) => !isTypeOnly)
          .map((element) => (element.propertyName ?? element.name).text)
      : namedBindings === undefined
        ? []
        : ['*']
  return name === undefined ? named : ['*', ...named]
}

const isForbidden = (module: string, name: string): boolean => {
  if (module === 'electron') return name === '*' || electronNetwork.has(name)
  if (!networkModules.test(module)) return false
  return !(listening[module.replace('node:', '')] ?? []).includes(name)
}

/** The name that a node gives something in this file, so that a `fetch` of our own is not taken for the global one. */
const declaredName = (node: ts.Node): string | null => {
  const isDeclaration =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isImportSpecifier(node)
  return isDeclaration && node.name !== undefined && ts.isIdentifier(node.name) ? node.name.text : null
}

const walk = (node: ts.Node, see: (node: ts.Node) => void): void => {
  see(node)
  ts.forEachChild(node, (child) => walk(child, see))
}

const ofModule = (node: ts.Node): string[] => {
  if (ts.isImportDeclaration(node)) {
    const module = textOf(node.moduleSpecifier) ?? ''
    return importedNames(node)
      .filter((name) => isForbidden(module, name))
      .map((name) => `import ${name} of ${module}`)
  }
  if (ts.isExportDeclaration(node) && !node.isTypeOnly) {
    const module = textOf(node.moduleSpecifier) ?? ''
    return isForbidden(module, '*') ? [`export of ${module}`] : []
  }
  if (!ts.isCallExpression(node)) return []
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require'
  const module = isImport || isRequire ? textOf(node.arguments[0]) : null
  return module !== null && isForbidden(module, '*') ? [`import of ${module}`] : []
}

const ofName = (node: ts.Node, own: ReadonlySet<string>): string[] => {
  const { parent } = node
  if (ts.isElementAccessExpression(node)) {
    const name = textOf(node.argumentExpression)
    return name !== null && globals.has(name) ? [name] : []
  }
  if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) {
    if (node.name.text === 'uploadToServer' && node.initializer.kind !== ts.SyntaxKind.FalseKeyword) return ['a report']
    if (node.name.text === 'submitURL' && textOf(node.initializer) !== '') return ['a report']
  }
  if (!ts.isIdentifier(node) || !globals.has(node.text)) return []
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return [node.text]
  if (ts.isTypeNode(parent) || ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) return []
  return own.has(node.text) ? [] : [node.text]
}

/**
 * What in a source file could open a connection to somewhere: Node's and Electron's network modules in whatever form they are
 * imported, and the browser's globals under whatever expression. Read from the syntax tree, so that lines and names of
 * variables make no difference. It does not see what other programs that are started do.
 */
export const waysOut = (file: string, text: string): string[] => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const own = new Set<string>()
  walk(source, (node) => {
    const name = declaredName(node)
    if (name !== null) own.add(name)
  })
  const found: string[] = []
  walk(source, (node) => found.push(...ofModule(node), ...ofName(node, own)))
  return found
}
