import { expect, it } from 'vitest'
import { validityOf } from './certificate-state.ts'

const now = Date.parse('2026-11-23T00:00:00Z')

it.each([
  ['normal', '2026-12-24T00:00:00Z', { kind: 'normal', days: 31, tone: 'good' }],
  ['normal', '2026-12-23T00:00:00Z', { kind: 'expiring', days: 30, tone: 'warning' }],
  ['normal', '2026-11-23T23:59:00Z', { kind: 'expiring', days: 0, tone: 'warning' }],
  ['normal', '2026-11-22T00:00:00Z', { kind: 'expired', days: 1, tone: 'danger' }],
  ['expired', '2026-11-13T00:00:00Z', { kind: 'expired', days: 10, tone: 'danger' }],
  ['frozen', '2027-11-13T00:00:00Z', { kind: 'frozen', tone: 'danger' }],
  ['not_yet_valid', '2027-11-13T00:00:00Z', { kind: 'not_yet_valid', tone: 'warning' }],
] as const)('F9.4 a certificate that is %s and ends %s', (state, notAfter, expected) => {
  expect(validityOf({ state, notAfter }, now)).toEqual(expected)
})
