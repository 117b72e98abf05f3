import type { SignatureReport, VerificationReport } from '#contract/bridge.ts'
import type { SignerReport } from '#pki/cms/verify-signer.ts'
import type { PathReport } from '#pki/path/types.ts'

export const chainState = (chain: PathReport | null): SignatureReport['chain'] => {
  if (chain === null) return 'not_checked'
  return chain.isValid ? 'trusted' : 'untrusted'
}

/**
 * Invalid: something is provably wrong. Unknown: the signature holds, but nothing this computer trusts vouches for the
 * signer.
 */
export const verdictOf = (problems: readonly string[], chain: PathReport | null): SignatureReport['verdict'] => {
  if (problems.some((problem) => problem !== 'chain_invalid')) return 'invalid'
  const anchor = chain?.anchor ?? null
  if (anchor === null) return 'unknown'
  return chain?.isValid === true ? 'valid' : 'invalid'
}

export const findingsOf = (problems: readonly string[], chain: PathReport | null): string[] => [
  ...problems.filter((problem) => problem !== 'chain_invalid'),
  ...new Set(chain?.failures.map(({ rule }) => `chain_${rule}`)),
]

export const signerFields = ({ certificate, algorithm, signingTime, chain }: SignerReport) => ({
  signer:
    certificate === null
      ? null
      : { subject: certificate.subject.text, issuer: certificate.issuer.text, serial: certificate.serial },
  algorithm,
  signedAt: signingTime?.toISOString() ?? null,
  chain: chainState(chain),
  revocation: 'not_checked' as const,
})

/** The worst of its signatures. */
export const overallVerdict = (signatures: readonly SignatureReport[]): VerificationReport['verdict'] => {
  if (signatures.length === 0) return 'unsigned'
  if (signatures.some(({ verdict }) => verdict === 'invalid')) return 'invalid'
  return signatures.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'valid'
}
