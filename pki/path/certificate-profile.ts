import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { isEmptyName } from '../x509/name-comparison.ts'

interface Breach {
  readonly requirement: string
  readonly clause: string
}

/** Extensions that a conforming CA marks critical, and those it never does (RFC 5280 §4.2.1, §4.2.2). */
const critical: ReadonlyMap<string, string> = new Map([
  [extensionOids.nameConstraints, '§4.2.1.10'],
  [extensionOids.policyConstraints, '§4.2.1.11'],
  [extensionOids.inhibitAnyPolicy, '§4.2.1.14'],
])
const notCritical: ReadonlyMap<string, string> = new Map([
  [extensionOids.authorityKeyIdentifier, '§4.2.1.1'],
  [extensionOids.subjectKeyIdentifier, '§4.2.1.2'],
  [extensionOids.freshestCrl, '§4.2.1.15'],
  [extensionOids.authorityInfoAccess, '§4.2.2.1'],
  [extensionOids.subjectInfoAccess, '§4.2.2.2'],
])

/**
 * What RFC 5280 §4 demands of conforming CAs beyond what §6 asks a relying party to check. Real CAs break some of it
 * without harm, so only a caller that asks for the profile gets it.
 */
export const profileBreaches = (certificate: Certificate): Breach[] => {
  const { extensions, basicConstraints, keyUsage, serialBytes } = certificate
  const has = (oid: string): boolean => extensions.some((extension) => extension.oid === oid)
  const isCa = basicConstraints?.isCa === true
  const isEmpty = isEmptyName(certificate.subject)
  const isCritical = (wanted: string): boolean => extensions.some(({ oid, isCritical }) => oid === wanted && isCritical)
  const signsCertificates = keyUsage?.includes('keyCertSign') === true
  const { isSelfIssued, nameConstraints } = factsOf(certificate)
  const rules: (readonly [boolean, string, string])[] = [
    [(serialBytes[0] ?? 0) < 0x80 && serialBytes.some((byte) => byte !== 0), 'serial_positive', '§4.1.2.2'],
    [serialBytes.length <= 20, 'serial_20_octets', '§4.1.2.2'],
    [!isEmptyName(certificate.issuer), 'issuer_not_empty', '§4.1.2.4'],
    [!(isCa && isEmpty), 'ca_subject_not_empty', '§4.1.2.6'],
    [!isEmpty || isCritical(extensionOids.subjectAltName), 'alternative_name_critical', '§4.2.1.6'],
    [isSelfIssued || certificate.authorityKeyIdentifier !== null, 'authority_key_identifier', '§4.2.1.1'],
    [!isCa || certificate.subjectKeyIdentifier !== null, 'subject_key_identifier', '§4.2.1.2'],
    [!isCa || keyUsage !== null, 'ca_key_usage', '§4.2.1.3'],
    [keyUsage === null || keyUsage.length > 0, 'key_usage_not_empty', '§4.2.1.3'],
    [!signsCertificates || isCa, 'key_cert_sign_for_cas', '§4.2.1.9'],
    [!isCa || isCritical(extensionOids.basicConstraints), 'basic_constraints_critical', '§4.2.1.9'],
    [
      (basicConstraints?.pathLength ?? null) === null || (isCa && (keyUsage === null || signsCertificates)),
      'path_length_for_cas',
      '§4.2.1.9',
    ],
    [nameConstraints === null || isCa, 'name_constraints_for_cas', '§4.2.1.10'],
    [certificate.extendedKeyUsage?.length !== 0, 'extended_key_usage_not_empty', '§4.2.1.12'],
    ...[...critical].map(([oid, clause]) => [!has(oid) || isCritical(oid), `critical ${oid}`, clause] as const),
    ...[...notCritical].map(([oid, clause]) => [!isCritical(oid), `not_critical ${oid}`, clause] as const),
  ]
  return rules.flatMap(([isKept, requirement, clause]) =>
    isKept ? [] : [{ requirement, clause: `RFC 5280 ${clause}` }],
  )
}
