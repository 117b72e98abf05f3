import { createHash } from 'node:crypto'
import path from 'node:path'

/** A PKCS#11 module this computer may have. From the driver map or added by the user, never from a page (R15). */
export interface DriverConfig {
  readonly id: string
  readonly name: string
  readonly vendor: string
  readonly origin: 'shipped' | 'user'
  /** Absolute; the first one that exists is used. */
  readonly paths: readonly string[]
  /** Added to the helper's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** USB keys it serves. */
  readonly usb?: readonly { readonly vendorId: number; readonly productId: number }[]
}

/** The configuration of a module that the user chose; the same file has the same id on every start. */
export const userDriver = (modulePath: string, name: string): DriverConfig => ({
  id: `user-${createHash('sha256').update(modulePath).digest('hex').slice(0, 12)}`,
  name: name || path.basename(modulePath),
  vendor: '',
  origin: 'user',
  paths: [modulePath],
})
