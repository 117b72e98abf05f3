import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isRealElectron, launch, launchPage } from './launch.ts'

interface Contract {
  log: unknown[]
}

test('the program knows itself: name, version, paths, arguments, process facts', async () => {
  const { app, profile } = await launchPage({ args: ['--some-switch=value', 'argument'] })
  const facts = await app.evaluate(({ app: program }) => ({
    name: program.getName(),
    version: program.getVersion(),
    isPackaged: program.isPackaged,
    isReady: program.isReady(),
    userData: program.getPath('userData'),
    temp: program.getPath('temp'),
    switch: program.commandLine.getSwitchValue('some-switch'),
    has: [program.commandLine.hasSwitch('some-switch'), program.commandLine.hasSwitch('another-switch')],
    last: process.argv.at(-1),
    type: process.type,
    versions: [process.versions.electron, process.versions.chrome, process.versions.node],
    defaultApp: process.defaultApp,
  }))
  expect(facts).toMatchObject({
    name: 'Contract App',
    version: '1.2.3',
    isPackaged: false,
    isReady: true,
    userData: profile,
    switch: 'value',
    has: [true, false],
    last: 'argument',
    type: 'browser',
    defaultApp: true,
  })
  expect(facts.versions).toEqual([
    expect.stringMatching(/^45\./),
    expect.stringMatching(/^1\d\d\./),
    expect.stringMatching(/^24\./),
  ])
})

test('paths can be set, unknown ones are refused', async () => {
  const { app, profile } = await launchPage()
  const result = await app.evaluate(({ app: program }, folder) => {
    program.setPath('downloads', folder)
    const attempt = (act: () => unknown): string => {
      try {
        act()
        return 'accepted'
      } catch (error) {
        return (error as Error).message
      }
    }
    return [
      program.getPath('downloads') === folder,
      attempt(() => program.setPath('no-such-path', folder)),
      attempt(() => program.setPath('downloads', 'relative')),
    ]
  }, profile)
  expect(result[0]).toBe(true)
  expect(result[1]).toMatch(/path/i)
  expect(result[2]).toMatch(/absolute/i)
})

test('events come in order from start to quit, and before-quit can keep the program', async () => {
  const { app } = await launchPage()
  const log = await app.evaluate(({ app: program }) => {
    const { contract } = globalThis as unknown as { contract: Contract }
    program.once('before-quit', (event) => event.preventDefault())
    program.quit()
    return contract.log.filter((entry) => typeof entry === 'string')
  })
  expect(log).toEqual(['will-finish-launching', 'ready', 'before-quit'])
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('a window that stays open keeps the program from quitting', async () => {
  const { app } = await launchPage()
  const log = await app.evaluate(({ app: program, BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.once('close', (event) => event.preventDefault())
    program.quit()
    return (globalThis as unknown as { contract: Contract }).contract.log
  })
  expect(log).toContain('before-quit')
  expect(log).not.toContain('will-quit')
})

test('will-quit can hold the end until work is done, as in a clean shutdown', async () => {
  const { app, profile } = await launchPage()
  const file = join(profile, 'shut-down')
  await app.evaluate(({ app: program }, path) => {
    let isDone = false
    program.on('will-quit', (event) => {
      if (isDone) return
      event.preventDefault()
      setTimeout(() => {
        isDone = true
        process.getBuiltinModule('node:fs').writeFileSync(path, 'done')
        program.exit(0)
      }, 200)
    })
  }, file)
  await app.close()
  expect(existsSync(file)).toBe(true)
})

test('metrics name the processes of the program', async () => {
  const { app } = await launchPage()
  const metrics = await app.evaluate(({ app: program }) =>
    program.getAppMetrics().map(({ type, pid, memory }) => ({ type, hasPid: pid > 0, size: memory.workingSetSize })),
  )
  expect(metrics.map(({ type }) => type)).toEqual(expect.arrayContaining(['Browser', 'Tab']))
  expect(metrics.every(({ hasPid, size }) => hasPid && size >= 0)).toBe(true)
})

test.skipIf(isRealElectron)('nothing passes as done that is not: unknown members and exports throw', async () => {
  const { app } = await launch({ env: { CONTRACT_NO_WINDOW: '1' } })
  const messages = await app.evaluate((electron) => {
    const attempt = (act: () => unknown): string => {
      try {
        act()
        return 'nothing happened'
      } catch (error) {
        return (error as Error).message
      }
    }
    const window = new electron.BrowserWindow({ show: false })
    return [
      attempt(() => electron.app.showAboutPanel()),
      attempt(() => electron.autoUpdater.checkForUpdates()),
      attempt(() => new electron.WebContentsView()),
      attempt(() => window.setAspectRatio(1)),
      attempt(() => window.webContents.debugger.attach()),
      attempt(() => new electron.BrowserWindow({ webPreferences: { sandbox: false } })),
      attempt(() => new electron.BrowserWindow({ webPreferences: { nodeIntegration: true } })),
      attempt(() => new electron.BrowserWindow({ webPreferences: { partition: 'other' } })),
    ]
  })
  for (const message of messages) expect(message).toMatch(/is not implemented in the Electron stand-in/)
})
