import { AppError } from '#contract/errors.ts'
import { digestLength, digestOf, signatureAlgorithms } from '#contract/keys.ts'
import type { BridgeSignatureAlgorithm, DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'

/** DER of `SEQUENCE { AlgorithmIdentifier { hash, NULL }, OCTET STRING }` up to the digest, RFC 8017 §9.2 note 1. */
const DIGEST_INFO_PREFIX: Readonly<Record<DigestAlgorithm, Uint8Array>> = {
  sha256: Uint8Array.from(Buffer.from('3031300d060960864801650304020105000420', 'hex')),
  sha384: Uint8Array.from(Buffer.from('3041300d060960864801650304020205000430', 'hex')),
  sha512: Uint8Array.from(Buffer.from('3051300d060960864801650304020305000440', 'hex')),
  sm3: Uint8Array.from(Buffer.from('3030300c06082a811ccf5501831105000420', 'hex')),
}

/** RFC 8017 §9.2: the DigestInfo that CKM_RSA_PKCS pads and signs. */
export const digestInfo = (algorithm: DigestAlgorithm, digest: Uint8Array): Uint8Array => {
  const prefix = DIGEST_INFO_PREFIX[algorithm]
  const info = new Uint8Array(prefix.length + digest.length)
  info.set(prefix)
  info.set(digest, prefix.length)
  return info
}

/** R13: a digest of another length is never given to a key. @throws key.digest_length */
export const checkDigestLength = (algorithm: SignatureAlgorithm, digest: Uint8Array): void => {
  const expected = digestLength[digestOf(algorithm)]
  if (digest.length !== expected) {
    throw new AppError('key.digest_length', { algorithm, expected, actual: digest.length })
  }
}

/** FIPS 186-5 §6.4.1: a digest longer than the group order is cut to its leftmost bits; not every token does it itself. */
export const truncateDigest = (digest: Uint8Array, curveBits: number): Uint8Array =>
  digest.subarray(0, Math.ceil(curveBits / 8))

const derInteger = (value: Uint8Array): Uint8Array => {
  let start = 0
  while (start < value.length - 1 && value[start] === 0) start++
  const magnitude = value.subarray(start)
  const pad = ((magnitude[0] ?? 0) & 0x80) === 0 ? 0 : 1
  const integer = new Uint8Array(2 + pad + magnitude.length)
  integer[0] = 0x02
  integer[1] = pad + magnitude.length
  integer.set(magnitude, 2 + pad)
  return integer
}

/** `r ‖ s` as PKCS#11 returns it (v2.40 §2.3.1) → DER `ECDSA-Sig-Value` of RFC 3279 §2.2.3. */
export const ecdsaRawToDer = (raw: Uint8Array): Uint8Array => {
  const half = raw.length / 2
  const r = derInteger(raw.subarray(0, half))
  const s = derInteger(raw.subarray(half))
  const length = r.length + s.length
  const header = length < 0x80 ? [0x30, length] : [0x30, 0x81, length]
  const der = new Uint8Array(header.length + length)
  der.set(header)
  der.set(r, header.length)
  der.set(s, header.length + r.length)
  return der
}

export interface KeyShape {
  readonly keyType: 'rsa' | 'ec' | 'other'
  readonly keyBits: number
}

/** RFC 8017 §9.1.1: EMSA-PSS with a salt as long as the hash needs emLen ≥ 2·hLen + 2. */
const fitsPss = (algorithm: SignatureAlgorithm, keyBits: number): boolean =>
  Math.ceil((keyBits - 1) / 8) >= 2 * digestLength[digestOf(algorithm)] + 2

/**
 * The algorithms a key can be used with, the most usual one first: PSS only when the token names CKM_RSA_PKCS_PSS,
 * for ECDSA the hash of the curve's size first.
 */
export const algorithmsOf = (key: KeyShape, mechanisms: readonly string[]): BridgeSignatureAlgorithm[] => {
  if (key.keyType === 'other') return []
  if (key.keyType === 'rsa') {
    const hasPss = mechanisms.includes('CKM_RSA_PKCS_PSS')
    return signatureAlgorithms.filter(
      (algorithm) =>
        algorithm.startsWith('rsa-pkcs1') ||
        (hasPss && algorithm.startsWith('rsa-pss') && fitsPss(algorithm, key.keyBits)),
    )
  }
  const distance = (algorithm: SignatureAlgorithm): number =>
    Math.abs(digestLength[digestOf(algorithm)] * 8 - key.keyBits)
  return signatureAlgorithms
    .filter((algorithm) => algorithm.startsWith('ecdsa'))
    .sort((one, other) => distance(one) - distance(other))
}
