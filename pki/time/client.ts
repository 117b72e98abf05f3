import { orAppError } from '../asn1/error.ts'
import type { TrustOptions } from '../cms/trust.ts'
import type { CreatedTimestampRequest } from './request.ts'
import { readTimestampResponse } from './response.ts'
import type { TimestampResponse } from './response.ts'
import { verifyTimestampToken } from './token.ts'
import type { TimestampReport } from './token.ts'

export interface TimestampResponseReport extends TimestampResponse {
  /** Granted, and the token holds. */
  readonly isValid: boolean
  /** null: no token, see `status` and `failures`. */
  readonly timestamp: TimestampReport | null
}

/**
 * Verifies the response to a request of `createTimestampRequest`: status, imprint, nonce, policy, and the token in full. Throws
 * `signature.malformed` for what is no response.
 */
export const verifyTimestampResponse = (
  der: Uint8Array,
  request: CreatedTimestampRequest,
  trust: TrustOptions,
): TimestampResponseReport => {
  const response = orAppError('signature.malformed', () => readTimestampResponse(der))
  const isGranted = response.status === 'granted' || response.status === 'granted_with_mods'
  if (!isGranted || response.token === null) return { ...response, isValid: false, timestamp: null }
  const timestamp = verifyTimestampToken(response.token, {
    ...trust,
    digest: (algorithm) => (algorithm === request.algorithm ? request.digest : undefined),
    nonce: request.nonce,
    ...(request.policy === null ? {} : { policy: request.policy }),
  })
  return { ...response, isValid: timestamp.isValid, timestamp }
}
