import { oids } from '../algorithms/oids.ts'

/** Extensions of certificates, CRLs and their entries (RFC 5280 §4.2, §5.2, §5.3; X.509 §9.5) and of OCSP (RFC 6960 §4.2, §4.4). */
export const extensionOids = {
  subjectKeyIdentifier: oids.subjectKeyIdentifier,
  keyUsage: oids.keyUsage,
  subjectAltName: oids.subjectAltName,
  issuerAltName: oids.issuerAltName,
  basicConstraints: oids.basicConstraints,
  certificatePolicies: oids.certificatePolicies,
  authorityKeyIdentifier: oids.authorityKeyIdentifier,
  extendedKeyUsage: oids.extendedKeyUsage,
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  policyMappings: '2.5.29.33',
  policyConstraints: '2.5.29.36',
  freshestCrl: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  subjectInfoAccess: '1.3.6.1.5.5.7.1.11',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  holdInstructionCode: '2.5.29.23',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  expiredCertsOnCrl: '2.5.29.60',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
} as const

/** Extended key usages (RFC 5280 §4.2.1.12). */
export const keyPurposes = { any: '2.5.29.37.0', ocspSigning: '1.3.6.1.5.5.7.3.9' } as const
