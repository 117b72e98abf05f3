import type { CertificateSummary } from '#contract/certificates.ts'
import { validityOf } from '../../ui/certificate-state.ts'

export const stateFilters = ['all', 'normal', 'expiring', 'expired', 'other'] as const
export type StateFilter = (typeof stateFilters)[number]

export const toStateFilter = (text: string): StateFilter => stateFilters.find((filter) => filter === text) ?? 'all'

const groupOf = (certificate: CertificateSummary, now: number): Exclude<StateFilter, 'all'> => {
  const { kind } = validityOf(certificate, now)
  return kind === 'normal' || kind === 'expiring' || kind === 'expired' ? kind : 'other'
}

/** `normal` includes what expires soon: it can still be used. */
const fits = (certificate: CertificateSummary, filter: StateFilter, now: number) => {
  const group = groupOf(certificate, now)
  return filter === 'all' || group === filter || (filter === 'normal' && group === 'expiring')
}

export const countByState = (
  certificates: readonly CertificateSummary[],
  now: number,
): Record<StateFilter, number> => ({
  all: certificates.length,
  normal: certificates.filter((certificate) => fits(certificate, 'normal', now)).length,
  expiring: certificates.filter((certificate) => fits(certificate, 'expiring', now)).length,
  expired: certificates.filter((certificate) => fits(certificate, 'expired', now)).length,
  other: certificates.filter((certificate) => fits(certificate, 'other', now)).length,
})

export const filterCertificates = (
  certificates: readonly CertificateSummary[],
  filter: StateFilter,
  search: string,
  now: number,
): readonly CertificateSummary[] => {
  const wanted = search.trim().toLowerCase()
  const serialWanted = wanted.replaceAll(' ', '')
  return certificates
    .filter((certificate) => fits(certificate, filter, now))
    .filter(
      ({ subject, issuer, serial, creditCode }) =>
        wanted === '' ||
        [subject.commonName, subject.organization, issuer.commonName, creditCode ?? ''].some((text) =>
          text.toLowerCase().includes(wanted),
        ) ||
        serial.toLowerCase().includes(serialWanted),
    )
}
