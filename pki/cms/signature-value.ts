import { AppError } from '#contract/errors.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import { keyTypes } from '../algorithms/public-key.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import type { Certificate } from '../x509/certificate.ts'
import { sequence, unsignedInteger } from '../asn1/writer.ts'

/**
 * The signature as CMS wants it. PKCS#11 returns ECDSA and SM2 as r ‖ s of fixed length (PKCS#11 v2.40 §2.3.1), others return
 * ECDSA-Sig-Value in DER (RFC 3279 §2.2.3); both are taken. A DER value is never exactly twice the field's length
 * unless r or s begins with several zero octets, which happens once in 2^40 signatures.
 */
export const encodeSignatureValue = (
  algorithm: SignatureAlgorithm,
  certificate: Pick<Certificate, 'key'>,
  signature: Uint8Array,
): Uint8Array => {
  if (algorithm.startsWith('rsa')) return signature
  const field = Math.ceil(certificate.key.bits / 8)
  if (signature.length !== 2 * field) return signature
  return sequence(unsignedInteger(signature.subarray(0, field)), unsignedInteger(signature.subarray(field)))
}

/** Refuses an algorithm that does not fit the certificate's key, before the key is asked for anything. */
export const checkAlgorithmFits = (algorithm: SignatureAlgorithm, certificate: Certificate): void => {
  const wanted = keyTypes[schemeOf(algorithm).kind]
  if (certificate.key.type !== wanted) {
    throw new AppError('key.mechanism_unsupported', { algorithm, keyType: certificate.key.type })
  }
}
