import type { DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import type { PlatformHash, PlatformScheme } from '../platform/types.ts'

/** SM2 with SM3 and the default ID (GB/T 32918.2). */
interface Sm2Scheme {
  readonly kind: 'sm2'
  readonly digest: 'sm3'
  readonly saltLength: number
}

/** RSASSA-PKCS1-v1_5 over SM3 (GB/T 33560), which runtimes do not know. */
interface RsaSm3Scheme {
  readonly kind: 'rsa-pkcs1'
  readonly digest: 'sm3'
  readonly saltLength: number
}

/** How a signature is to be checked: the scheme, its digest and, for PSS, the length of the salt in bytes. */
export type SignatureScheme = PlatformScheme | Sm2Scheme | RsaSm3Scheme

/** A scheme that new signatures may have: no SHA-1, no SHA-224, no DSA. */
export type AcceptedScheme =
  | Sm2Scheme
  | RsaSm3Scheme
  | (PlatformScheme & {
      readonly kind: Exclude<PlatformScheme['kind'], 'dsa'>
      readonly digest: Exclude<DigestAlgorithm, 'sm3'>
    })

const legacyHashes: ReadonlySet<PlatformHash> = new Set(['sha1', 'sha224'])

export const isAccepted = (scheme: SignatureScheme): scheme is AcceptedScheme =>
  scheme.digest === 'sm3' || (scheme.kind !== 'dsa' && !legacyHashes.has(scheme.digest))

export const saltLengths: Readonly<Record<PlatformHash, number>> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
}

export const signatureAlgorithmOf = (scheme: AcceptedScheme): SignatureAlgorithm => {
  if (scheme.digest === 'sm3') return scheme.kind === 'sm2' ? 'sm2-sm3' : 'rsa-pkcs1-sm3'
  return `${scheme.kind}-${scheme.digest}`
}

const schemeName = /^(rsa-pkcs1|rsa-pss|ecdsa)-(sha256|sha384|sha512)$/

/** The scheme behind a name such as `rsa-pss-sha256`, or undefined for any other text. */
export const parseSchemeName = (name: string): AcceptedScheme | undefined => {
  if (name === 'sm2-sm3') return { kind: 'sm2', digest: 'sm3', saltLength: 0 }
  if (name === 'rsa-pkcs1-sm3') return { kind: 'rsa-pkcs1', digest: 'sm3', saltLength: 0 }
  const [, kind, digest] = schemeName.exec(name) ?? []
  return kind === undefined || digest === undefined
    ? undefined
    : ({ kind, digest, saltLength: saltLengths[digest as PlatformHash] } as AcceptedScheme)
}

export const schemeOf = (algorithm: SignatureAlgorithm): AcceptedScheme => {
  const found = parseSchemeName(algorithm)
  if (found === undefined) throw new TypeError(`no scheme for ${algorithm}`)
  return found
}
