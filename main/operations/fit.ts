import type { ErrorCode } from '#contract/errors.ts'
import type { BridgeSignatureAlgorithm } from '#contract/keys.ts'
import { allows } from '../keys/key-usage.ts'
import type { KnownCertificate } from './ports.ts'

export interface FitWish {
  readonly certificateId: string | null
  readonly algorithm: BridgeSignatureAlgorithm | null
  readonly now: Date
}

/** Why a certificate cannot be chosen for a signature, or null. The lasting reasons come before the passing ones. */
export const unfitCode = ({ summary, pin }: KnownCertificate, wish: FitWish): ErrorCode | null => {
  if (wish.certificateId !== null && summary.id !== wish.certificateId) return 'certificate.not_found'
  if (!allows(summary, 'sign')) return 'certificate.usage_refused'
  const algorithms = summary.algorithms
  const isSupported = wish.algorithm === null ? algorithms.length > 0 : algorithms.includes(wish.algorithm)
  if (!isSupported) return 'key.mechanism_unsupported'
  const time = wish.now.getTime()
  if (time > Date.parse(summary.notAfter)) return 'certificate.expired'
  if (time < Date.parse(summary.notBefore)) return 'certificate.not_yet_valid'
  if (!summary.isPluggedIn) return 'token.absent'
  if (pin.state === 'locked') return 'pin.locked'
  return null
}
