// A small program for the contract tests; the tests drive it through Playwright's electronApplication.evaluate.
const { app, BrowserWindow, ipcMain, protocol, net, session } = require('electron')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
])

const log = []
globalThis.contract = { log, folder: __dirname, electron: require('electron') }

if (process.env.CONTRACT_SINGLE_INSTANCE && !app.requestSingleInstanceLock({ from: 'second' })) {
  app.quit()
} else {
  for (const name of ['will-finish-launching', 'ready', 'before-quit', 'will-quit']) app.on(name, () => log.push(name))
  app.on('second-instance', (_event, argv, cwd, data) => log.push(['second-instance', argv.at(-1), data]))
  app.on('web-contents-created', (_event, contents) => log.push(['web-contents-created', typeof contents.id]))
  app.on('window-all-closed', () => log.push('window-all-closed'))
  start()
}

ipcMain.handle('echo', (_event, ...args) => args)
ipcMain.handle('sender', (event) => ({
  url: event.senderFrame.url,
  origin: event.senderFrame.origin,
  isTop: event.senderFrame.top === event.senderFrame && event.senderFrame === event.sender.mainFrame,
  id: event.sender.id,
}))
ipcMain.handle('fail', () => {
  throw new RangeError('no such thing')
})
ipcMain.handle('types', (_event, value) => [
  value?.constructor?.name,
  value instanceof Uint8Array,
  Buffer.isBuffer(value),
])
ipcMain.handle(
  'make',
  (_event, kind) =>
    ({
      bytes: new Uint8Array([1, 2, 3]),
      buffer: Buffer.from('abc'),
      map: new Map([['a', new Date(0)]]),
      nothing: undefined,
    })[kind],
)
ipcMain.on('ping', (event, value) => event.reply('pong', value + 1))

function start() {
  app.whenReady().then(() => {
    protocol.handle('app', async (request) => {
      const url = new URL(request.url)
      log.push(['request', request.method, request.url])
      if (url.pathname === '/echo-body')
        return new Response(await request.text(), { headers: { 'x-method': request.method } })
      if (url.pathname === '/teapot')
        return new Response('short', { status: 418, headers: { 'content-type': 'text/plain' } })
      const response = await net.fetch(pathToFileURL(path.join(__dirname, 'pages', url.pathname)).href)
      const headers = new Headers(response.headers)
      headers.set(
        'content-security-policy',
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; frame-src 'self'; img-src 'self' data:",
      )
      return new Response(response.body, { status: response.status, headers })
    })
    globalThis.contract.open = async (options = {}, page = 'index.html') => {
      const window = new BrowserWindow({
        width: 640,
        height: 480,
        ...options,
        webPreferences: { preload: path.join(__dirname, 'preload.cjs'), ...options.webPreferences },
      })
      window.webContents.setWindowOpenHandler((details) => {
        log.push(['window-open', details.url])
        return { action: 'deny' }
      })
      await window.loadURL(`app://bundle/${page}`)
      return window.id
    }
    if (process.env.CONTRACT_QUIT) {
      process.stdout.write('contract ready\n')
      return app.quit()
    }
    globalThis.contract.ready = process.env.CONTRACT_NO_WINDOW ? Promise.resolve() : globalThis.contract.open()
  })
}
