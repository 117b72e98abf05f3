import { writeFile } from 'node:fs/promises'
import type { DriverReport } from '#contract/client.ts'
import { AppError } from '#contract/errors.ts'
import { userDriver } from '#native/driver-config.ts'
import type { TokenHost } from '#native/token-host.ts'
import type { CertificateDirectory } from '../../operations/ports.ts'
import type { DriversStore } from '../../store/drivers.store.ts'
import { toStoreError } from '../../store/store-errors.ts'
import type { Desktop } from '../desktop.ts'
import type { Handlers } from '../dispatch.ts'

type KeyCalls =
  | 'keyring.get'
  | 'keyring.refresh'
  | 'certificates.list'
  | 'certificates.export'
  | 'keys.changePin'
  | 'keys.unlockPin'
  | 'drivers.choose'
  | 'drivers.add'
  | 'drivers.remove'

export interface KeyHandlerPorts {
  readonly tokens: TokenHost
  readonly certificates: CertificateDirectory
  readonly drivers: DriversStore
  readonly desktop: Desktop
}

const toPem = (der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

const fileNameOf = (commonName: string, format: 'pem' | 'der'): string =>
  `${commonName.replaceAll(/[^\p{L}\p{N} _.-]/gu, '_').slice(0, 80) || 'certificate'}.${format === 'pem' ? 'pem' : 'cer'}`

const MODULE_EXTENSIONS = { win32: ['dll'], darwin: ['dylib', 'so'] } as const
const moduleExtensions = (): readonly string[] =>
  process.platform === 'win32' || process.platform === 'darwin' ? MODULE_EXTENSIONS[process.platform] : ['so']

/** USB keys, their certificates and drivers. */
export const createKeyHandlers = (ports: KeyHandlerPorts): Pick<Handlers, KeyCalls> => {
  const { tokens, certificates, drivers, desktop } = ports
  /** R15: what the person chose in the system's dialog during this run; a path from a page is never loaded. */
  const chosen = new Set<string>()

  return {
    'keyring.get': () => tokens.keyring(),
    'keyring.refresh': () => tokens.refresh(),
    'certificates.list': () => certificates.list().map(({ summary }) => summary),
    'certificates.export': async ({ id, format }) => {
      const known = certificates.get(id)
      if (known === null) throw new AppError('certificate.not_found')
      const path = await desktop.chooseTarget(fileNameOf(known.summary.subject.commonName, format))
      if (path === null) return { path }
      const { der } = known.parsed
      await writeFile(path, format === 'pem' ? toPem(der) : der).catch((error: unknown) => {
        throw toStoreError(error)
      })
      return { path }
    },
    'keys.changePin': async ({ tokenId, oldPin, newPin }) => {
      try {
        await tokens.changePin(tokenId, oldPin, newPin)
      } finally {
        oldPin.fill(0)
        newPin.fill(0)
      }
    },
    'keys.unlockPin': async ({ tokenId, adminPin, newPin }) => {
      try {
        await tokens.unlockPin(tokenId, adminPin, newPin)
      } finally {
        adminPin.fill(0)
        newPin.fill(0)
      }
    },
    'drivers.choose': async (): Promise<DriverReport | null> => {
      const path = await desktop.chooseFile({ name: 'PKCS#11', extensions: moduleExtensions() })
      if (path === null) return null
      chosen.add(path)
      return tokens.testDriver(path)
    },
    'drivers.add': async ({ path, name }) => {
      if (!chosen.has(path)) throw new AppError('program.forbidden')
      await tokens.addDriver(path, name)
      drivers.add({ ...userDriver(path, name), path })
    },
    'drivers.remove': async ({ id }) => {
      await tokens.removeDriver(id)
      drivers.remove(id)
    },
  }
}
