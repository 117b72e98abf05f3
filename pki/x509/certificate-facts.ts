import { Asn1Error } from '../asn1/error.ts'
import type { Certificate } from './certificate.ts'
import { readDistributionPoints, readInformationAccess } from './distribution-points.ts'
import type { AccessDescription, DistributionPoint } from './distribution-points.ts'
import { extensionOids } from './extension-oids.ts'
import { readAlternativeName } from './general-name.ts'
import type { GeneralName } from './general-name.ts'
import { readNameConstraints } from './name-constraints.ts'
import type { NameConstraints } from './name-constraints.ts'
import { namesMatch } from './name-comparison.ts'
import {
  readCertificatePolicies,
  readInhibitAnyPolicy,
  readPolicyConstraints,
  readPolicyMappings,
} from './policy-extensions.ts'
import type { PolicyConstraints, PolicyInformation, PolicyMapping } from './policy-extensions.ts'

interface Malformed {
  readonly oid: string
  readonly reason: string
  readonly offset: number
}

/** What path validation asks of a certificate beyond its fields; read once. null: there is no such extension. */
export interface CertificateFacts {
  /** Issuer and subject are one name (RFC 5280 §6.1). */
  readonly isSelfIssued: boolean
  readonly alternativeNames: readonly GeneralName[] | null
  readonly policies: readonly PolicyInformation[] | null
  readonly policyMappings: readonly PolicyMapping[] | null
  readonly policyConstraints: PolicyConstraints | null
  readonly inhibitAnyPolicy: number | null
  readonly nameConstraints: NameConstraints | null
  readonly crlDistributionPoints: readonly DistributionPoint[] | null
  readonly freshestCrl: readonly DistributionPoint[] | null
  readonly authorityInfoAccess: readonly AccessDescription[] | null
  /** Extensions of those above that cannot be read; they count as null, so whoever relies on them looks here too. */
  readonly malformed: readonly Malformed[]
}

const readFacts = (certificate: Certificate): CertificateFacts => {
  const malformed: Malformed[] = []
  const read = <T>(oid: string, reader: (value: Uint8Array) => T): T | null => {
    const found = certificate.extensions.find((extension) => extension.oid === oid)
    if (found === undefined) return null
    try {
      return reader(found.value)
    } catch (error) {
      if (!(error instanceof Asn1Error)) throw error
      malformed.push({ oid, reason: error.reason, offset: error.offset })
      return null
    }
  }
  return {
    isSelfIssued: namesMatch(certificate.issuer, certificate.subject),
    alternativeNames: read(extensionOids.subjectAltName, readAlternativeName),
    policies: read(extensionOids.certificatePolicies, readCertificatePolicies),
    policyMappings: read(extensionOids.policyMappings, readPolicyMappings),
    policyConstraints: read(extensionOids.policyConstraints, readPolicyConstraints),
    inhibitAnyPolicy: read(extensionOids.inhibitAnyPolicy, readInhibitAnyPolicy),
    nameConstraints: read(extensionOids.nameConstraints, readNameConstraints),
    crlDistributionPoints: read(extensionOids.crlDistributionPoints, readDistributionPoints),
    freshestCrl: read(extensionOids.freshestCrl, readDistributionPoints),
    authorityInfoAccess: read(extensionOids.authorityInfoAccess, readInformationAccess),
    malformed,
  }
}

const known = new WeakMap<Certificate, CertificateFacts>()

export const factsOf = (certificate: Certificate): CertificateFacts => {
  const found = known.get(certificate)
  if (found !== undefined) return found
  const facts = readFacts(certificate)
  known.set(certificate, facts)
  return facts
}
