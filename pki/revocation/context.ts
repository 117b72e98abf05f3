import type { AlgorithmPolicy } from '../path/algorithm-policy.ts'
import type { Budget } from '../path/budget.ts'
import type { SignatureChecker, VerifyingKey } from '../path/signatures.ts'
import type { TrustAnchor } from '../path/trust-anchor.ts'
import type { PathOptions } from '../path/types.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { DistinguishedName } from '../x509/name.ts'
import type { CertificateList } from './crl.ts'
import type { OcspResponse } from './ocsp.ts'

/** Whose certificate is asked about: the issuer as the path found it. */
export interface StatusIssuer extends VerifyingKey {
  readonly certificate: Certificate | null
  readonly anchor: TrustAnchor
}

/** What status checks need of the validation they are part of. */
export interface StatusContext {
  readonly at: Date
  readonly options: PathOptions
  readonly algorithms: AlgorithmPolicy
  readonly budget: Budget
  readonly verify: SignatureChecker
  readonly crls: readonly CertificateList[]
  readonly ocspResponses: readonly OcspResponse[]
  /** Certificates of the validation by `nameKey` of their subject. */
  readonly pool: ReadonlyMap<string, readonly Certificate[]>
  /** Whether a valid path leads from the anchor to a signer of status data. */
  readonly findSignerPath: (signer: Certificate, anchor: TrustAnchor) => boolean
}

interface StatusData {
  readonly thisUpdate: Date
  readonly keepsExpiredSince: Date | null
}

/**
 * Whether status data comes from when the certificate had expired: by then a revocation may be off the list (RFC 5280 §5,
 * ETSI EN 319 102-1 §5.2.5), so that only what it says against the certificate counts, unless it says that it keeps it.
 */
export const isAfterExpiry = ({ thisUpdate, keepsExpiredSince }: StatusData, { notAfter }: Certificate): boolean =>
  thisUpdate > notAfter && (keepsExpiredSince === null || keepsExpiredSince > notAfter)

export const nameOf = (issuer: StatusIssuer): DistinguishedName => issuer.certificate?.subject ?? issuer.anchor.name
