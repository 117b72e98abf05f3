import { fork } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { createDemoTokens } from '#tools/softhsm/tokens.ts'
import { createChildProcessSpawner } from './spawn-child-process.ts'
import { keyringWhere, quietLog, temporaryDirectory } from './test-support.ts'
import { createTokenHost } from './token-host.ts'
import { listUsbDevices } from './usb-watch.ts'
import type { UsbDevice } from './usb-watch.ts'

const { directory, remove } = temporaryDirectory()
afterAll(remove)

it('a key whose driver is missing is named, and works once the driver is installed and it is plugged in again', async () => {
  const demo = await createDemoTokens(directory, { tokens: 1 })
  const key: UsbDevice = { vendorId: 0x055c, productId: 0xe618, product: 'mToken GM3000', manufacturer: '' }
  const unknown: UsbDevice = { vendorId: 0x096e, productId: 0x0309, product: '', manufacturer: '' }
  const mouse: UsbDevice = { vendorId: 0x046d, productId: 0xc077, product: 'Mouse', manufacturer: '' }
  let plugged = [key, unknown, mouse]
  const modulePath = path.join(directory, 'later.so')
  const host = createTokenHost({
    spawnHelper: createChildProcessSpawner(),
    log: quietLog,
    listUsb: async () => plugged,
    drivers: [
      {
        id: 'longmai',
        name: 'GM3000',
        vendor: 'Longmai',
        origin: 'shipped',
        paths: [modulePath],
        env: demo.env,
        usb: [{ vendorId: 0x055c, productId: 0xe618 }],
      },
    ],
    timing: { pollMs: 100 },
  })
  try {
    await host.refresh()
    expect(host.keyring().drivers[0]).toMatchObject({ state: 'not_installed', error: 'token.driver_missing' })
    expect(host.keyring().usbKeys).toEqual([
      {
        vendorId: 0x055c,
        productId: 0xe618,
        name: 'mToken GM3000',
        vendor: 'Longmai',
        driverId: 'longmai',
        isDriverReady: false,
      },
      { vendorId: 0x096e, productId: 0x0309, name: 'Feitian', vendor: 'Feitian', driverId: null, isDriverReady: false },
    ])

    copyFileSync(demo.modulePath, modulePath)
    plugged = []
    await keyringWhere(host, (tokens) => tokens.length === 1)
    plugged = [key]
    await keyringWhere(host, () => host.keyring().usbKeys.some(({ isDriverReady }) => isDriverReady))
  } finally {
    await host.close()
  }
})

it.runIf(process.platform === 'linux')(
  'what Linux tells of its USB bus is listed, whichever way each key shows itself',
  async () => {
    const bus = path.join(directory, 'usb')
    const device = (name: string, files: Record<string, string>): void => {
      mkdirSync(path.join(bus, name), { recursive: true })
      for (const [file, text] of Object.entries(files)) writeFileSync(path.join(bus, name, file), `${text}\n`)
    }
    device('1-1', { idVendor: '055c', idProduct: 'e618', product: 'mToken GM3000', manufacturer: 'Longmai' })
    device('1-1:1.0', { bInterfaceClass: '08' })
    device('1-2', { idVendor: '096e', idProduct: '0309' })
    expect(await listUsbDevices(bus)).toEqual(
      expect.arrayContaining([
        { vendorId: 0x055c, productId: 0xe618, product: 'mToken GM3000', manufacturer: 'Longmai' },
        { vendorId: 0x096e, productId: 0x0309, product: '', manufacturer: '' },
      ]),
    )
    for (const { vendorId, product } of await listUsbDevices())
      expect([vendorId > 0, typeof product]).toEqual([true, 'string'])
  },
)

it('a helper ends when its parent is gone', async () => {
  const file = fileURLToPath(new URL('./helper/token-helper.ts', import.meta.url))
  const child = fork(file, [], { serialization: 'advanced', execArgv: [] })
  await new Promise((resolve) => {
    child.once('message', resolve)
    child.send({ id: 1, call: 'ping' })
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.disconnect()
  expect(await ended).toBe(0)
})

it('a helper answers a message it does not understand with an error, and lives', async () => {
  const file = fileURLToPath(new URL('./helper/token-helper.ts', import.meta.url))
  const child = fork(file, [], { serialization: 'advanced', execArgv: [] })
  const replies: unknown[] = []
  const three = new Promise<void>((resolve) => {
    child.on('message', (reply) => {
      if (replies.push(reply) === 3) resolve()
    })
  })
  for (const message of [
    { id: 1, call: 'format' },
    'x',
    { id: 2, call: 'list', isFresh: true },
    { id: 3, call: 'ping' },
  ]) {
    child.send(message)
  }
  await three
  child.kill('SIGKILL')
  expect(replies).toEqual([
    { id: 1, error: { code: 'request.invalid', details: {} } },
    { id: 2, error: { code: 'token.driver_invalid', details: { reason: 'not_loaded' } } },
    { id: 3, value: null },
  ])
})
