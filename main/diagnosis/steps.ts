import type { CertificateSummary } from '#contract/certificates.ts'
import type { BridgeState, DiagnosisStep, DriverReport } from '#contract/client.ts'
import type { DriverState, Keyring } from '#contract/keys.ts'

/** What the walk looks at, gathered before it begins. */
export interface Findings {
  readonly keyring: Keyring
  readonly certificates: readonly CertificateSummary[]
  /** Of those: whose chain leads to a trusted root. */
  readonly trusted: ReadonlySet<string>
  /** A driver's slots, asked in a helper of its own when no token is there; null: not asked. */
  readonly slots: DriverReport['slots'] | null
  readonly grants: number
  /** A granted page was here since the start. */
  readonly isPageSeen: boolean
  readonly bridge: BridgeState
  readonly now: Date
}

type Step = Omit<DiagnosisStep, 'id'>
type Details = DiagnosisStep['details']

const ok = (finding: string, details: Details = {}): Step => ({ state: 'ok', finding, details })
const warning = (finding: string, details: Details = {}): Step => ({ state: 'warning', finding, details })
const broken = (finding: string, details: Details = {}): Step => ({ state: 'broken', finding, details })

const installed = ({ keyring }: Findings): DriverState[] =>
  keyring.drivers.filter(({ state }) => state !== 'not_installed')

const driverFile = (findings: Findings): Step => {
  const missing = findings.keyring.usbKeys.find(({ isDriverReady }) => !isDriverReady)
  const drivers = installed(findings)
  if (missing !== undefined && findings.keyring.tokens.length === 0) {
    return broken('driver_missing_for_key', { name: missing.name, vendor: missing.vendor })
  }
  const [first] = drivers
  return first === undefined ? broken('no_driver') : ok('driver_found', { n: drivers.length, name: first.name })
}

const architecture = (findings: Findings): Step => {
  const drivers = installed(findings)
  const wrong = drivers.filter(({ state }) => state === 'wrong_architecture')
  const [first] = wrong
  if (first === undefined) return ok('architecture_ok')
  const details = { name: first.name }
  return wrong.length === drivers.length
    ? broken('architecture_wrong', details)
    : warning('architecture_wrong', details)
}

const LOAD_FINDINGS: Readonly<Record<string, string>> = {
  'token.not_responding': 'load_not_responding',
  'token.driver_crashed': 'load_crashed',
}

const load = (findings: Findings): Step => {
  const usable = installed(findings).filter(({ state }) => state !== 'wrong_architecture')
  const failed = usable.find(({ state }) => state === 'failed' || state === 'not_responding')
  if (failed === undefined) return ok('load_ok')
  const finding = LOAD_FINDINGS[failed.error ?? ''] ?? 'load_failed'
  const details = { name: failed.name, code: failed.error }
  return usable.some(({ state }) => state === 'ready') ? warning(finding, details) : broken(finding, details)
}

const slots = ({ keyring, slots: seen }: Findings): Step => {
  if (keyring.tokens.length > 0) return ok('slots_found', { n: keyring.tokens.length })
  return seen === null || seen.length > 0 ? ok('slots_found', { n: seen?.length ?? null }) : broken('no_slots')
}

const token = ({ keyring }: Findings): Step => {
  const [first] = keyring.tokens
  if (first === undefined) return broken('no_token')
  const locked = keyring.tokens.filter(({ pin }) => pin.state === 'locked')
  const [lockedFirst] = locked
  if (lockedFirst === undefined) return ok('token_found', { n: keyring.tokens.length, name: first.label })
  const details = { name: lockedFirst.label }
  return locked.length === keyring.tokens.length ? broken('pin_locked', details) : warning('pin_locked', details)
}

const certificates = ({ certificates: found }: Findings): Step =>
  found.length === 0 ? broken('no_certificates') : ok('certificates_found', { n: found.length })

const SOON_DAYS = 30
const DAY = 86_400_000

const chain = ({ certificates: found, trusted, now }: Findings): Step => {
  const valid = found.filter(({ state }) => state === 'normal')
  const [first] = valid
  if (first === undefined) {
    const isEarly = found.some(({ state }) => state === 'not_yet_valid')
    return broken(isEarly ? 'certificate_not_yet_valid' : 'certificate_expired', {
      name: found[0]?.subject.commonName ?? '',
    })
  }
  const soon = valid.find(({ notAfter }) => Date.parse(notAfter) - now.getTime() < SOON_DAYS * DAY)
  if (soon !== undefined) return warning('certificate_expires_soon', { name: soon.subject.commonName })
  return valid.some(({ id }) => trusted.has(id))
    ? ok('chain_ok')
    : warning('chain_unknown', { name: first.issuer.full })
}

const grant = ({ grants }: Findings): Step => (grants > 0 ? ok('grants_found', { n: grants }) : warning('no_grants'))

const browserPermission = ({ bridge, isPageSeen }: Findings): Step => {
  if (bridge.state === 'failed') return broken('bridge_failed', { code: bridge.error?.code ?? null })
  if (bridge.state === 'paused') return broken('bridge_paused')
  return isPageSeen ? ok('bridge_ready', { port: bridge.port }) : warning('browser_not_seen', { port: bridge.port })
}

const walk = [
  ['driver_file', driverFile],
  ['architecture', architecture],
  ['load', load],
  ['slots', slots],
  ['token', token],
  ['certificates', certificates],
  ['chain', chain],
  ['grant', grant],
  ['browser_permission', browserPermission],
] as const satisfies readonly (readonly [DiagnosisStep['id'], (findings: Findings) => Step])[]

/** From the driver file to the browser; what comes after the first broken link is not looked at. */
export const walkChain = (findings: Findings): DiagnosisStep[] => {
  let isBroken = false
  return walk.map(([id, look]) => {
    if (isBroken) return { id, state: 'skipped', finding: 'skipped', details: {} }
    const step = look(findings)
    isBroken = step.state === 'broken'
    return { id, ...step }
  })
}
