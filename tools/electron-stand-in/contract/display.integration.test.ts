import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { definedEnvironment, distribution, eventually, isRealElectron, launchPage, temporaryFolder } from './launch.ts'

interface Contract {
  hidden: { show(): void; webContents: { executeJavaScript(code: string): Promise<number[]> } }
  folder: string
  open(): Promise<number>
}

/** A display of its own, without a window manager. */
async function startDisplay(): Promise<string> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  onTestFinished(() => void server.kill())
  const [number] = (await once(server.stdio[3] as Readable, 'data')) as [Buffer]
  return `:${number.toString().trim()}`
}

test.runIf(process.platform === 'linux' && !isRealElectron)(
  'a program started without tests knows how large the screen is, and its first window is in the middle',
  async () => {
    const folder = temporaryFolder()
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'centred', main: 'main.cjs' }))
    writeFileSync(
      path.join(folder, 'main.cjs'),
      `const { app, BrowserWindow, screen } = require('electron')
      app.whenReady().then(async () => {
        const window = new BrowserWindow({ width: 600, height: 400 })
        await window.loadURL('data:text/html,<p>here')
        const place = await window.webContents.executeJavaScript('[screenX, screenY]')
        process.stdout.write(JSON.stringify({ size: screen.getPrimaryDisplay().size, place }))
        app.quit()
      })`,
    )
    const child = spawn(path.join(await distribution(), 'electron'), [folder, `--user-data-dir=${folder}/profile`], {
      env: { ...definedEnvironment(), DISPLAY: await startDisplay(), WAYLAND_DISPLAY: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(JSON.parse(output)).toEqual({ size: { width: 1280, height: 1024 }, place: [340, 312] })
  },
)

test.runIf(process.platform === 'linux')(
  'on a display windows are where they were put, hidden ones cannot be seen, and the program outlives its last window',
  async () => {
    const { app, page } = await launchPage({ env: { DISPLAY: await startDisplay(), WAYLAND_DISPLAY: '' } })
    await app.evaluate(({ app: program, BrowserWindow }) => {
      program.on('window-all-closed', () => undefined)
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 30, y: 40, width: 500, height: 400 })
    })
    await eventually(() => page.evaluate('[screenX, screenY, innerWidth, innerHeight]')).toEqual([30, 40, 500, 400])

    const place = '[screenX, screenY]'
    const hidden = await app.evaluate(async ({ BrowserWindow }, code) => {
      const { contract } = globalThis as unknown as { contract: Contract }
      const window = new BrowserWindow({ show: false, width: 300, height: 200, x: 100, y: 110 })
      contract.hidden = window
      await window.loadURL('app://bundle/index.html')
      const drawn: unknown = await window.webContents.executeJavaScript(
        'new Promise((resolve) => requestAnimationFrame(() => resolve("drawn")))',
      )
      return { place: (await window.webContents.executeJavaScript(code)) as number[], drawn }
    }, place)
    expect(hidden.drawn).toBe('drawn')
    expect(Math.max(...hidden.place)).toBeLessThan(-1000)

    await app.evaluate(() => (globalThis as unknown as { contract: Contract }).contract.hidden.show())
    await eventually(() =>
      app.evaluate(
        (_electron, code) =>
          (globalThis as unknown as { contract: Contract }).contract.hidden.webContents.executeJavaScript(code),
        place,
      ),
    ).toEqual([100, 110])

    const left = await app.evaluate(async ({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.destroy()
      await new Promise((resolve) => setTimeout(resolve, 500))
      await (globalThis as unknown as { contract: Contract }).contract.open()
      return BrowserWindow.getAllWindows().length
    })
    expect(left).toBe(1)
  },
)
