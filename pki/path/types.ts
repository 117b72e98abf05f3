import type { RevocationStatus } from '../revocation/status.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { KeyUsage } from '../x509/extensions.ts'
import type { NameConstraints } from '../x509/name-constraints.ts'
import type { PolicyQualifier } from '../x509/policy-extensions.ts'
import type { AlgorithmPolicy } from './algorithm-policy.ts'
import type { PathLimits } from './budget.ts'
import type { PathRule } from './rules.ts'
import type { TrustAnchor } from './trust-anchor.ts'

export interface PathFailure {
  readonly rule: PathRule
  /** Place in `path`: 0 is the target. */
  readonly index: number
  /** Subject of the certificate at which the rule failed. */
  readonly subject: string
  /** What exactly: names, numbers, times, object identifiers. Safe to show. */
  readonly details: Readonly<Record<string, string | number>>
}

/** A policy that holds for the target, with the text its CA wants shown (RFC 5280 §4.2.1.4). */
export interface StatedQualifier {
  readonly policy: string
  readonly qualifier: PolicyQualifier
}

export interface PathReport {
  readonly isValid: boolean
  /** Target first; the anchor's certificate last, where one was reached and it has a certificate. */
  readonly path: readonly Certificate[]
  /** null: the path ends without trust. */
  readonly anchor: TrustAnchor | null
  readonly failures: readonly PathFailure[]
  /** The worst of the `statuses` that were asked for, and apart from validity: `unknown` fails only where the caller says so. */
  readonly revocation: RevocationStatus['state']
  /** Status of each certificate below the anchor, in the order of `path`. */
  readonly statuses: readonly RevocationStatus[]
  /** RFC 5280 §6.1.6: policies that hold along the path, in the anchor's domain. */
  readonly policies: {
    readonly authorityConstrained: readonly string[]
    readonly userConstrained: readonly string[]
    readonly qualifiers: readonly StatedQualifier[]
  }
  /** The moment the check was made for. */
  readonly at: Date
}

export interface RevocationOptions {
  /**
   * `off`: nothing is asked. `soft`: unknown passes, and is reported. `hard`: unknown fails. Default: `hard` where CRLs
   * or OCSP responses are given, else `off`.
   */
  readonly mode?: 'off' | 'soft' | 'hard'
  /** Certificates of the path that are asked about. Default: all below the anchor. */
  readonly scope?: 'all' | 'target'
  /**
   * Also use what was issued after `at`: better knowledge for old signatures. Who was revoked after `at` was good then.
   */
  readonly acceptsLater?: boolean
  /** Answers of OCSP without nextUpdate are used this long. Default: a day. */
  readonly maxAgeSeconds?: number
  /** How far clocks may differ. Default: 300; CRLs get none. */
  readonly clockSkewSeconds?: number
  /** The nonce of the request: an answer without it is not used. */
  readonly nonce?: Uint8Array
  /** Responders that are trusted without being named by the CA (RFC 6960 §4.2.2.2, first case). */
  readonly responders?: readonly Certificate[]
}

export interface PathOptions {
  /** Default: now. */
  readonly at?: Date
  /** user-initial-policy-set. Default: any policy. */
  readonly policies?: readonly string[]
  /** initial-explicit-policy, initial-policy-mapping-inhibit, initial-any-policy-inhibit (RFC 5280 §6.1.1). */
  readonly requireExplicitPolicy?: boolean
  readonly inhibitPolicyMapping?: boolean
  readonly inhibitAnyPolicy?: boolean
  /** initial-permitted-subtrees and initial-excluded-subtrees. */
  readonly nameConstraints?: NameConstraints
  /** Most CAs between the anchor and the target, self-issued ones not counted: max_path_length to begin with. */
  readonly maxPathLength?: number
  /** The target's key must be usable for one of these, where its certificate restricts the use. */
  readonly keyUsage?: readonly KeyUsage[]
  /** OID of the purpose the target, and each CA that restricts purposes, must allow. */
  readonly extendedKeyUsage?: string
  /** DNS name, IP address or e-mail address (with @) that the target's alternative names must hold. */
  readonly peerName?: string
  /** Default: RSA from 2048 bits, SHA-2 and SM3, NIST curves and SM2. */
  readonly algorithms?: AlgorithmPolicy
  /** What the certificate of an anchor restricts, its own validity included, counts (RFC 5937). Default: true. */
  readonly areAnchorsConstrained?: boolean
  /** `rfc5280`: also what §4 demands of conforming CAs, which §6 does not ask of a relying party. Default: `path`. */
  readonly profile?: 'path' | 'rfc5280'
  readonly revocation?: RevocationOptions
  readonly limits?: Partial<PathLimits>
}
