import type { DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import { digest as digestOfBytes } from '../algorithms/digest.ts'
import { acceptedDigest, readSignatureScheme } from '../algorithms/algorithm-identifier.ts'
import { signatureAlgorithmOf } from '../algorithms/signature-scheme.ts'
import { oids } from '../algorithms/oids.ts'
import { MIN_RSA_BITS, verifySignature } from '../algorithms/public-key.ts'
import { orAppError } from '../asn1/error.ts'
import { bytesEqual } from '../asn1/values.ts'
import type { Certificate } from '../x509/certificate.ts'
import { buildChain } from '../x509/chain.ts'
import type { ChainReport } from '../x509/chain.ts'
import { matchSigningCertificate } from './attributes.ts'
import { findSigner, parseSignedData } from './signed-data.ts'
import type { SignedData, SignerInfo } from './signed-data.ts'

/** Why a signer's signature does not hold. Empty list in a report: it does. */
export type SignerProblem =
  | 'certificate_missing'
  | 'algorithm_unsupported'
  | 'content_missing'
  | 'content_type_mismatch'
  | 'digest_mismatch'
  | 'signature_mismatch'
  | 'signing_certificate_mismatch'
  | 'key_usage'
  | 'key_too_short'
  | 'chain_invalid'

export interface SignerReport {
  readonly isValid: boolean
  readonly problems: readonly SignerProblem[]
  readonly certificate: Certificate | null
  readonly algorithm: SignatureAlgorithm | null
  readonly digestAlgorithm: DigestAlgorithm | null
  /** As claimed by the signer, under the signature. */
  readonly signingTime: Date | null
  /** null where the signer's certificate is missing. Revocation is kept apart inside. */
  readonly chain: ChainReport | null
}

export interface SignedDataReport {
  /** Every signer's signature holds, and there is at least one. */
  readonly isValid: boolean
  readonly isDetached: boolean
  readonly content: Uint8Array | null
  readonly signers: readonly SignerReport[]
}

export interface VerifySignedDataOptions {
  /** For detached messages: the content, or its digest by algorithm. Ignored for attached ones. */
  readonly content?: Uint8Array
  readonly contentDigest?: (algorithm: DigestAlgorithm) => Uint8Array | undefined
  readonly anchors: readonly Certificate[]
  /** Certificates beyond those in the message. */
  readonly intermediates?: readonly Certificate[]
  /** Time the chain is checked for. Default: now. */
  readonly at?: Date
  readonly allowPadding?: boolean
}

/** Digest algorithms the signers of a message need over its content. */
export const neededDigests = (message: SignedData): DigestAlgorithm[] => [
  ...new Set(message.signers.flatMap((signer) => acceptedDigest(signer.digestAlgorithm.oid) ?? [])),
]

const checkContent = (
  message: SignedData,
  signer: SignerInfo,
  digest: DigestAlgorithm,
  options: VerifySignedDataOptions,
): SignerProblem[] => {
  // RFC 5652 §5.3: attributes may be left out only for plain data.
  if (signer.attributes === null) return message.contentType === oids.data ? [] : ['content_type_mismatch']
  // RFC 5652 §5.6 and §11.1: the attributes stand in for the content, so both must be there and agree with it.
  const problems: SignerProblem[] = []
  if (signer.attributes.contentType !== message.contentType) problems.push('content_type_mismatch')
  const content = message.content ?? options.content
  const actual = content === undefined ? options.contentDigest?.(digest) : digestOfBytes(digest, content)
  if (actual === undefined) return [...problems, 'content_missing']
  const stated = signer.attributes.messageDigest
  if (stated === null || !bytesEqual(stated, actual)) problems.push('digest_mismatch')
  return problems
}

/** RFC 5280 §4.2.1.3: digitalSignature or nonRepudiation, where the extension is there at all. */
const allowsSigning = ({ keyUsage }: Certificate): boolean =>
  keyUsage === null || keyUsage.includes('digitalSignature') || keyUsage.includes('nonRepudiation')

const verifySigner = (message: SignedData, signer: SignerInfo, options: VerifySignedDataOptions): SignerReport => {
  const pool = [...message.certificates, ...(options.intermediates ?? [])]
  const certificate = findSigner(signer.identifier, [...pool, ...options.anchors]) ?? null
  const digestAlgorithm = acceptedDigest(signer.digestAlgorithm.oid) ?? null
  const scheme = digestAlgorithm === null ? undefined : readSignatureScheme(signer.signatureAlgorithm, digestAlgorithm)
  const problems: SignerProblem[] = []
  if (digestAlgorithm === null || scheme?.digest !== digestAlgorithm) problems.push('algorithm_unsupported')
  else problems.push(...checkContent(message, signer, digestAlgorithm, options))
  const chain =
    certificate === null
      ? null
      : buildChain(certificate, pool, options.anchors, options.at === undefined ? {} : { at: options.at })
  if (certificate === null) problems.push('certificate_missing')
  else {
    const signed = signer.signedBytes ?? message.content ?? options.content
    if (signed === undefined) problems.push('content_missing')
    else if (scheme !== undefined && !verifySignature(certificate.spki, scheme, signed, signer.signature)) {
      problems.push('signature_mismatch')
    }
    if (signer.attributes !== null && matchSigningCertificate(signer.attributes, certificate) === 'mismatch') {
      problems.push('signing_certificate_mismatch')
    }
    if (!allowsSigning(certificate)) problems.push('key_usage')
    if (certificate.key.type === 'rsa' && certificate.key.bits < MIN_RSA_BITS) problems.push('key_too_short')
    if (chain?.isValid !== true) problems.push('chain_invalid')
  }
  return {
    isValid: problems.length === 0,
    problems,
    certificate,
    algorithm: scheme === undefined ? null : signatureAlgorithmOf(scheme),
    digestAlgorithm,
    signingTime: signer.attributes?.signingTime ?? null,
    chain,
  }
}

export const verifyParsedSignedData = (message: SignedData, options: VerifySignedDataOptions): SignedDataReport => {
  const signers = message.signers.map((signer) =>
    orAppError('signature.malformed', () => verifySigner(message, signer, options)),
  )
  return {
    isValid: signers.length > 0 && signers.every(({ isValid }) => isValid),
    isDetached: message.content === null,
    content: message.content,
    signers,
  }
}

/**
 * Verifies a SignedData (RFC 5652 §5.6): content digest, signature, ESS certificate reference, key usage and the path to
 * an anchor, for each signer. Nothing passes because a check could not be made. Throws `signature.malformed` or
 * `certificate.malformed` for what cannot be read.
 */
export const verifySignedData = (der: Uint8Array, options: VerifySignedDataOptions): SignedDataReport =>
  verifyParsedSignedData(parseSignedData(der, options.allowPadding === true ? { allowPadding: true } : {}), options)
