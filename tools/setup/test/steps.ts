/** Everything `npm test` runs, in the order of the table. */

export interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** `check`: passes or fails as a whole. Otherwise the JSON report of the runner is read. */
  readonly kind: 'check' | 'vitest' | 'playwright'
}

const npm = (script: string): Pick<Step, 'command' | 'args'> => ({ command: 'npm', args: ['run', '-s', script] })

/** `npm run check` taken apart, so that the table says which part failed. */
export const checks: readonly Step[] = [
  { name: 'format', ...npm('check:format'), kind: 'check' },
  { name: 'lint', ...npm('check:lint'), kind: 'check' },
  { name: 'types', ...npm('check:types'), kind: 'check' },
  { name: 'layers', ...npm('check:layers'), kind: 'check' },
  { name: 'unused', ...npm('check:unused'), kind: 'check' },
]

const vitest = (project: string, report: string): Step => ({
  name: project,
  command: 'vitest',
  args: ['run', '--project', project, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`],
  kind: 'vitest',
})

/** The installer that the e2e tests unpack; Debian's only, because the others hold the same program. */
export const packaging: readonly Step[] =
  process.platform === 'linux'
    ? [
        {
          name: 'package',
          command: 'npm',
          args: ['run', '-s', 'make', '--', '--targets', '@electron-forge/maker-deb'],
          env: { YZT_E2E_BUILD: '1' },
          kind: 'check',
        },
      ]
    : []

/** After the packaging, which makes its own bundles in the same place. */
export const build: Step = { name: 'build', command: 'node', args: ['tools/setup/build.mjs'], kind: 'check' }

export const tests = (reportOf: (name: string) => string): readonly Step[] => [
  vitest('unit', reportOf('unit')),
  vitest('integration', reportOf('integration')),
  {
    name: 'e2e',
    command: 'playwright',
    args: ['test', '-c', 'e2e/playwright.config.ts'],
    kind: 'playwright',
  },
]
