import { readPublicKeyInfo } from '../algorithms/public-key.ts'
import type { PublicKeyInfo } from '../algorithms/public-key.ts'
import { orAppError } from '../asn1/error.ts'
import { readDer } from '../asn1/reader.ts'
import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { nameKey } from '../x509/name-comparison.ts'
import type { NameConstraints } from '../x509/name-constraints.ts'
import type { DistinguishedName } from '../x509/name.ts'
import type { PolicyConstraints } from '../x509/policy-extensions.ts'

/** Constraints that come with an anchor (RFC 5937 §2, RFC 5914 §2.3). */
export interface AnchorConstraints {
  readonly pathLength?: number | null
  readonly nameConstraints?: NameConstraints | null
  /** Policies the anchor stands for. */
  readonly policies?: readonly string[] | null
  readonly policyConstraints?: PolicyConstraints | null
  readonly inhibitAnyPolicy?: number | null
}

/** An anchor without a certificate: a name and a key that are trusted (RFC 5280 §6.1.1 (d)). */
export interface BareAnchor {
  readonly name: DistinguishedName
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  readonly constraints?: AnchorConstraints
}

export interface TrustAnchor {
  readonly name: DistinguishedName
  readonly spki: Uint8Array
  readonly key: PublicKeyInfo
  /** null for a bare name and key. */
  readonly certificate: Certificate | null
  readonly constraints: AnchorConstraints
}

const constraintsOf = (certificate: Certificate): AnchorConstraints => {
  const facts = factsOf(certificate)
  return {
    pathLength: certificate.basicConstraints?.pathLength ?? null,
    nameConstraints: facts.nameConstraints,
    policies: facts.policies?.map(({ policy }) => policy) ?? null,
    policyConstraints: facts.policyConstraints,
    inhibitAnyPolicy: facts.inhibitAnyPolicy,
  }
}

/** `hasConstraints`: what the certificate of an anchor restricts counts (RFC 5937); else it is a name and a key. */
export const toAnchor = (anchor: Certificate | BareAnchor, hasConstraints: boolean): TrustAnchor => {
  if (!('der' in anchor)) {
    const key = orAppError('certificate.malformed', () => readPublicKeyInfo(readDer(anchor.spki)))
    return { name: anchor.name, spki: anchor.spki, key, certificate: null, constraints: anchor.constraints ?? {} }
  }
  const { subject, spki, key } = anchor
  const constraints = hasConstraints ? constraintsOf(anchor) : {}
  return { name: subject, spki, key, certificate: anchor, constraints }
}

export const indexByName = <T>(items: readonly T[], nameOf: (item: T) => DistinguishedName): Map<string, T[]> => {
  const index = new Map<string, T[]>()
  for (const item of items) {
    const key = nameKey(nameOf(item))
    const found = index.get(key)
    if (found === undefined) index.set(key, [item])
    else found.push(item)
  }
  return index
}
