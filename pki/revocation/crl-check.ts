import { AppError } from '#contract/errors.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { schemeRule } from '../path/algorithm-policy.ts'
import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { allReasons, fullNames } from '../x509/distribution-points.ts'
import type { DistributionPoint, IssuingDistributionPoint, Reasons } from '../x509/distribution-points.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { generalNamesMatch } from '../x509/general-name.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { namesMatch } from '../x509/name-comparison.ts'
import { isAfterExpiry } from './context.ts'
import type { StatusContext, StatusIssuer } from './context.ts'
import type { CertificateList, CrlEntry } from './crl.ts'
import { findCrlKey } from './signers.ts'
import type { SignerTrust } from './signers.ts'
import { crlReasons, reasonName } from './status.ts'
import type { RevocationCause, RevocationStatus } from './status.ts'

/** RFC 5280 §6.3.3 (a): only what is current at the time of the check, or issued after it where the caller accepts that. */
const timeCause = (crl: CertificateList, { at, options }: StatusContext): RevocationCause | null => {
  if (crl.thisUpdate > at) return options.revocation?.acceptsLater === true ? null : 'crl_not_yet_valid'
  if (crl.nextUpdate === null) return 'crl_next_update_missing'
  return crl.nextUpdate < at ? 'crl_expired' : null
}

const isDirectory = (name: GeneralName, crl: CertificateList): boolean =>
  name.form === 'directory' && namesMatch(name.name, crl.issuer)

/** RFC 5280 §6.3.3 (b)(1): the CRL comes from whom the point names, else from the certificate's issuer. */
const isFromIssuer = (point: DistributionPoint, crl: CertificateList, certificate: Certificate): boolean =>
  point.crlIssuer === null
    ? namesMatch(crl.issuer, certificate.issuer)
    : crl.issuingDistributionPoint?.isIndirect === true && point.crlIssuer.some((name) => isDirectory(name, crl))

const pointNames = (point: DistributionPoint, certificate: Certificate): readonly GeneralName[] => {
  const { name, crlIssuer } = point
  if (name === null) return crlIssuer ?? []
  const issuer = crlIssuer?.find((item) => item.form === 'directory')
  return fullNames(name, issuer === undefined ? certificate.issuer : issuer.name)
}

/** RFC 5280 §6.3.3 (b)(2): the certificate is in the scope of the CRL, seen from this point. */
const isInScope = (
  { name, ...scope }: IssuingDistributionPoint,
  point: DistributionPoint,
  crl: CertificateList,
  certificate: Certificate,
): boolean => {
  const isCa = certificate.basicConstraints?.isCa === true
  if (scope.onlyContainsAttributeCerts || (scope.onlyContainsUserCerts && isCa)) return false
  if (scope.onlyContainsCaCerts && !isCa) return false
  if (name === null) return true
  const offered = fullNames(name, crl.issuer)
  return pointNames(point, certificate).some((wanted) => offered.some((item) => generalNamesMatch(wanted, item)))
}

/** RFC 5280 §5.2.3: conforming issuers number their CRLs, in an extension that is not critical. */
const hasPlainNumber = ({ extensions }: CertificateList): boolean =>
  extensions.some(({ oid, isCritical }) => oid === extensionOids.crlNumber && !isCritical)

/** One pass over distribution points and CRLs for one certificate (RFC 5280 §6.3.3). */
export const checkCrls = (
  certificate: Certificate,
  issuer: StatusIssuer,
  context: StatusContext,
  trust: SignerTrust,
): RevocationStatus => {
  const causes = new Set<RevocationCause>()
  const covered = new Set<number>()
  const updates: Date[] = []

  /** (c), (h): the newest delta CRL that belongs to a complete one and is signed by the same key. */
  const deltaOf = (
    crl: CertificateList,
    isSigned: (delta: CertificateList) => boolean,
  ): CertificateList | undefined => {
    const scopeOf = ({ extensions }: CertificateList) =>
      extensions.find(({ oid }) => oid === extensionOids.issuingDistributionPoint)?.value ?? new Uint8Array(0)
    const number = crl.crlNumber
    if (number === null) return undefined
    return context.crls
      .filter(
        (delta) =>
          delta.deltaBase !== null &&
          delta.crlNumber !== null &&
          delta.deltaBase <= number &&
          delta.crlNumber > number &&
          namesMatch(delta.issuer, crl.issuer) &&
          delta.authorityKeyIdentifier === crl.authorityKeyIdentifier &&
          bytesEqual(scopeOf(delta), scopeOf(crl)) &&
          !delta.hasUnknownCritical &&
          schemeRule(delta.signatureScheme, context.algorithms) === null &&
          timeCause(delta, context) === null,
      )
      .toSorted((a, b) => ((a.crlNumber ?? 0n) < (b.crlNumber ?? 0n) ? 1 : -1))
      .find(isSigned)
  }

  const revoked = (entry: CrlEntry, crl: CertificateList): RevocationStatus | null => {
    // Known only later, and it was not yet so at the time in question.
    const since = entry.invalidityDate ?? entry.revokedAt
    if (crl.thisUpdate > context.at && entry.revokedAt > context.at && since > context.at) return null
    return {
      state: 'revoked',
      source: 'crl',
      thisUpdate: crl.thisUpdate,
      revokedAt: entry.revokedAt,
      reason: reasonName(entry.reason),
    }
  }

  const lookUp = (crl: CertificateList): CrlEntry | null => {
    context.budget.spend('work', 1 + crl.entryCount / 1000)
    return crl.find(certificate.serialBytes, certificate.issuer)
  }

  /** Steps (a) to (l) for one point and one complete CRL. */
  const checkPoint = (point: DistributionPoint, crl: CertificateList): RevocationStatus | null => {
    const scope = crl.issuingDistributionPoint
    if (!isFromIssuer(point, crl, certificate)) return null
    if (crl.deltaBase !== null) return note('crl_is_delta')
    if (scope !== null && !isInScope(scope, point, crl, certificate)) return note('crl_scope')
    const late = timeCause(crl, context)
    if (late !== null) return note(late)
    if (crl.hasUnknownCritical) return note('crl_critical_extension')
    if (context.options.profile === 'rfc5280' && !hasPlainNumber(crl)) return note('crl_profile')
    const reasons = interimReasons(point.reasons, scope?.onlySomeReasons ?? null)
    if ([...reasons].every((reason) => covered.has(reason))) return null
    const key = findCrlKey(crl, issuer, context, trust)
    if (typeof key === 'string') return note(key)
    const delta = deltaOf(crl, (candidate) => context.verify(candidate, key))
    const change = delta === undefined ? null : lookUp(delta)
    // (i) to (k): what the delta says comes first; removeFromCRL takes the certificate off the complete list.
    const entry = change?.reason === crlReasons.removeFromCRL ? null : (change ?? lookUp(crl))
    if (entry !== null && entry.reason !== crlReasons.removeFromCRL) {
      const status = revoked(entry, change === entry && delta !== undefined ? delta : crl)
      if (status !== null) return status
    }
    if ([crl, delta ?? crl].some((list) => isAfterExpiry(list, certificate))) return note('crl_after_expiry')
    for (const reason of reasons) covered.add(reason)
    updates.push((delta ?? crl).thisUpdate)
    return null
  }

  const note = (cause: RevocationCause): null => {
    causes.add(cause)
    return null
  }

  const { crlDistributionPoints, malformed } = factsOf(certificate)
  if (malformed.some(({ oid }) => oid === extensionOids.crlDistributionPoints)) {
    return { state: 'unknown', causes: ['extension_malformed'] }
  }
  // Behind the points of the certificate: any CRL of its issuer (RFC 5280 §6.3.3, last paragraph).
  const implied: DistributionPoint = {
    name: { kind: 'full', names: [{ form: 'directory', name: certificate.issuer }] },
    reasons: null,
    crlIssuer: null,
  }
  for (const point of [...(crlDistributionPoints ?? []), implied]) {
    for (const crl of context.crls) {
      context.budget.spend('work', 1)
      try {
        const status = checkPoint(point, crl)
        if (status !== null) return status
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        causes.add('crl_malformed')
      }
      if (covered.size >= allReasons.size) {
        const oldest = updates.reduce((least, date) => Math.min(least, date.getTime()), Infinity)
        return { state: 'good', source: 'crl', thisUpdate: new Date(oldest) }
      }
    }
  }
  if (covered.size > 0) causes.add('reasons_not_covered')
  if (causes.size === 0) causes.add('no_status_data')
  return { state: 'unknown', causes: [...causes] }
}

/** RFC 5280 §6.3.3 (d). */
const interimReasons = (ofPoint: Reasons | null, ofCrl: Reasons | null): Reasons => {
  const point = ofPoint ?? allReasons
  return ofCrl === null ? point : new Set([...point].filter((reason) => ofCrl.has(reason)))
}
