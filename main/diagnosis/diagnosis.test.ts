import { describe, expect, test } from 'vitest'
import type { DriverState, Token } from '#contract/keys.ts'
import { fakeSummary } from '../testing/fake-keys.ts'
import { walkChain, type Findings } from './steps.ts'

const now = new Date('2026-11-23T08:00:00.000Z')
const driver = (changes: Partial<DriverState> = {}): DriverState => ({
  id: 'd',
  name: 'Driver',
  vendor: 'Vendor',
  path: '/usr/lib/driver.so',
  origin: 'shipped',
  state: 'ready',
  error: null,
  restarts: 0,
  ...changes,
})
const token = (state: Token['pin']['state'] = 'ok') =>
  ({ id: 't', label: 'Key', pin: { state, triesLeft: null, minLength: 4, maxLength: 8 } }) as Token
const summary = fakeSummary(now)
const good: Findings = {
  keyring: { tokens: [token()], drivers: [driver()], usbKeys: [] },
  certificates: [summary],
  trusted: new Set([summary.id]),
  slots: null,
  grants: 1,
  isPageSeen: true,
  bridge: { state: 'ready', port: 17311, instanceId: 'i', error: null, pending: 0 },
  now,
}
const usbKey = { vendorId: 1, productId: 2, name: 'Key', vendor: 'Maker', driverId: null, isDriverReady: false }
const without = (changes: Partial<Findings['keyring']>): Findings => ({
  ...good,
  keyring: { ...good.keyring, ...changes },
})

describe('the diagnosis walks from the driver file to the browser', () => {
  test('ok/all links in order', () => {
    expect(walkChain(good).map(({ state, finding }) => `${state} ${finding}`)).toEqual([
      'ok driver_found',
      'ok architecture_ok',
      'ok load_ok',
      'ok slots_found',
      'ok token_found',
      'ok certificates_found',
      'ok chain_ok',
      'ok grants_found',
      'ok bridge_ready',
    ])
  })

  test.each<[string, Findings, string, string]>([
    [
      'no driver at all',
      without({ drivers: [driver({ state: 'not_installed' })], tokens: [] }),
      'driver_file',
      'no_driver',
    ],
    ['a key without its driver', without({ usbKeys: [usbKey], tokens: [] }), 'driver_file', 'driver_missing_for_key'],
    [
      'a driver of another architecture',
      without({ drivers: [driver({ state: 'wrong_architecture' })] }),
      'architecture',
      'architecture_wrong',
    ],
    [
      'a driver that crashes',
      without({ drivers: [driver({ state: 'failed', error: 'token.driver_crashed' })] }),
      'load',
      'load_crashed',
    ],
    [
      'a driver that hangs',
      without({ drivers: [driver({ state: 'not_responding', error: 'token.not_responding' })] }),
      'load',
      'load_not_responding',
    ],
    ['no reader', { ...without({ tokens: [] }), slots: [] }, 'slots', 'no_slots'],
    ['no key', { ...without({ tokens: [] }), slots: [{ description: 'r', tokenLabel: null }] }, 'token', 'no_token'],
    ['a locked key', without({ tokens: [token('locked')] }), 'token', 'pin_locked'],
    ['an empty key', { ...good, certificates: [] }, 'certificates', 'no_certificates'],
    [
      'an expired certificate',
      { ...good, certificates: [{ ...summary, state: 'expired' }] },
      'chain',
      'certificate_expired',
    ],
    [
      'a clock that is wrong',
      { ...good, certificates: [{ ...summary, state: 'not_yet_valid' }] },
      'chain',
      'certificate_not_yet_valid',
    ],
    [
      'a paused bridge',
      { ...good, bridge: { ...good.bridge, state: 'paused' } },
      'browser_permission',
      'bridge_paused',
    ],
    ['taken ports', { ...good, bridge: { ...good.bridge, state: 'failed' } }, 'browser_permission', 'bridge_failed'],
  ])('fail/%s is the first broken link, the rest is skipped', (_name, findings, id, finding) => {
    const steps = walkChain(findings)
    const first = steps.findIndex(({ state }) => state === 'broken')
    expect(steps[first]).toMatchObject({ id, finding })
    expect(steps.slice(first + 1).every(({ state }) => state === 'skipped')).toBe(true)
  })

  test.each<[string, Findings, string]>([
    ['an unknown issuer', { ...good, trusted: new Set() }, 'chain_unknown'],
    [
      'a certificate that ends soon',
      { ...good, certificates: [{ ...summary, notAfter: '2026-12-01T00:00:00.000Z' }] },
      'certificate_expires_soon',
    ],
    ['no grant yet', { ...good, grants: 0 }, 'no_grants'],
    ['no page seen yet', { ...good, isPageSeen: false }, 'browser_not_seen'],
    [
      'one of two drivers failing',
      without({ drivers: [driver(), driver({ id: 'e', state: 'failed' })] }),
      'load_failed',
    ],
  ])('ok/%s is a warning, and the walk goes on', (_name, findings, finding) => {
    const steps = walkChain(findings)
    expect(steps.find((step) => step.finding === finding)?.state).toBe('warning')
    expect(steps.some(({ state }) => state === 'skipped')).toBe(false)
  })
})
