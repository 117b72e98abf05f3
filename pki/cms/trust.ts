import { validatePath } from '../path/validate.ts'
import type { PathInput } from '../path/validate.ts'
import type { PathReport } from '../path/types.ts'
import type { Certificate } from '../x509/certificate.ts'

/** Whom a verifier trusts, for which moment, by which rules, and what is known of revocation. */
export interface TrustOptions extends Omit<PathInput, 'certificate' | 'anchors' | 'intermediates'> {
  readonly anchors: readonly Certificate[]
  /** Certificates beyond those in the message. */
  readonly intermediates?: readonly Certificate[]
}

/** The trust decision: the path of a signer's certificate. Apart from the decision whether the signature is one. */
export const checkPath = (
  certificate: Certificate,
  carried: readonly Certificate[],
  { intermediates = [], ...trust }: TrustOptions,
): PathReport => validatePath({ ...trust, certificate, intermediates: [...carried, ...intermediates] })
