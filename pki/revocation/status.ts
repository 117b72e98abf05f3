/** Why status data was not used; `details` of a report list them. Closed list. */
export type RevocationCause =
  | 'no_status_data'
  | 'crl_malformed'
  | 'crl_expired'
  | 'crl_not_yet_valid'
  | 'crl_after_expiry'
  | 'crl_next_update_missing'
  | 'crl_scope'
  | 'crl_critical_extension'
  | 'crl_is_delta'
  | 'crl_profile'
  | 'crl_signer_not_found'
  | 'crl_signer_untrusted'
  | 'crl_signature'
  | 'crl_algorithm_refused'
  | 'reasons_not_covered'
  | 'ocsp_malformed'
  | 'ocsp_not_successful'
  | 'ocsp_expired'
  | 'ocsp_not_yet_valid'
  | 'ocsp_after_expiry'
  | 'ocsp_critical_extension'
  | 'ocsp_nonce'
  | 'ocsp_responder_not_found'
  | 'ocsp_responder_untrusted'
  | 'ocsp_signature'
  | 'ocsp_algorithm_refused'
  | 'ocsp_unknown'
  | 'extension_malformed'

/** CRLReason (RFC 5280 §5.3.1). */
export const crlReasons = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const
export type CrlReason = keyof typeof crlReasons

/** `unspecified` where none is given, or none that is known. */
export const reasonName = (code: number | null): string =>
  Object.entries(crlReasons).find(([, known]) => known === code)?.[0] ?? 'unspecified'

/** What is known of one certificate. `unknown` is neither good nor revoked: `causes` tell why. */
export type RevocationStatus =
  | { readonly state: 'not_checked' }
  | { readonly state: 'good'; readonly source: 'crl' | 'ocsp'; readonly thisUpdate: Date }
  | {
      readonly state: 'revoked'
      readonly source: 'crl' | 'ocsp'
      readonly thisUpdate: Date
      readonly revokedAt: Date
      /** Name of the CRLReason; `unspecified` where none is given. */
      readonly reason: string
    }
  | { readonly state: 'unknown'; readonly causes: readonly RevocationCause[] }
