import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isRealElectron, launch, launchPage, temporaryFolder } from './launch.ts'

const NO_WINDOW = { env: { CONTRACT_NO_WINDOW: '1' } }

/** 1 × 1, red */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='

test('safeStorage gives back what it encrypted, also after a restart, and hides it', async () => {
  const profile = temporaryFolder()
  const first = await launch({ ...NO_WINDOW, profile })
  const { encrypted, isAvailable } = await first.app.evaluate(async ({ safeStorage }) => ({
    encrypted: (await safeStorage.encryptStringAsync('secret 中文')).toString('base64'),
    isAvailable: await safeStorage.isAsyncEncryptionAvailable(),
  }))
  expect(isAvailable).toBe(true)
  expect(Buffer.from(encrypted, 'base64').toString('utf8')).not.toContain('secret')
  await first.app.close()
  const second = await launch({ ...NO_WINDOW, profile })
  const back = await second.app.evaluate(
    ({ safeStorage }, text) => safeStorage.decryptStringAsync(Buffer.from(text, 'base64')),
    encrypted,
  )
  expect(back).toMatchObject({ result: 'secret 中文' })
})

test('safeStorage refuses what was changed', async () => {
  const { app } = await launch(NO_WINDOW)
  const message = await app.evaluate(async ({ safeStorage }) => {
    const encrypted = await safeStorage.encryptStringAsync('secret')
    encrypted.writeUInt8(encrypted.readUInt8(encrypted.length - 1) ^ 1, encrypted.length - 1)
    return safeStorage.decryptStringAsync(encrypted).then(
      () => 'decrypted',
      (error: unknown) => (error as Error).message,
    )
  })
  expect(message).toMatch(/decrypt/i)
})

test.skipIf(isRealElectron)('the key of safeStorage can be read by its owner only', async () => {
  const { app, profile } = await launch(NO_WINDOW)
  await app.evaluate(({ safeStorage }) => safeStorage.encryptStringAsync('x'))
  expect(statSync(join(profile, 'safe-storage.key')).mode & 0o777).toBe(0o600)
})

test.skipIf(isRealElectron)(
  'the store without protection can be played, so that a program can show that it refuses it',
  async () => {
    const { app } = await launch({ env: { CONTRACT_NO_WINDOW: '1', ELECTRON_STAND_IN_STORAGE: 'basic_text' } })
    expect(await app.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())).toBe('basic_text')
  },
)

test.skipIf(isRealElectron)('dialogs are answered as prepared, then cancelled', async () => {
  const answers = [
    { method: 'showOpenDialog', result: { canceled: false, filePaths: ['chosen.pdf'] } },
    { method: 'showMessageBox', result: { response: 1, checkboxChecked: true } },
  ]
  const { app } = await launch({
    env: { CONTRACT_NO_WINDOW: '1', ELECTRON_STAND_IN_DIALOGS: JSON.stringify(answers) },
  })
  const results = await app.evaluate(async ({ dialog }) => [
    await dialog.showOpenDialog({ properties: ['openFile'] }),
    await dialog.showOpenDialog({ properties: ['openFile'] }),
    await dialog.showSaveDialog({ defaultPath: 'x.pdf' }),
    await dialog.showMessageBox({ message: 'Delete?', buttons: ['Delete', 'Cancel'] }),
    await dialog.showMessageBox({ message: 'Delete?', buttons: ['Delete', 'Cancel'] }),
  ])
  expect(results).toEqual([
    { canceled: false, filePaths: ['chosen.pdf'] },
    { canceled: true, filePaths: [] },
    { canceled: true, filePath: '' },
    { response: 1, checkboxChecked: true },
    { response: 1, checkboxChecked: false },
  ])
})

test('dialogs can be replaced by a test', async () => {
  const { app } = await launch(NO_WINDOW)
  const result = await app.evaluate(async ({ dialog }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: ['replaced'] })
    return dialog.showOpenDialog({})
  })
  expect(result.filePaths).toEqual(['replaced'])
})

test('the clipboard keeps text', async () => {
  const { app } = await launch(NO_WINDOW)
  const texts = await app.evaluate(async ({ clipboard }) => {
    await clipboard.writeText('copied 中文')
    const text = await clipboard.readText()
    clipboard.clear()
    return [text, await clipboard.has('text/plain')]
  })
  expect(texts).toEqual(['copied 中文', false])
})

test('pictures are read from files, data URLs and bytes', async () => {
  const { app, profile } = await launch(NO_WINDOW)
  const file = join(profile, 'pixel.png')
  writeFileSync(file, Buffer.from(PIXEL, 'base64'))
  const sizes = await app.evaluate(
    ({ nativeImage }, { path, pixel }) =>
      [
        nativeImage.createFromPath(path),
        nativeImage.createFromDataURL(`data:image/png;base64,${pixel}`),
        nativeImage.createFromBuffer(Buffer.from(pixel, 'base64')),
        nativeImage.createFromPath(`${path}.missing`),
        nativeImage.createEmpty(),
      ].map((image) => [image.isEmpty(), image.getSize().width]),
    { path: file, pixel: PIXEL },
  )
  expect(sizes).toEqual([
    [false, 1],
    [false, 1],
    [false, 1],
    [true, 0],
    [true, 0],
  ])
})

test('menus are built, searched and clicked; a checkbox changes before its click is told', async () => {
  const { app } = await launch(NO_WINDOW)
  const result = await app.evaluate(({ Menu }) => {
    const clicks: unknown[] = []
    const menu = Menu.buildFromTemplate([
      { id: 'open', label: 'Open', click: () => clicks.push('open') },
      { type: 'separator' },
      {
        label: 'More',
        submenu: [{ id: 'on', type: 'checkbox', checked: true, click: (item) => clicks.push(item.checked) }],
      },
    ])
    Menu.setApplicationMenu(menu)
    Menu.getApplicationMenu()?.getMenuItemById('open')?.click()
    menu.getMenuItemById('on')?.click()
    return { clicks, types: menu.items.map(({ type }) => type), missing: menu.getMenuItemById('none') }
  })
  expect(result).toEqual({ clicks: ['open', false], types: ['normal', 'separator', 'submenu'], missing: null })
})

test('a tray, the screen, crash reports and the theme can be used', async () => {
  const { app } = await launch(NO_WINDOW)
  const result = await app.evaluate(
    ({ Tray, Menu, nativeImage, screen, crashReporter, nativeTheme, app: program }, pixel) => {
      const tray = new Tray(nativeImage.createFromDataURL(`data:image/png;base64,${pixel}`))
      tray.setToolTip('tip')
      tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Quit', role: 'quit' }]))
      tray.destroy()
      crashReporter.start({ uploadToServer: false })
      nativeTheme.themeSource = 'dark'
      const display = screen.getPrimaryDisplay()
      return {
        tray: tray.isDestroyed(),
        display: display.workArea.width <= display.bounds.width && display.bounds.width > 0,
        cursor: typeof screen.getCursorScreenPoint().x,
        uploads: crashReporter.getUploadToServer(),
        dark: nativeTheme.shouldUseDarkColors,
        dumps: program.getPath('crashDumps') !== '',
      }
    },
    PIXEL,
  )
  expect(result).toEqual({ tray: true, display: true, cursor: 'number', uploads: false, dark: true, dumps: true })
})

test('net.fetch reads files with their type, and fails for a missing one', async () => {
  const { app, profile } = await launch(NO_WINDOW)
  writeFileSync(join(profile, 'page.html'), '<p>文</p>')
  const result = await app.evaluate(async ({ net }, folder) => {
    const { pathToFileURL } = process.getBuiltinModule('node:url')
    const found = await net.fetch(pathToFileURL(`${folder}/page.html`).href)
    const missing = await net
      .fetch(pathToFileURL(`${folder}/none`).href)
      .catch((error: unknown) => (error as Error).message)
    return [found.status, found.headers.get('content-type')?.split(';')[0], await found.text(), missing]
  }, profile)
  expect(result.slice(0, 3)).toEqual([200, 'text/html', '<p>文</p>'])
  expect(result[3]).toMatch(/ERR_FILE_NOT_FOUND/)
})

test('a screenshot taken by the program is the picture of its page', async () => {
  const { app, profile } = await launchPage()
  const file = join(profile, 'shot.png')
  await app.evaluate(async ({ BrowserWindow }, path) => {
    const image = await BrowserWindow.getAllWindows()[0]?.capturePage()
    process.getBuiltinModule('node:fs').writeFileSync(path, image?.toPNG() ?? '')
  }, file)
  expect(readFileSync(file).readUInt32BE(16)).toBe(640)
})
