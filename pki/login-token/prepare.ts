import { AppError } from '#contract/errors.ts'
import { digestOf } from '#contract/keys.ts'
import type { DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { digestToSign, verifySignature } from '../algorithms/public-key.ts'
import { checkAlgorithmFits, encodeSignatureValue } from '../cms/signature-value.ts'
import type { Certificate } from '../x509/certificate.ts'
import { fromUtf8, toBase64, toBase64Url } from '../bytes/encodings.ts'
import { MAX_CHALLENGE, MIN_CHALLENGE, loginSignedBytes, writeHeader, writePayload } from './format.ts'

export interface PrepareLoginTokenInput {
  /** Serialized origin of the page, as the browser sent it. */
  readonly origin: string
  /** 32 to 128 bytes drawn by the platform's server. */
  readonly challenge: Uint8Array
  readonly certificate: Certificate
  readonly chain?: readonly Certificate[]
  readonly algorithm: SignatureAlgorithm
  readonly time?: Date
}

export interface PreparedLoginToken {
  readonly algorithm: SignatureAlgorithm
  readonly digestAlgorithm: DigestAlgorithm
  readonly toBeSigned: Uint8Array
  readonly digest: Uint8Array
  /** The token. A signature that does not verify throws `token.error` (reason `signature_mismatch`). */
  finish(signature: Uint8Array): string
}

/** Fixes what the key signs for a login: label, origin, challenge, time and certificate. Never a digest from outside. */
export const prepareLoginToken = (input: PrepareLoginTokenInput): PreparedLoginToken => {
  const { algorithm, certificate, challenge, origin } = input
  checkAlgorithmFits(algorithm, certificate)
  if (challenge.length < MIN_CHALLENGE || challenge.length > MAX_CHALLENGE) {
    throw new AppError('request.invalid', { field: 'challenge', length: challenge.length })
  }
  const x5c = [certificate, ...(input.chain ?? [])].map(({ der }) => toBase64(der))
  const time = (input.time ?? new Date()).toISOString()
  const header = toBase64Url(fromUtf8(writeHeader({ alg: algorithm, x5c })))
  const payload = toBase64Url(fromUtf8(writePayload({ origin, challenge: toBase64Url(challenge), time })))
  const toBeSigned = loginSignedBytes(header, payload)
  const digestAlgorithm = digestOf(algorithm)
  return {
    algorithm,
    digestAlgorithm,
    toBeSigned,
    digest: digestToSign(certificate.spki, algorithm, toBeSigned),
    finish: (raw) => {
      const signature = encodeSignatureValue(algorithm, certificate, raw)
      if (!verifySignature(certificate.spki, schemeOf(algorithm), toBeSigned, signature)) {
        throw new AppError('token.error', { reason: 'signature_mismatch' })
      }
      return `${header}.${payload}.${toBase64Url(signature)}`
    },
  }
}
