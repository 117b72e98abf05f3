import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { devicesAsync } from 'node-hid'
import type { Clock } from './clock.ts'

/** A device on the USB bus. Its names come from the device itself. */
export interface UsbDevice {
  readonly vendorId: number
  readonly productId: number
  readonly product: string
  readonly manufacturer: string
}

/**
 * Makers of USB keys by USB vendor id, for keys no driver of the map serves: the screen then names the maker whose
 * driver is missing. 0x055c and 0x6588 from their keys' ids in the driver map.
 */
const KEY_VENDORS: Readonly<Record<number, string>> = { 0x055c: 'Longmai', 0x6588: 'Linguo', 0x096e: 'Feitian' }

/** Name of the maker when this vendor id belongs to one that makes USB keys, else null: mice are nobody's business. */
export const knownUsbKey = (vendorId: number): string | null => KEY_VENDORS[vendorId] ?? null

const SYSFS = '/sys/bus/usb/devices'

/** Linux tells all USB devices without opening one: also keys that show themselves as a CD-ROM or a card reader. */
const listSysfs = async (folder: string): Promise<UsbDevice[]> => {
  const read = (device: string, name: string): Promise<string> =>
    readFile(path.join(folder, device, name), 'utf8').then(
      (text) => text.trim(),
      () => '',
    )
  const names = await readdir(folder).catch((): string[] => [])
  const devices = await Promise.all(
    names.map(async (name) => ({
      vendorId: Number.parseInt(await read(name, 'idVendor'), 16),
      productId: Number.parseInt(await read(name, 'idProduct'), 16),
      product: await read(name, 'product'),
      manufacturer: await read(name, 'manufacturer'),
    })),
  )
  return devices.filter(({ vendorId }) => Number.isInteger(vendorId))
}

const listHid = async (): Promise<UsbDevice[]> =>
  (await devicesAsync()).map(({ vendorId, productId, product, manufacturer }) => ({
    ...{ vendorId, productId },
    product: product ?? '',
    manufacturer: manufacturer ?? '',
  }))

/** Several interfaces of one key are one key. */
export const mergeUsbDevices = (devices: readonly UsbDevice[]): UsbDevice[] => {
  const merged = new Map<string, UsbDevice>()
  for (const device of devices) {
    const key = `${device.vendorId}:${device.productId}`
    const known = merged.get(key)
    if (!known || (known.product === '' && device.product !== '')) merged.set(key, device)
  }
  return [...merged.values()]
}

/** What is plugged in, by node-hid, and on Linux by sysfs beside it. */
export const listUsbDevices = async (sysfs = SYSFS): Promise<UsbDevice[]> =>
  mergeUsbDevices([...(process.platform === 'linux' ? await listSysfs(sysfs) : []), ...(await listHid())])

export interface UsbWatch {
  devices(): readonly UsbDevice[]
  refresh(): Promise<void>
  close(): void
}

/** Looks at the bus every `pollMs`. `onProblem` once per kind of failure; without HID the rest of the program works. */
export const createUsbWatch = (
  list: () => Promise<readonly UsbDevice[]>,
  clock: Clock,
  pollMs: number,
  onChange: () => void,
  onProblem: (error: unknown) => void,
): UsbWatch => {
  let devices: readonly UsbDevice[] = []
  let isClosed = false
  let hasProblem = false
  let cancel: (() => void) | null = null

  const refresh = async (): Promise<void> => {
    try {
      const now = await list()
      hasProblem = false
      const isOther = JSON.stringify(now) !== JSON.stringify(devices)
      devices = now
      if (isOther && !isClosed) onChange()
    } catch (error) {
      if (!hasProblem) onProblem(error)
      hasProblem = true
    }
  }
  const loop = async (): Promise<void> => {
    await refresh()
    if (!isClosed) cancel = clock.after(pollMs, () => void loop())
  }
  void loop()

  return {
    devices: () => devices,
    refresh,
    close: () => {
      isClosed = true
      cancel?.()
    },
  }
}
