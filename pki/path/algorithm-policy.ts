import type { HashName } from '../algorithms/digest.ts'
import type { PublicKeyInfo } from '../algorithms/public-key.ts'
import type { SignatureScheme } from '../algorithms/signature-scheme.ts'
import type { PathRule } from './rules.ts'

/** Which keys and signatures a path may stand on. */
export interface AlgorithmPolicy {
  readonly minRsaBits: number
  readonly maxRsaBits: number
  /** 0: no DSA at all. */
  readonly minDsaBits: number
  readonly digests: ReadonlySet<HashName>
  readonly curves: ReadonlySet<NonNullable<PublicKeyInfo['curve']>>
}

/** NIST SP 800-131A and GM/T 0015: RSA from 2048 bits, SHA-2 and SM3, the NIST curves from P-256 and SM2. */
export const defaultAlgorithms: AlgorithmPolicy = {
  minRsaBits: 2048,
  maxRsaBits: 16_384,
  minDsaBits: Number.POSITIVE_INFINITY,
  digests: new Set<HashName>(['sha256', 'sha384', 'sha512', 'sm3']),
  curves: new Set(['P-256', 'P-384', 'P-521', 'SM2'] as const),
}

/** For old archives alone: SHA-1, RSA and DSA of 1024 bits are broken or within reach of those who can pay. */
export const legacyAlgorithms: AlgorithmPolicy = {
  ...defaultAlgorithms,
  minRsaBits: 1024,
  minDsaBits: 1024,
  digests: new Set<HashName>([...defaultAlgorithms.digests, 'sha224', 'sha1']),
}

/** A DSA key without parameters has the length of the key it inherits them from (RFC 3279 §2.3.2): 0 here, not judged. */
export const keyRule = (key: PublicKeyInfo, policy: AlgorithmPolicy): PathRule | null => {
  switch (key.type) {
    case 'rsa':
      if (key.bits < policy.minRsaBits) return 'key_too_short'
      return key.bits > policy.maxRsaBits ? 'key_refused' : null
    case 'dsa':
      if (!Number.isFinite(policy.minDsaBits)) return 'key_refused'
      return key.bits > 0 && key.bits < policy.minDsaBits ? 'key_too_short' : null
    case 'ec':
    case 'sm2':
      return key.curve !== null && policy.curves.has(key.curve) ? null : 'key_refused'
    case 'other':
      return 'key_refused'
  }
}

export const schemeRule = (scheme: SignatureScheme | null, policy: AlgorithmPolicy): PathRule | null => {
  if (scheme === null) return 'signature_unsupported'
  return policy.digests.has(scheme.digest) ? null : 'algorithm_refused'
}
