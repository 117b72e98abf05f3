import type { Keyring, Token, UsbKey } from '#contract/keys.ts'
import type { DriverConfig } from './driver-config.ts'
import type { DriverSupervisor, SupervisedToken } from './driver-supervisor.ts'
import type { TokenIdentity } from './protocol.ts'
import { algorithmsOf } from './signing.ts'
import type { UsbDevice } from './usb-watch.ts'
import { knownUsbKey } from './usb-watch.ts'

/** Always with the label: a second token that shows the same serial number must not rename the first, which may be in use. */
const tokenIdOf = (driverId: string, { serial, label }: TokenIdentity): string => `${driverId}:${serial}:${label}`

const tokenOf = (driverId: string, token: SupervisedToken): Token => {
  const id = tokenIdOf(driverId, token)
  const { slotId, label, serial, manufacturer, model, readOnly, hasPinPad, pin, mechanisms } = token
  return {
    ...{ id, driverId, slotId, label, serial, manufacturer, model, readOnly, hasPinPad, pin },
    mechanisms: [...mechanisms],
    certificates: token.certificates.map(({ der, ...certificate }) => ({
      ...certificate,
      tokenId: id,
      der: Buffer.from(der).toString('base64'),
      algorithms: algorithmsOf(certificate, mechanisms),
    })),
  }
}

const usbKeyOf = (
  { vendorId, productId, product, manufacturer }: UsbDevice,
  supervisors: readonly DriverSupervisor[],
): UsbKey | null => {
  const serves = ({ usb = [] }: DriverConfig): boolean =>
    usb.some((key) => key.vendorId === vendorId && key.productId === productId)
  const drivers = supervisors.filter(({ config }) => serves(config))
  const driver = drivers.find((candidate) => candidate.state().state === 'ready') ?? drivers[0]
  const vendor = driver?.config.vendor ?? knownUsbKey(vendorId)
  if (vendor === null) return null
  return {
    ...{ vendorId, productId, vendor },
    name: [product, driver?.config.name, manufacturer].find((text) => text) ?? vendor,
    driverId: driver?.config.id ?? null,
    isDriverReady: driver?.state().state === 'ready',
  }
}

export interface LocatedToken {
  readonly supervisor: DriverSupervisor
  readonly token: SupervisedToken
}

/** The token with this id among those plugged in, or null. */
export const locateToken = (supervisors: Iterable<DriverSupervisor>, tokenId: string): LocatedToken | null => {
  for (const supervisor of supervisors) {
    const token = supervisor.tokens().find((candidate) => tokenIdOf(supervisor.config.id, candidate) === tokenId)
    if (token) return { supervisor, token }
  }
  return null
}

export const buildKeyring = (supervisors: readonly DriverSupervisor[], usb: readonly UsbDevice[]): Keyring => ({
  tokens: supervisors.flatMap((supervisor) => supervisor.tokens().map((token) => tokenOf(supervisor.config.id, token))),
  drivers: supervisors.map((supervisor) => supervisor.state()),
  usbKeys: usb.flatMap((device) => usbKeyOf(device, supervisors) ?? []),
})
