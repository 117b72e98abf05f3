/** Seven rooms, one direction (docs/architecture.md). */
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^${from}/`, pathNot: '\\.test\\.tsx?$' },
  to: {
    path: '^(contract|pki|native|server|main|preload|renderer|tools|bench|e2e|examples)/',
    pathNot: `^(${allowed.join('|')})`,
  },
})

export default {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    only('contract-stands-alone', 'contract', ['contract/'], 'contract imports zod only'),
    {
      name: 'contract-zod-only',
      severity: 'error',
      from: { path: '^contract/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'core'], pathNot: 'zod' },
    },
    only('pki-imports', 'pki', ['pki/', 'contract/']),
    only('native-imports', 'native', ['native/', 'contract/', 'pki/']),
    only('bridge-imports', 'server/bridge', ['server/bridge/', 'contract/', 'pki/']),
    only('renderer-imports', 'renderer', ['renderer/', 'contract/']),
    only('preload-imports', 'preload', ['preload/', 'contract/']),
    // The tray shows the renderer's icon.
    only('main-imports', 'main', ['main/', 'contract/', 'pki/', 'native/', 'server/bridge/', 'renderer/assets/']),
    {
      name: 'feature-not-feature',
      severity: 'error',
      comment: 'one feature never imports another',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'electron-in-main-and-preload',
      severity: 'error',
      from: { path: '^(contract|pki|native|server|renderer|examples)/' },
      to: { path: '^(node_modules/)?electron($|/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(out|\\.vite)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
