import type { SignatureAlgorithm } from '#contract/keys.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { verifySignature } from '../algorithms/public-key.ts'
import type { Certificate } from '../x509/certificate.ts'
import { encodeSignatureValue } from './signature-value.ts'

/** A bare signature value over `content`, without any message around it. ECDSA as r ‖ s or DER. */
export const verifyRawSignature = (
  certificate: Certificate,
  algorithm: SignatureAlgorithm,
  content: Uint8Array,
  signature: Uint8Array,
): boolean =>
  verifySignature(
    certificate.spki,
    schemeOf(algorithm),
    content,
    encodeSignatureValue(algorithm, certificate, signature),
  )
