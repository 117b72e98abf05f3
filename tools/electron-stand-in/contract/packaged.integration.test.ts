import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { flipFuses } from '@electron/fuses'
import { _electron } from 'playwright'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkFuses, fuseConfig } from '#tools/setup/forge/fuses.mjs'
import { buildDist } from '../build-dist.mjs'
import { APP, definedEnvironment, temporaryFolder } from './launch.ts'

type Entry = { files: Record<string, Entry> } | { size: number; offset: string }

/** The archive format of @electron/asar: a pickled header with offsets, then the files. */
function writeAsar(folder: string, archive: string): void {
  const contents: Buffer[] = []
  let offset = 0
  const add = (path: string): Entry => {
    const files: Record<string, Entry> = {}
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name)
      if (entry.isDirectory()) files[entry.name] = add(child)
      else {
        const content = readFileSync(child)
        files[entry.name] = { size: content.length, offset: String(offset) }
        contents.push(content)
        offset += content.length
      }
    }
    return { files }
  }
  const json = Buffer.from(JSON.stringify(add(folder)))
  const padded = Math.ceil(json.length / 4) * 4
  const header = Buffer.alloc(16 + padded)
  header.writeUInt32LE(4, 0)
  header.writeUInt32LE(8 + padded, 4)
  header.writeUInt32LE(4 + padded, 8)
  header.writeUInt32LE(json.length, 12)
  json.copy(header, 16)
  writeFileSync(archive, Buffer.concat([header, ...contents]))
}

/** A copy of the distribution as Electron Packager leaves it. */
async function packageApp(env: Record<string, string>): Promise<string> {
  const folder = join(temporaryFolder(), 'package')
  cpSync(await buildDist(), folder, { recursive: true })
  rmSync(join(folder, 'resources', 'default_app.asar'))
  writeAsar(APP, join(folder, 'resources', 'app.asar'))
  const executable = join(folder, 'contract-app')
  renameSync(join(folder, 'electron'), executable)
  await flipFuses(executable, fuseConfig(env))
  return executable
}

const cache = (): Record<string, string> => ({ ...definedEnvironment(), XDG_CACHE_HOME: temporaryFolder() })

describe.runIf(process.platform === 'linux')('a packaged program', () => {
  test('has the fuses of a release, and a wrong one is found', async () => {
    const executable = await packageApp({})
    await expect(checkFuses(executable, {})).resolves.toBeUndefined()
    await expect(checkFuses(executable, { YZT_E2E_BUILD: '1' })).rejects.toThrow(/EnableNodeCliInspectArguments/)
  })

  test('cannot be used as Node and opens no inspector', async () => {
    const executable = await packageApp({})
    const profile = temporaryFolder()
    const { stdout, stderr } = spawnSync(
      executable,
      ['--inspect=0', `--user-data-dir=${profile}`, '-e', 'console.log(1 + 1)'],
      {
        env: { ...cache(), ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--inspect=0', CONTRACT_QUIT: '1' },
        encoding: 'utf8',
        timeout: 30_000,
      },
    )
    expect(stdout).toBe('contract ready\n')
    expect(stderr).not.toContain('Debugger listening')
  })

  test('runs from its archive; the variant for tests can be driven', async () => {
    const executable = await packageApp({ YZT_E2E_BUILD: '1' })
    const profile = temporaryFolder()
    const app = await _electron.launch({
      executablePath: executable,
      args: [`--user-data-dir=${profile}`],
      env: cache(),
    })
    onTestFinished(() => app.close())
    const page = await app.firstWindow()
    await page.locator('html[data-module=ran]').waitFor()
    const facts = await app.evaluate(({ app: program }) => [
      program.isPackaged,
      program.getVersion(),
      process.defaultApp,
    ])
    expect(facts).toEqual([true, '1.2.3', undefined])
  })

  test('is not loaded from a folder beside the archive', async () => {
    const executable = await packageApp({})
    const resources = join(executable, '..', 'resources')
    rmSync(join(resources, 'app.asar'))
    mkdirSync(join(resources, 'app'))
    cpSync(APP, join(resources, 'app'), { recursive: true })
    const { status, stderr } = spawnSync(executable, [`--user-data-dir=${temporaryFolder()}`], {
      env: cache(),
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect(status).not.toBe(0)
    expect(stderr).toContain('app.asar only')
  })
})
