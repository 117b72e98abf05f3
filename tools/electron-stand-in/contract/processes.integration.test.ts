import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { APP, definedEnvironment, distribution, eventually, launch, launchPage, temporaryFolder } from './launch.ts'

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // it has ended
  }
}

/** Living processes whose command line names the profile. */
const processesOf = (profile: string): string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).includes(profile))

test('programs with profiles of their own run side by side', async () => {
  const launched = await Promise.all([launchPage(), launchPage(), launchPage()])
  await Promise.all(launched.map(({ page }, index) => page.evaluate(`localStorage.setItem('number', '${index}')`)))
  const values = await Promise.all(launched.map(({ page }) => page.evaluate(`localStorage.getItem('number')`)))
  expect(values).toEqual(['0', '1', '2'])
})

test('what a page stores is there after a restart', async () => {
  const profile = temporaryFolder()
  const first = await launchPage({ profile })
  await first.page.evaluate(`localStorage.setItem('kept', 'yes')`)
  await first.app.close()
  const second = await launchPage({ profile })
  expect(await second.page.evaluate(`localStorage.getItem('kept')`)).toBe('yes')
})

test.runIf(process.platform === 'linux')('closing ends every process of the program', async () => {
  const { app, profile } = await launchPage()
  expect(processesOf(profile).length).toBeGreaterThan(1)
  const started = performance.now()
  await app.close()
  expect(performance.now() - started).toBeLessThan(5_000)
  await eventually(() => processesOf(profile)).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'killing the main process ends its browser and its utility processes',
  async () => {
    const { app, profile } = await launchPage()
    const utility = await app.evaluate(async ({ utilityProcess }) => {
      const { contract } = globalThis as unknown as { contract: { folder: string } }
      const child = utilityProcess.fork(`${contract.folder}/utility.cjs`, [], { stdio: 'ignore' })
      child.postMessage('hang')
      await new Promise((resolve) => setTimeout(resolve, 300))
      return String(child.pid)
    })
    expect(commandLine(utility)).toContain('utility')
    app.process().kill('SIGKILL')
    await eventually(() => processesOf(profile)).toEqual([])
    await eventually(() => commandLine(utility)).not.toContain('utility')
  },
)

test('a second start hands its arguments to the first and ends', async () => {
  const env = { CONTRACT_SINGLE_INSTANCE: '1' }
  const { app, profile } = await launch({ env })
  await app.firstWindow()
  const executable = join(await distribution(), 'electron')
  const second = spawn(executable, [APP, `--user-data-dir=${profile}`, 'yzt://open?x=1'], {
    env: { ...definedEnvironment(), ...env },
    stdio: 'ignore',
  })
  const [code] = (await once(second, 'exit')) as [number]
  expect(code).toBe(0)
  await eventually(() =>
    app.evaluate(() => (globalThis as unknown as { contract: { log: unknown[] } }).contract.log),
  ).toContainEqual(['second-instance', 'yzt://open?x=1', { from: 'second' }])
})

test.runIf(process.platform === 'linux')('SIGTERM quits in order', async () => {
  const profile = temporaryFolder()
  const executable = join(await distribution(), 'electron')
  const program = spawn(executable, [APP, `--user-data-dir=${profile}`], { env: definedEnvironment(), stdio: 'ignore' })
  await eventually(() => processesOf(profile).length).toBeGreaterThan(3)
  program.kill('SIGTERM')
  const [code] = (await once(program, 'exit')) as [number]
  expect(code).toBe(0)
})
