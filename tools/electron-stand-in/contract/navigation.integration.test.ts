import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ElectronApplication } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, launchPage } from './launch.ts'

const logOf = (app: ElectronApplication): Promise<unknown[]> =>
  app.evaluate(() => (globalThis as unknown as { contract: { log: unknown[] } }).contract.log)

test('a page served by protocol.handle obeys the policy in its headers', async () => {
  const { page } = await launchPage()
  expect(await page.evaluate('document.documentElement.dataset.inline ?? "kept out"')).toBe('kept out')
  expect(await page.evaluate('document.documentElement.dataset.module')).toBe('ran')
  expect(await page.evaluate(`getComputedStyle(document.querySelector('h1')).color`)).toBe('rgb(1, 2, 3)')
  // A server that would answer any page: only the policy keeps it out.
  let requests = 0
  const server = createServer((_request, response) => {
    requests += 1
    response.setHeader('access-control-allow-origin', '*').end('reached')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const broken = await page.evaluate(`new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective))
    fetch('${address}').then(() => resolve('reached'), () => setTimeout(resolve, 2000, 'failed'))
  })`)
  expect(broken).toBe('connect-src')
  expect(requests).toBe(0)
})

test('requests of the scheme carry method and body, answers their status and headers', async () => {
  const { page } = await launchPage()
  const answer = await page.evaluate(`(async () => {
    const post = await fetch('echo-body', { method: 'POST', body: 'sent 中文' })
    const teapot = await fetch('teapot')
    return [post.status, post.headers.get('x-method'), await post.text(), teapot.status, await teapot.text()]
  })()`)
  expect(answer).toEqual([200, 'POST', 'sent 中文', 418, 'short'])
})

test('workers of the scheme run, and their own requests reach the handler', async () => {
  const { page } = await launchPage()
  const text = await page.evaluate(`new Promise((resolve, reject) => {
    const worker = new Worker('worker.js')
    worker.onerror = () => reject(new Error('worker failed'))
    worker.onmessage = (event) => resolve(event.data)
    worker.postMessage('go')
  })`)
  expect(text).toContain('rgb(1, 2, 3)')
})

test('a page cannot leave when will-navigate says no, and stays as it was', async () => {
  const { app, page } = await launchPage()
  await app.evaluate(({ BrowserWindow }) => {
    const { log } = (globalThis as unknown as { contract: { log: unknown[] } }).contract
    BrowserWindow.getAllWindows()[0]?.webContents.on('will-navigate', (event) => {
      log.push(['will-navigate', event.url, event.isMainFrame])
      event.preventDefault()
    })
  })
  await page.evaluate(`document.getElementById('away').click()`)
  await page.evaluate(`setTimeout(() => { location.href = 'other.html' }, 50)`)
  await eventually(() => logOf(app)).toContainEqual(['will-navigate', 'https://example.org/away', true])
  await eventually(() => logOf(app)).toContainEqual(['will-navigate', 'app://bundle/other.html', true])
  expect(await page.evaluate(`[document.title, window.page]`)).toEqual(['Contract', 'page'])
  expect(await logOf(app)).not.toContainEqual(['request', 'GET', 'app://bundle/other.html'])
})

test('a page may go on within the program, and its preload runs again', async () => {
  const { app, page } = await launchPage()
  await page.evaluate(`document.getElementById('inside').click()`)
  await page.locator('p', { hasText: 'other' }).waitFor()
  expect(await page.evaluate(`contract.invoke('sender')`)).toMatchObject({ url: 'app://bundle/other.html' })
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())).toBe(
    'app://bundle/other.html',
  )
})

test('window.open and links to new windows are put to the handler, and nothing opens when it denies', async () => {
  const { app, page } = await launchPage()
  expect(await page.evaluate(`window.open('https://example.org/open') === null`)).toBe(true)
  await page.evaluate(`document.getElementById('blank').click()`)
  await eventually(() => logOf(app)).toContainEqual(['window-open', 'https://example.org/open'])
  await eventually(() => logOf(app)).toContainEqual(['window-open', 'https://example.org/blank'])
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  await eventually(() => app.windows().length).toBe(1)
})

test('an allowed window is a BrowserWindow with the options of the handler', async () => {
  const { app, page } = await launchPage()
  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.setWindowOpenHandler(() => ({
      action: 'allow',
      overrideBrowserWindowOptions: { width: 321, height: 234, show: false },
    }))
  })
  await page.evaluate(`void window.open('other.html')`)
  await eventually(() =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.webContents.getURL())),
  ).toContain('app://bundle/other.html')
})

test('frames of a page are checked by will-frame-navigate', async () => {
  const { app, page } = await launchPage()
  await app.evaluate(({ BrowserWindow }) => {
    const { log } = (globalThis as unknown as { contract: { log: unknown[] } }).contract
    BrowserWindow.getAllWindows()[0]?.webContents.on('will-frame-navigate', (event) => {
      if (event.isMainFrame) return
      log.push(['will-frame-navigate', event.url])
      event.preventDefault()
    })
  })
  await page.evaluate(`(() => {
    const frame = document.createElement('iframe')
    frame.src = 'other.html'
    document.body.append(frame)
  })()`)
  await eventually(() => logOf(app)).toContainEqual(['will-frame-navigate', 'app://bundle/other.html'])
  expect(await logOf(app)).not.toContainEqual(['request', 'GET', 'app://bundle/other.html'])
})

test('webRequest listeners can change headers and cancel requests of the scheme', async () => {
  const { app, page } = await launchPage()
  await app.evaluate(({ session }) => {
    session.defaultSession.webRequest.onHeadersReceived((details, callback) => {
      callback({ responseHeaders: { ...details.responseHeaders, 'x-added': [details.url] } })
    })
    session.defaultSession.webRequest.onBeforeRequest({ urls: ['app://bundle/teapot*'] }, (_details, callback) => {
      callback({ cancel: true })
    })
  })
  expect(await page.evaluate(`fetch('style.css').then((response) => response.headers.get('x-added'))`)).toBe(
    'app://bundle/style.css',
  )
  expect(await page.evaluate(`fetch('teapot').then(() => 'reached', () => 'cancelled')`)).toBe('cancelled')
})

test('permissions are refused unless a handler grants them', async () => {
  const { app, page } = await launchPage()
  const state = `navigator.permissions.query({ name: 'geolocation' }).then((status) => status.state)`
  expect(await page.evaluate(state)).not.toBe('granted')
  await app.evaluate(async ({ BrowserWindow, session }) => {
    session.defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'geolocation')
    session.defaultSession.setPermissionRequestHandler((_contents, permission, callback) =>
      callback(permission === 'geolocation'),
    )
    await BrowserWindow.getAllWindows()[0]?.loadURL('app://bundle/index.html')
  })
  await eventually(() => page.evaluate(state)).toBe('granted')
  const notifications = `navigator.permissions.query({ name: 'notifications' }).then((status) => status.state)`
  expect(await page.evaluate(notifications)).not.toBe('granted')
})

test('nativeTheme decides what the page prefers', async () => {
  const { app, page } = await launchPage()
  const prefersDark = `matchMedia('(prefers-color-scheme: dark)').matches`
  await app.evaluate(({ nativeTheme }) => void (nativeTheme.themeSource = 'dark'))
  await eventually(() => page.evaluate(prefersDark)).toBe(true)
  await app.evaluate(({ nativeTheme }) => void (nativeTheme.themeSource = 'light'))
  await eventually(() => page.evaluate(`!${prefersDark}`)).toBe(true)
})
