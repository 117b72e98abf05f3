/**
 * `npm test`: checks, unit and integration tests, build, end-to-end tests; then one table and, as the last line,
 * `N passed, N failed`. Logs and reports of every step are in out/test/.
 */
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { root } from '../root.mjs'
import { readReport, type Counts } from './reports.ts'
import { build, checks, packaging, tests, type Step } from './steps.ts'

const folder = path.join(root, 'out/test')
const reportOf = (name: string): string => path.join(folder, `${name}.json`)
const logOf = (name: string): string => path.join(folder, `${name}.log`)

interface Outcome {
  readonly name: string
  readonly kind: Step['kind']
  readonly isOk: boolean
  readonly counts: Counts
  readonly seconds: number
}

const nothing: Counts = { passed: 0, failed: 0, skipped: 0 }

const runProgram = (step: Step): Promise<number> =>
  new Promise((resolve) => {
    const log = createWriteStream(logOf(step.name))
    const child = spawn(step.command, step.args, {
      cwd: root,
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: reportOf(step.name), FORCE_COLOR: '0', CI: '1', ...step.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    const stop = (): void => void child.kill('SIGINT')
    process.once('SIGINT', stop)
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    child.once('error', (error) => log.write(`${error.message}\n`))
    child.once('close', (code) => {
      process.off('SIGINT', stop)
      log.end(() => resolve(code ?? 1))
    })
  })

const countsOf = (step: Step, code: number): Counts => {
  // A failed check counts as one failure; passed checks are no tests and are not added to them.
  if (step.kind === 'check') return { ...nothing, failed: code === 0 ? 0 : 1 }
  const counts = readReport(step.kind, reportOf(step.name)) ?? nothing
  const ranNothing = counts.passed + counts.failed === 0
  return counts.failed === 0 && (code !== 0 || ranNothing) ? { ...counts, failed: 1 } : counts
}

const sign = (isOk: boolean): string => (isOk ? 'ok' : 'FAILED')

const tail = async (name: string, lines: number): Promise<string> =>
  (await readFile(logOf(name), 'utf8')).trimEnd().split('\n').slice(-lines).join('\n')

const run = async (step: Step): Promise<Outcome> => {
  const from = Date.now()
  const code = await runProgram(step)
  const counts = countsOf(step, code)
  const outcome = { name: step.name, kind: step.kind, isOk: counts.failed === 0, counts, seconds: 0 }
  const seconds = (Date.now() - from) / 1000
  console.log(`  ${step.name}: ${sign(outcome.isOk)} (${seconds.toFixed(1)} s)`)
  if (!outcome.isOk) console.log(`${await tail(step.name, 60)}\n  … all of it: out/test/${step.name}.log\n`)
  return { ...outcome, seconds }
}

const table = (outcomes: readonly Outcome[]): string => {
  const cell = (value: string | number, width: number): string => String(value).padStart(width)
  const rows = outcomes.map(({ name, kind, isOk, counts, seconds }) => {
    const numbers = kind === 'check' ? ['', '', ''] : [counts.passed, counts.failed, counts.skipped]
    return `  ${name.padEnd(14)}${sign(isOk).padEnd(8)}${numbers.map((n) => cell(n, 9)).join('')}${cell(seconds.toFixed(1), 10)}`
  })
  return [
    `  ${'step'.padEnd(22)}${cell('passed', 9)}${cell('failed', 9)}${cell('skipped', 9)}${cell('seconds', 10)}`,
    ...rows,
  ].join('\n')
}

/** Two at a time: the checks and the unit tests use one core each. */
const runTwoAtATime = async (steps: readonly Step[]): Promise<Outcome[]> => {
  const waiting = [...steps.entries()]
  const outcomes: Outcome[] = []
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) outcomes[next[0]] = await run(next[1])
  }
  await Promise.all([lane(), lane()])
  return outcomes
}

const steps = tests(reportOf)
const names = [...checks, ...steps].map(({ name }) => name)
const only = process.argv.slice(2)
const unknown = only.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(', ')}. The steps are ${names.join(', ')}; none named means all.`)
  process.exit(2)
}
const isWanted = ({ name }: Step): boolean => only.length === 0 || only.includes(name)

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
console.log('Checks and tests (logs in out/test/)')
const needsBuild = steps.some((step) => step.name !== 'unit' && isWanted(step))
const needsPackage = steps.some((step) => step.name === 'e2e' && isWanted(step))
// An installer of an earlier run must not pass for this one's.
if (needsPackage) await rm(path.join(root, 'out/e2e-build/make'), { recursive: true, force: true })
const quick = [...checks, ...steps.filter(({ name }) => name === 'unit')].filter(isWanted)
const outcomes = await runTwoAtATime([...(needsPackage ? packaging : []), ...quick])
if (needsBuild) outcomes.push(await run(build))
for (const step of steps.filter((candidate) => candidate.name !== 'unit' && isWanted(candidate))) {
  outcomes.push(await run(step))
}

const passed = outcomes.reduce((sum, { counts }) => sum + counts.passed, 0)
const failed = outcomes.reduce((sum, { counts }) => sum + counts.failed, 0)
console.log(`\n${table(outcomes)}\n`)
console.log(`${passed} passed, ${failed} failed`)
const ranTests = outcomes.some(({ kind }) => kind !== 'check')
process.exitCode = failed > 0 || outcomes.length === 0 || (ranTests && passed === 0) ? 1 : 0
