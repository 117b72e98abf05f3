import { expect, it } from 'vitest'
import { createFakeClock } from './fake-clock.ts'
import { createUsbWatch, knownUsbKey, mergeUsbDevices } from './usb-watch.ts'
import type { UsbDevice } from './usb-watch.ts'

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const key: UsbDevice = { vendorId: 0x055c, productId: 0xe618, product: 'mToken GM3000', manufacturer: 'Longmai' }

it('tells when a key is plugged in or pulled out, and nothing else', async () => {
  const clock = createFakeClock()
  let plugged: UsbDevice[] = []
  let changes = 0
  const watch = createUsbWatch(
    async () => plugged,
    clock,
    1_000,
    () => (changes += 1),
    () => undefined,
  )
  await tick()
  for (const next of [[], [key], [key], []]) {
    plugged = next
    clock.advance(1_000)
    await tick()
  }
  expect(changes).toBe(2)
  expect(watch.devices()).toEqual([])
  watch.close()
})

it('a system without HID is reported once and the watch goes on', async () => {
  const clock = createFakeClock()
  let problems = 0
  let isBroken = true
  const list = async (): Promise<UsbDevice[]> => {
    if (isBroken) throw new Error('no hidraw')
    return [key]
  }
  const watch = createUsbWatch(
    list,
    clock,
    1_000,
    () => undefined,
    () => (problems += 1),
  )
  await tick()
  clock.advance(1_000)
  await tick()
  expect(problems).toBe(1)
  isBroken = false
  clock.advance(1_000)
  await tick()
  expect(watch.devices()).toEqual([key])
  watch.close()
})

it('several interfaces of one key are one key, with its name', () => {
  const unnamed = { ...key, product: '' }
  expect(mergeUsbDevices([unnamed, key, { ...key, productId: 1 }])).toEqual([key, { ...key, productId: 1 }])
})

it('a mouse is nobody’s business', () => {
  expect(knownUsbKey(0x046d)).toBeNull()
  expect(knownUsbKey(0x055c)).toBe('Longmai')
})
