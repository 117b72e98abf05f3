import type { KeyUsage } from '../x509/extensions.ts'
import {
  authorityInfoAccess,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  extendedKeyUsage,
  keyUsage,
  ocspNoCheck,
} from './extensions.ts'
import type { ExtensionInput, PolicyInput } from './extensions.ts'

/** Extended key usages of RFC 5280 §4.2.1.12. */
const purposes = {
  clientAuth: '1.3.6.1.5.5.7.3.2',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const

interface Profile {
  readonly usages: readonly KeyUsage[]
  readonly isCa?: boolean
  readonly purposes?: readonly string[]
  readonly hasCriticalPurposes?: boolean
}

/**
 * What a certificate is for. Signing and encryption are the two halves of a dual certificate (GB/T 20518, GM/T 0015); RFC 3161
 * §2.3 wants time stamping alone and critical; RFC 6960 §4.2.2.2 wants OCSPSigning.
 */
const profiles = {
  root: { usages: ['keyCertSign', 'cRLSign'], isCa: true },
  authority: { usages: ['keyCertSign', 'cRLSign'], isCa: true },
  signing: {
    usages: ['digitalSignature', 'nonRepudiation'],
    purposes: [purposes.clientAuth, purposes.emailProtection],
  },
  encryption: { usages: ['keyEncipherment', 'dataEncipherment', 'keyAgreement'] },
  timestamping: { usages: ['digitalSignature'], purposes: [purposes.timeStamping], hasCriticalPurposes: true },
  ocspResponder: { usages: ['digitalSignature'], purposes: [purposes.ocspSigning] },
} as const satisfies Record<string, Profile>
export type ProfileName = keyof typeof profiles

/** Where an authority publishes: what every certificate below it carries. */
export interface Publication {
  readonly crls?: readonly string[]
  readonly ocsp?: readonly string[]
  readonly issuers?: readonly string[]
  readonly policies?: readonly PolicyInput[]
}

export interface ProfileOptions extends Publication {
  /** Of an authority: how many authorities may stand below it. Default: any number below a root, none below others. */
  readonly pathLength?: number
  /** The holder's key agrees on no keys (RFC 3279 §2.3.1). */
  readonly isRsa?: boolean
}

/** The extensions of a profile, without those of key identifiers and holder. */
export const profileExtensions = (name: ProfileName, options: ProfileOptions = {}): ExtensionInput[] => {
  const profile: Profile = profiles[name]
  const { crls = [], ocsp = [], issuers = [], policies = [] } = options
  const isCa = profile.isCa === true
  const pathLength = options.pathLength ?? (name === 'authority' ? 0 : undefined)
  return [
    isCa ? basicConstraints(true, pathLength) : basicConstraints(false),
    keyUsage(profile.usages.filter((usage) => usage !== 'keyAgreement' || options.isRsa !== true)),
    ...(profile.purposes === undefined ? [] : [extendedKeyUsage(profile.purposes, profile.hasCriticalPurposes)]),
    ...(policies.length === 0 ? [] : [certificatePolicies(policies)]),
    ...(crls.length === 0 ? [] : [crlDistributionPoints([{ names: crls.map((uri) => ({ uri })) }])]),
    ...(ocsp.length + issuers.length === 0 ? [] : [authorityInfoAccess({ ocsp, issuers })]),
    ...(name === 'ocspResponder' ? [ocspNoCheck()] : []),
  ]
}
