import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import type { BridgeState, DiagnosisStep } from '#contract/client.ts'
import type { TokenHost } from '#native/token-host.ts'
import type { CertificateDirectory } from '../operations/ports.ts'
import type { GrantsStore } from '../store/grants.store.ts'
import { toStoreError } from '../store/store-errors.ts'
import type { Authorities } from '../trust/authorities.ts'
import { walkChain, type Findings } from './steps.ts'

export interface Diagnosis {
  readonly run: () => Promise<DiagnosisStep[]>
  readonly exportTo: (file: string) => Promise<void>
}

export interface DiagnosisPorts {
  readonly tokens: Pick<TokenHost, 'refresh' | 'testDriver'>
  readonly certificates: CertificateDirectory
  readonly authorities: Authorities
  readonly grants: Pick<GrantsStore, 'list'>
  readonly bridgeState: () => BridgeState
  readonly info: { readonly version: string; readonly electron: string; readonly platform: string }
  readonly now: () => Date
}

/** The last characters are enough to tell two keys apart. */
const mask = (text: string): string => (text.length <= 4 ? '****' : `****${text.slice(-4)}`)
const withoutHome = (file: string): string => file.replace(homedir(), '~')

/** The chain as far as this program can see; the browser's own answer is known to the page alone. */
export const createDiagnosis = (ports: DiagnosisPorts): Diagnosis => {
  const startedAt = ports.now().toISOString()

  const gather = async (): Promise<Findings> => {
    const keyring = await ports.tokens.refresh()
    const pluggedIn = ports.certificates.list().filter(({ summary }) => summary.isPluggedIn)
    const ready = keyring.drivers.find(({ state }) => state === 'ready')
    const grants = ports.grants.list()
    const now = ports.now()
    return {
      keyring,
      certificates: pluggedIn.map(({ summary }) => summary),
      trusted: new Set(
        pluggedIn.filter(({ parsed }) => ports.authorities.check(parsed, now).isValid).map(({ summary }) => summary.id),
      ),
      slots:
        keyring.tokens.length === 0 && ready !== undefined ? (await ports.tokens.testDriver(ready.path)).slots : null,
      grants: grants.filter(({ expiresAt }) => expiresAt > now.toISOString()).length,
      isPageSeen: grants.some(({ lastUsedAt }) => lastUsedAt !== null && lastUsedAt >= startedAt),
      bridge: ports.bridgeState(),
      now,
    }
  }

  return {
    run: async () => walkChain(await gather()),
    exportTo: async (file) => {
      const findings = await gather()
      // Neither holders nor whole serial numbers nor the user's name in a path: the report is sent to strangers.
      const report = {
        at: findings.now.toISOString(),
        ...ports.info,
        node: process.versions.node,
        architecture: process.arch,
        steps: walkChain(findings).map((step) => ({ ...step, details: withoutNames(step) })),
        drivers: findings.keyring.drivers.map((driver) => ({ ...driver, path: withoutHome(driver.path) })),
        usbKeys: findings.keyring.usbKeys,
        tokens: findings.keyring.tokens.map(
          ({ driverId, serial, manufacturer, model, pin, mechanisms, certificates }) => ({
            driverId,
            serial: mask(serial),
            manufacturer,
            model,
            pin,
            mechanisms,
            certificates: certificates.map(({ keyType, keyBits, algorithms }) => ({ keyType, keyBits, algorithms })),
          }),
        ),
        bridge: { ...findings.bridge, instanceId: mask(findings.bridge.instanceId) },
      }
      await writeFile(file, `${JSON.stringify(report, null, 2)}\n`).catch((error: unknown) => {
        throw toStoreError(error)
      })
    },
  }
}

/** `name` is a driver's or a maker's in the first three steps, a person's or an enterprise's later. */
const DRIVER_STEPS: readonly DiagnosisStep['id'][] = ['driver_file', 'architecture', 'load']
const withoutNames = ({ id, details }: DiagnosisStep): DiagnosisStep['details'] => {
  if (DRIVER_STEPS.includes(id)) return details
  const { name: _name, ...rest } = details
  return rest
}
