import { expect, test } from 'vitest'
import { eventually, launch, launchPage } from './launch.ts'

test('a window has the size, title and state it was given', async () => {
  const { app, page } = await launchPage()
  const state = await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    if (!window) throw new Error('no window')
    return {
      size: window.getContentSize(),
      title: window.getTitle(),
      visible: window.isVisible(),
      minimized: window.isMinimized(),
      destroyed: window.isDestroyed(),
      known: BrowserWindow.fromWebContents(window.webContents) === window && BrowserWindow.fromId(window.id) === window,
      // not in electron.d.ts, but how a program's safety is read at run time
      preferences: (window.webContents as unknown as { getLastWebPreferences: () => object }).getLastWebPreferences(),
    }
  })
  expect(state).toMatchObject({
    title: 'Contract',
    visible: true,
    minimized: false,
    destroyed: false,
    known: true,
    preferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
  })
  expect(await page.evaluate('[innerWidth, innerHeight]')).toEqual(state.size)
})

test('the title follows the page, unless the program says no', async () => {
  const { app, page } = await launchPage()
  const title = (): Promise<string | undefined> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())
  await page.evaluate(`document.title = '第二个标题'`)
  await eventually(title).toBe('第二个标题')
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.once('page-title-updated', (event) => event.preventDefault())
  })
  await page.evaluate(`document.title = 'not wanted'`)
  const contents = (): Promise<string | undefined> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getTitle())
  await eventually(contents).toBe('not wanted')
  expect(await title()).toBe('第二个标题')
})

test('a hidden window loads and draws, shows when told, and tells so', async () => {
  const { app } = await launch({ env: { CONTRACT_NO_WINDOW: '1' } })
  const result = await app.evaluate(async ({ BrowserWindow }) => {
    const { contract } = globalThis as unknown as { contract: { folder: string } }
    const events: string[] = []
    const window = new BrowserWindow({
      show: false,
      width: 300,
      height: 200,
      webPreferences: { preload: `${contract.folder}/preload.cjs` },
    })
    const shown = new Promise<void>((resolve) => {
      window.once('ready-to-show', () => {
        events.push(`ready ${String(window.isVisible())}`)
        resolve()
      })
    })
    for (const name of ['show', 'hide', 'close', 'closed'] as const) window.on(name as 'show', () => events.push(name))
    await window.loadURL('app://bundle/index.html')
    await shown
    const image = await window.webContents.capturePage()
    const animated: unknown = await window.webContents.executeJavaScript(
      'new Promise((resolve) => requestAnimationFrame(() => resolve("frame")))',
    )
    window.show()
    const isVisible = window.isVisible()
    window.hide()
    window.destroy()
    return { events, isVisible, animated, size: image.getSize(), png: image.toPNG().subarray(1, 4).toString() }
  })
  expect(result.events).toEqual(['ready false', 'show', 'hide', 'closed'])
  expect(result).toMatchObject({ isVisible: true, animated: 'frame', png: 'PNG' })
  expect(result.size.width).toBeGreaterThan(0)
})

test('a listener can keep the program from closing a window, destroy cannot be kept', async () => {
  const { app } = await launchPage()
  const result = await app.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    if (!window) throw new Error('no window')
    window.once('close', (event) => event.preventDefault())
    window.close()
    const kept = !window.isDestroyed()
    const closed = new Promise((resolve) => {
      window.once('closed', () => resolve('closed'))
    })
    window.destroy()
    return { kept, closed: await closed, left: BrowserWindow.getAllWindows().length }
  })
  expect(result).toEqual({ kept: true, closed: 'closed', left: 0 })
})

test('a child goes with its parent', async () => {
  const { app } = await launchPage()
  const left = await app.evaluate(async ({ BrowserWindow }) => {
    const [parent] = BrowserWindow.getAllWindows()
    if (!parent) throw new Error('no window')
    const child = new BrowserWindow({ parent, modal: true, show: false })
    const facts = [child.getParentWindow() === parent, child.isModal(), parent.getChildWindows().includes(child)]
    const closed = new Promise<void>((resolve) => {
      child.once('closed', resolve)
    })
    parent.destroy()
    await closed
    return [...facts, child.isDestroyed()]
  })
  expect(left).toEqual([true, true, true, true])
})

test('bounds, size and place can be read as they were set', async () => {
  const { app, page } = await launchPage()
  const bounds = await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    if (!window) throw new Error('no window')
    window.setBounds({ x: 40, y: 50, width: 500, height: 400 })
    const first = window.getBounds()
    window.setContentSize(520, 410)
    return [first, window.getContentSize()]
  })
  expect(bounds).toEqual([{ x: 40, y: 50, width: 500, height: 400 }, [520, 410]])
  await eventually(() => page.evaluate('innerWidth === 520 && innerHeight === 410')).toBe(true)
})

test('a screenshot of a page by Playwright shows the window', async () => {
  const { page } = await launchPage()
  const png = await page.screenshot()
  expect(png.readUInt32BE(16)).toBe(640)
  expect(png.readUInt32BE(20)).toBe(480)
})

test('a page that Playwright closes takes its window with it, and its listeners are told', async () => {
  const { app, page } = await launchPage()
  await app.evaluate(({ app: program }) => program.on('window-all-closed', () => undefined))
  await page.close()
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0)
  const log = await app.evaluate(() => (globalThis as unknown as { contract: { log: unknown[] } }).contract.log)
  expect(log).toContain('window-all-closed')
})

test('executeJavaScript answers values and rejects with the error of the page', async () => {
  const { app } = await launchPage()
  const result = await app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    return [
      await contents?.executeJavaScript('Promise.resolve({ sum: 1 + 1 })'),
      await contents?.executeJavaScript('throw new Error("in the page")').catch((error: unknown) => String(error)),
    ] as unknown[]
  })
  expect(result[0]).toEqual({ sum: 2 })
  expect(result[1]).toMatch(/in the page|Script failed to execute/)
})

test('loading what is not there is refused', async () => {
  const { app } = await launchPage()
  const message = await app.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    return window?.loadURL('app://bundle/missing.html').catch((error: unknown) => String(error))
  })
  expect(message).toMatch(/ERR_\w+ \(-\d+\) loading 'app:\/\/bundle\/missing\.html'/)
})

test('zoom and inserted styles change the page', async () => {
  const { app, page } = await launchPage()
  await app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    contents?.setZoomFactor(1.5)
    await contents?.insertCSS('h1 { letter-spacing: 3px }')
  })
  expect(await page.evaluate(`getComputedStyle(document.querySelector('h1')).letterSpacing`)).toMatch(/3px|4\.5px/)
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomFactor())).toBe(
    1.5,
  )
})
