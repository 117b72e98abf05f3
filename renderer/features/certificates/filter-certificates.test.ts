import { describe, expect, it } from 'vitest'
import { branch, certificates, company, expired, frozen, person } from '../../testing/fixtures.ts'
import { countByState, filterCertificates, toStateFilter } from './filter-certificates.ts'

const now = Date.now()

describe('F9.1 the list of certificates', () => {
  it('counts by state; what expires soon is still normal', () => {
    expect(countByState(certificates, now)).toEqual({ all: 5, normal: 3, expiring: 1, expired: 1, other: 1 })
  })
  it.each([
    ['all', '', [company, person, branch, expired, frozen]],
    ['expired', '', [expired]],
    ['other', '', [frozen]],
    ['all', '王建', [person]],
    ['all', '北方地区', [branch]],
    ['all', company.serial.slice(0, 4).toUpperCase(), [company]],
    ['expired', '王建国', []],
  ] as const)('shows %s with “%s”', (filter, search, expected) => {
    expect(filterCertificates(certificates, filter, search, now)).toEqual(expected)
  })
  it('takes an unknown filter in the address for all', () => expect(toStateFilter('nonsense')).toBe('all'))
})
