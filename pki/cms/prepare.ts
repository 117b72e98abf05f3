import { AppError } from '#contract/errors.ts'
import { digestLength, digestOf } from '#contract/keys.ts'
import type { DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import { digest as digestOfBytes } from '../algorithms/digest.ts'
import { digestIdentifier, signatureIdentifier } from '../algorithms/algorithm-identifier.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { oids } from '../algorithms/oids.ts'
import { digestToSign, verifySignature } from '../algorithms/public-key.ts'
import { context, tag } from '../asn1/tags.ts'
import {
  encode,
  explicit,
  octetString,
  oid,
  retag,
  sequence,
  setOf,
  smallInteger,
  withoutDoubles,
} from '../asn1/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { encodeSignedAttributes } from './attributes.ts'
import { checkAlgorithmFits, encodeSignatureValue } from './signature-value.ts'

export interface PrepareSignedDataInput {
  readonly certificate: Certificate
  /** Further certificates to carry, the anchor left out or not as the caller likes. */
  readonly chain?: readonly Certificate[]
  readonly algorithm: SignatureAlgorithm
  /** The message itself, or its digest where only that is at hand (then detached). */
  readonly content: { readonly bytes: Uint8Array; readonly isDetached: boolean } | { readonly digest: Uint8Array }
  /** `pades`: no signing-time attribute (ETSI EN 319 142-1). */
  readonly profile: 'cms' | 'pades'
  readonly signingTime?: Date
}

/** First step of two: what the key is to sign, and how its answer becomes a message. */
export interface PreparedSignedData {
  readonly algorithm: SignatureAlgorithm
  readonly digestAlgorithm: DigestAlgorithm
  /** DER of the signed attributes: hand this to a key that hashes by itself. */
  readonly toBeSigned: Uint8Array
  /** Digest of `toBeSigned`: hand this to a key that signs digests. */
  readonly digest: Uint8Array
  /**
   * Second step: the complete ContentInfo. ECDSA signatures may come as r ‖ s or DER. A signature that does not verify
   * with the certificate's key throws `token.error` (reason `signature_mismatch`) instead of producing a bad message.
   */
  finish(signature: Uint8Array): Uint8Array
}

const contentDigest = (input: PrepareSignedDataInput, digest: DigestAlgorithm): Uint8Array => {
  if ('bytes' in input.content) return digestOfBytes(digest, input.content.bytes)
  const given = input.content.digest
  if (given.length !== digestLength[digest]) {
    throw new AppError('key.digest_length', { expected: digestLength[digest], actual: given.length })
  }
  return given
}

const signerInfo = (input: PrepareSignedDataInput, attributes: Uint8Array, signature: Uint8Array): Uint8Array => {
  const digest = digestOf(input.algorithm)
  return sequence(
    smallInteger(1),
    sequence(input.certificate.issuer.der, encode(tag.integer, input.certificate.serialBytes)),
    digestIdentifier(digest),
    retag(attributes, context.constructed(0)),
    signatureIdentifier(input.algorithm, digest),
    octetString(signature),
  )
}

const contentInfo = (input: PrepareSignedDataInput, signer: Uint8Array): Uint8Array => {
  const certificates = withoutDoubles([input.certificate, ...(input.chain ?? [])].map(({ der }) => der))
  const attached = 'bytes' in input.content && !input.content.isDetached ? input.content.bytes : null
  return sequence(
    oid(oids.signedData),
    explicit(
      0,
      sequence(
        // RFC 5652 §5.1: version 1, since only issuer and serial number, plain data and X.509 certificates occur.
        smallInteger(1),
        setOf(digestIdentifier(digestOf(input.algorithm))),
        sequence(oid(oids.data), ...(attached === null ? [] : [explicit(0, octetString(attached))])),
        retag(setOf(...certificates), context.constructed(0)),
        setOf(signer),
      ),
    ),
  )
}

/**
 * Prepares a SignedData (RFC 5652) with content-type, message-digest, signing-time (`cms` only) and ESS
 * signing-certificate-v2 (RFC 5035). Throws `key.mechanism_unsupported` or `key.digest_length`.
 */
export const prepareSignedData = (input: PrepareSignedDataInput): PreparedSignedData => {
  const { algorithm, certificate } = input
  checkAlgorithmFits(algorithm, certificate)
  const digestAlgorithm = digestOf(algorithm)
  const toBeSigned = encodeSignedAttributes({
    certificate,
    contentType: oids.data,
    digestAlgorithm,
    contentDigest: contentDigest(input, digestAlgorithm),
    signingTime: input.profile === 'pades' ? undefined : (input.signingTime ?? new Date()),
  })
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
      return contentInfo(input, signerInfo(input, toBeSigned, signature))
    },
  }
}

/** Room for the message `prepareSignedData` makes of a detached signature, in bytes; never less than it takes. */
export const estimateSignedDataSize = (certificate: Certificate, chain: readonly Certificate[]): number =>
  [certificate, ...chain].reduce((sum, { der }) => sum + der.length, 0) +
  2 * certificate.issuer.der.length +
  Math.ceil(certificate.key.bits / 4) +
  1024
