import js from '@eslint/js'
import globals from 'globals'
import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

const CHINESE = '/[\\u4e00-\\u9fff]/'

export default ts.config(
  { ignores: ['out/', '.vite/', 'node_modules/', '**/testdata/**', 'docs/sdk.d.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx,mts}'],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.node.json', 'tsconfig.web.json', 'tsconfig.preload.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use an `as const` object.' },
        { selector: 'CatchClause > BlockStatement[body.length=0]', message: 'No empty catch: say what happens.' },
      ],
      eqeqeq: 'error',
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    ignores: ['renderer/locales/**', 'renderer/testing/**', '**/*.test.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      'no-restricted-syntax': [
        'error',
        { selector: `Literal[value=${CHINESE}]`, message: 'Text belongs in renderer/locales/.' },
        { selector: `JSXText[value=${CHINESE}]`, message: 'Text belongs in renderer/locales/.' },
        { selector: `TemplateElement[value.raw=${CHINESE}]`, message: 'Text belongs in renderer/locales/.' },
      ],
    },
  },
  {
    // Runs in browsers too: what the runtime brings along comes through #platform.
    files: ['pki/**/*.ts'],
    ignores: [
      'pki/{pdf,image,testing}/**',
      'pki/platform/node.ts',
      'pki/wasm/build.ts',
      'pki/io/file-*.ts',
      'pki/cli/**',
      '**/*.test.ts',
    ],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*'], message: 'Use #platform.' }] }],
      'no-restricted-globals': ['error', { name: 'Buffer', message: 'Use pki/bytes/.' }],
    },
  },
  {
    files: ['**/*.test.{ts,tsx}', 'e2e/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['tools/**', 'bench/**', 'examples/**'], rules: { 'no-console': 'off' } },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
)
