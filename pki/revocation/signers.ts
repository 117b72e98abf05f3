import { keyRule, schemeRule } from '../path/algorithm-policy.ts'
import type { VerifyingKey } from '../path/signatures.ts'
import type { TrustAnchor } from '../path/trust-anchor.ts'
import type { Certificate } from '../x509/certificate.ts'
import { nameKey, namesMatch } from '../x509/name-comparison.ts'
import { nameOf } from './context.ts'
import type { StatusContext, StatusIssuer } from './context.ts'
import type { CertificateList } from './crl.ts'
import type { RevocationCause } from './status.ts'

export interface SignerTrust {
  /** Whether a signer's own path holds. */
  isTrusted(signer: Certificate, anchor: TrustAnchor): boolean
}

/** Signers whose state hangs on another signer, one in the other; no PKI nests them deeper than two or three. */
const MAX_NESTED = 8

/**
 * While a signer's path is being found out the answer is yes: the check that is under way fails if it does not hold, and a
 * signer that vouches for itself adds nothing and takes nothing away. What was concluded from such an answer is forgotten
 * when it turns out wrong, by `forget` for whoever else remembers.
 */
export const createSignerTrust = (context: StatusContext, forget: () => void): SignerTrust => {
  const known = new Map<TrustAnchor, Map<Certificate, boolean>>()
  const underWay = new Set<Certificate>()
  const reliedOn = new Set<Certificate>()

  const findOut = (signer: Certificate, anchor: TrustAnchor): boolean => {
    let isTrusted = false
    underWay.add(signer)
    try {
      isTrusted = context.findSignerPath(signer, anchor)
      return isTrusted
    } finally {
      underWay.delete(signer)
      if (!isTrusted && reliedOn.has(signer)) {
        known.clear()
        forget()
      }
      reliedOn.delete(signer)
    }
  }

  return {
    isTrusted: (signer, anchor) => {
      const answer = known.get(anchor)?.get(signer)
      if (answer !== undefined) return answer
      if (underWay.has(signer)) {
        reliedOn.add(signer)
        return true
      }
      if (underWay.size >= MAX_NESTED) return false
      const isTrusted = findOut(signer, anchor)
      const answers = known.get(anchor) ?? new Map<Certificate, boolean>()
      known.set(anchor, answers.set(signer, isTrusted))
      return isTrusted
    },
  }
}

const maySignCrls = ({ keyUsage }: Certificate): boolean => keyUsage === null || keyUsage.includes('cRLSign')

/**
 * The key that signed a CRL (RFC 5280 §6.3.3 (f), (g)): the issuer's own where the names agree, else that of another
 * certificate of the CRL's issuer with a valid path to the same anchor. A cause where there is none.
 */
export const findCrlKey = (
  crl: CertificateList,
  issuer: StatusIssuer,
  context: StatusContext,
  trust: SignerTrust,
): VerifyingKey | RevocationCause => {
  if (schemeRule(crl.signatureScheme, context.algorithms) !== null) return 'crl_algorithm_refused'
  const { anchor } = issuer
  let cause: RevocationCause = 'crl_signer_not_found'
  const isSigned = (key: VerifyingKey): boolean => {
    if (keyRule(key.key, context.algorithms) !== null) return false
    const holds = context.verify(crl, key)
    if (!holds && cause === 'crl_signer_not_found') cause = 'crl_signature'
    return holds
  }
  if (namesMatch(crl.issuer, nameOf(issuer)) && (issuer.certificate === null || maySignCrls(issuer.certificate))) {
    if (isSigned(issuer)) return issuer
  }
  const isAnchor =
    namesMatch(crl.issuer, anchor.name) && (anchor.certificate === null || maySignCrls(anchor.certificate))
  if (isAnchor && isSigned(anchor)) return anchor
  for (const signer of context.pool.get(nameKey(crl.issuer)) ?? []) {
    if (!maySignCrls(signer) || !isSigned(signer)) continue
    if (trust.isTrusted(signer, anchor)) return signer
    cause = 'crl_signer_untrusted'
  }
  return cause
}
