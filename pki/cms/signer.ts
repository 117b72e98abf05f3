import { AppError } from '#contract/errors.ts'
import { digestOf } from '#contract/keys.ts'
import type { DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import { digestIdentifier, signatureIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { digestToSign, verifySignature } from '../algorithms/public-key.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { context, tag } from '../asn1/tags.ts'
import { fromHex } from '../bytes/encodings.ts'
import { encode, octetString, oid, retag, sequence, smallInteger } from '../asn1/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { encodeSignedAttributes } from './attributes.ts'
import type { Dialect } from './oids.ts'
import { checkAlgorithmFits, encodeSignatureValue } from './signature-value.ts'
import { signingCertificateV2 } from './signing-certificate.ts'

/**
 * What a signer states. `cms`: RFC 5652 with content-type, message-digest, signing-time and ESS signing-certificate-v2, the
 * attributes of CAdES-B. `pades`: the same without signing-time (ETSI EN 319 142-1). `gm`: GB/T 35275 with content-type,
 * message-digest and signing-time.
 */
export type SignatureProfile = 'cms' | 'pades' | 'gm'

export const dialectOf = (profile: SignatureProfile): Dialect => (profile === 'gm' ? 'gb35275' : 'rfc5652')

export interface SignerInput {
  readonly certificate: Certificate
  readonly algorithm: SignatureAlgorithm
  readonly profile: SignatureProfile
  /** Default: now. */
  readonly signingTime?: Date
  /** How the certificate is named. Default: by issuer and serial number, the only way of GB/T 35275. */
  readonly namedBy?: 'issuer_and_serial' | 'key_identifier'
  /** Further signed attributes, encoded. */
  readonly attributes?: readonly Uint8Array[]
}

/** First step of two: what the key is to sign, and how its answer becomes a message. */
export interface PreparedSignature {
  readonly algorithm: SignatureAlgorithm
  readonly digestAlgorithm: DigestAlgorithm
  /** DER of the signed attributes (the content where there are none): hand this to a key that hashes by itself. */
  readonly toBeSigned: Uint8Array
  /** Digest of `toBeSigned`, for SM2 with Z in front: hand this to a key that signs digests. */
  readonly digest: Uint8Array
  /**
   * Second step: the complete encoding. ECDSA and SM2 signatures may come as r ‖ s or DER. A signature that does not verify
   * with the certificate's key throws `token.error` (reason `signature_mismatch`) instead of producing a bad message.
   */
  finish(signature: Uint8Array): Uint8Array
}

const identifierOf = ({ certificate, namedBy, profile }: SignerInput): Uint8Array => {
  if (namedBy !== 'key_identifier') {
    return sequence(certificate.issuer.der, encode(tag.integer, certificate.serialBytes))
  }
  if (profile === 'gm' || certificate.subjectKeyIdentifier === null) {
    throw new AppError('request.invalid', { field: 'namedBy' })
  }
  return encode(context.primitive(0), fromHex(certificate.subjectKeyIdentifier))
}

/** GB/T 35275 names SM2 by the algorithm of the key (digestEncryptionAlgorithm 1.2.156.10197.1.301.1). */
const algorithmIdentifier = (algorithm: SignatureAlgorithm, profile: SignatureProfile): Uint8Array =>
  profile === 'gm' && algorithm === 'sm2-sm3'
    ? sequence(oid(oids.sm2Sign))
    : signatureIdentifier(algorithm, digestOf(algorithm))

const prepare = (input: SignerInput, attributes: Uint8Array | null, toBeSigned: Uint8Array): PreparedSignature => {
  const { algorithm, certificate, profile } = input
  const digestAlgorithm = digestOf(algorithm)
  const identifier = identifierOf(input)
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
      return sequence(
        smallInteger(input.namedBy === 'key_identifier' ? 3 : 1),
        identifier,
        digestIdentifier(digestAlgorithm),
        ...(attributes === null ? [] : [retag(attributes, context.constructed(0))]),
        algorithmIdentifier(algorithm, profile),
        octetString(signature),
      )
    },
  }
}

/**
 * Prepares one SignerInfo (RFC 5652 §5.3) over a digest of the content; `contentType` null for a counter-signature. Throws
 * `key.mechanism_unsupported` before the key is asked for anything.
 */
export const prepareSigner = (
  input: SignerInput,
  contentType: string | null,
  contentDigest: Uint8Array,
): PreparedSignature => {
  const { algorithm, certificate, profile } = input
  checkAlgorithmFits(algorithm, certificate)
  const attributes = encodeSignedAttributes({
    contentType,
    contentDigest,
    signingTime: profile === 'pades' ? null : (input.signingTime ?? new Date()),
    others: [
      ...(profile === 'gm' ? [] : [signingCertificateV2(certificate, digestOf(algorithm))]),
      ...(input.attributes ?? []),
    ],
  })
  return prepare(input, attributes, attributes)
}

/** The same without attributes: the content itself is signed. Only for data (RFC 5652 §5.3). */
export const prepareBareSigner = (input: SignerInput, content: Uint8Array): PreparedSignature => {
  checkAlgorithmFits(input.algorithm, input.certificate)
  return prepare(input, null, content)
}
