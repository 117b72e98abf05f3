import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, launchPage } from './launch.ts'

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
