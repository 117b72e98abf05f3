import type { Certificate } from '../x509/certificate.ts'
import type { StatusContext, StatusIssuer } from './context.ts'
import { checkCrls } from './crl-check.ts'
import { checkOcsp } from './ocsp-check.ts'
import { createSignerTrust } from './signers.ts'
import type { RevocationStatus } from './status.ts'

/** Asks OCSP responses, then CRLs: revoked by either is revoked, good by either is good, else the causes of both. */
export const createRevocationChecker = (given: StatusContext) => {
  // The newest list first: one that is still current may hide what was revoked since.
  const crls = given.crls.toSorted((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime())
  const context = { ...given, crls }
  const known = new Map<Certificate, Map<Uint8Array, RevocationStatus>>()
  const trust = createSignerTrust(context, () => {
    known.clear()
  })

  const check = (certificate: Certificate, issuer: StatusIssuer): RevocationStatus => {
    const ocsp = checkOcsp(certificate, issuer, context, trust)
    if (ocsp.state === 'revoked') return ocsp
    const crl = checkCrls(certificate, issuer, context, trust)
    if (crl.state === 'revoked' || ocsp.state !== 'good') {
      if (crl.state !== 'unknown' || ocsp.state !== 'unknown') return crl
      const causes = new Set([...ocsp.causes, ...crl.causes])
      if (causes.size > 1) causes.delete('no_status_data')
      return { state: 'unknown', causes: [...causes] }
    }
    return ocsp
  }

  return (certificate: Certificate, issuer: StatusIssuer): RevocationStatus => {
    const remembered = known.get(certificate)?.get(issuer.spki)
    if (remembered !== undefined) return remembered
    const status = check(certificate, issuer)
    const byKey = known.get(certificate) ?? new Map<Uint8Array, RevocationStatus>()
    known.set(certificate, byKey.set(issuer.spki, status))
    return status
  }
}
