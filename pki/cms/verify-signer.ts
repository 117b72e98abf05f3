import type { DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import { acceptedDigest, readSignatureScheme } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { MIN_RSA_BITS, verifySignature } from '../algorithms/public-key.ts'
import { signatureAlgorithmOf } from '../algorithms/signature-scheme.ts'
import type { AcceptedScheme } from '../algorithms/signature-scheme.ts'
import { digest } from '../algorithms/digest.ts'
import { Asn1Error } from '../asn1/error.ts'
import { children, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import type { Certificate } from '../x509/certificate.ts'
import { costOf } from '../path/signatures.ts'
import type { PathReport } from '../path/types.ts'
import { readSignedAttributes } from './attributes.ts'
import type { SignedContent } from './content.ts'
import { cmsOids } from './oids.ts'
import type { Dialect } from './oids.ts'
import { findSigners, readSignerInfo } from './signed-data.ts'
import type { SignerInfo } from './signed-data.ts'
import { trustProblems } from './signer-problems.ts'
import type { SignerNote, SignerProblem } from './signer-problems.ts'
import { matchSigningCertificate } from './signing-certificate.ts'
import { sharedTrust } from './shared-trust.ts'
import { checkPath } from './trust.ts'
import type { TrustOptions } from './trust.ts'

export interface SignerReport {
  /** No problems: the signature holds and its signer is trusted. */
  readonly isValid: boolean
  /** The signature decision alone: made over this content by the key of this certificate. */
  readonly isSignatureValid: boolean
  readonly problems: readonly SignerProblem[]
  readonly notes: readonly SignerNote[]
  readonly certificate: Certificate | null
  readonly algorithm: SignatureAlgorithm | null
  readonly digestAlgorithm: DigestAlgorithm | null
  /** As claimed by the signer, under the signature. */
  readonly signingTime: Date | null
  /** The trust decision; null where the signer's certificate is missing. Revocation is kept apart inside. */
  readonly chain: PathReport | null
  /** Reported apart: anybody can add them (RFC 5652 §11.4). */
  readonly counterSignatures: readonly SignerReport[]
}

interface SignerBudget {
  /** Counter-signatures to look at. */
  left: number
  /** Signature checks, counted as those of paths are; below zero: one was refused. */
  work: number
}

export interface SignerContext {
  readonly dialect: Dialect
  /** null: what is signed is a signature value. */
  readonly contentType: string | null
  readonly content: SignedContent
  readonly carried: readonly Certificate[]
  readonly trust: TrustOptions
  /** What may still be done for this message. */
  readonly budget: SignerBudget
  /** Paths of this message that share the cost of a few. */
  readonly paths: number
}

const MAX_DEPTH = 4
const MAX_COUNTER_SIGNATURES = 64
/** A dozen checks of the longest RSA keys with the longest exponents; hundreds of ECDSA, thousands of common RSA. */
const MAX_SIGNATURE_WORK = 2500

export const createSignerBudget = (): SignerBudget => ({ left: MAX_COUNTER_SIGNATURES, work: MAX_SIGNATURE_WORK })

const isData = (type: string | null): boolean => type === oids.data || type === oids.gmData

/** GB/T 35275 in the field: inner type and attribute name the same thing by different object identifiers. */
const checkContentType = (signer: SignerInfo, context: SignerContext): SignerProblem | SignerNote | null => {
  const { contentType, dialect } = context
  // RFC 5652 §5.3: attributes may be left out only for plain data.
  if (signer.attributes === null) return contentType === null || isData(contentType) ? null : 'content_type_mismatch'
  const stated = signer.attributes.contentType
  if (stated === contentType) return null
  return dialect === 'gb35275' && isData(stated) && isData(contentType)
    ? 'content_type_spelling'
    : 'content_type_mismatch'
}

/**
 * The signature over a message's attributes is also one over content without attributes that happens to be their encoding:
 * whoever drops the attributes and puts them in the place of the content makes a message that was never signed.
 */
const areSignedAttributes = (content: Uint8Array): boolean => {
  if (content[0] !== tag.set) return false
  try {
    const { contentType, messageDigest } = readSignedAttributes(readDer(content))
    return contentType !== null || messageDigest !== null
  } catch (error) {
    if (error instanceof Asn1Error) return false
    throw error
  }
}

const checkContent = (signer: SignerInfo, algorithm: DigestAlgorithm, context: SignerContext): SignerProblem[] => {
  const agreement = context.content.agreement(algorithm)
  if (agreement === 'unknown') return ['content_missing']
  // The digest for content is met without attributes alone: with them it may be 32 bytes that a page had somebody sign.
  if (agreement === 'differs' || (agreement === 'hash' && signer.attributes !== null)) return ['content_differs']
  if (signer.attributes === null) {
    const { bytes } = context.content
    if (bytes === undefined) return ['content_missing']
    return context.contentType !== null && areSignedAttributes(bytes) ? ['attributes_as_content'] : []
  }
  // RFC 5652 §5.6 and §11.2: the attributes stand in for the content, so its digest must be there and be right.
  const actual = context.content.digest(algorithm)
  if (actual === undefined) return ['content_missing']
  const stated = signer.attributes.messageDigest
  return stated !== null && bytesEqual(stated, actual) ? [] : ['digest_mismatch']
}

/** RFC 5280 §4.2.1.3: digitalSignature or nonRepudiation, where the extension is there at all. */
const allowsSigning = ({ keyUsage }: Certificate): boolean =>
  keyUsage === null || keyUsage.includes('digitalSignature') || keyUsage.includes('nonRepudiation')

const verifies = (
  signer: SignerInfo,
  scheme: AcceptedScheme | undefined,
  { content, budget }: SignerContext,
  certificate: Certificate,
): boolean => {
  const signed = signer.signedBytes ?? content.bytes
  if (signed === undefined || scheme === undefined) return false
  budget.work -= costOf(certificate)
  return budget.work >= 0 && verifySignature(certificate.spki, scheme, signed, signer.signature)
}

const checkCertificate = (signer: SignerInfo, certificate: Certificate, chain: PathReport): SignerProblem[] => {
  const isOther = signer.attributes !== null && matchSigningCertificate(signer.attributes, certificate) === 'mismatch'
  const isShort = certificate.key.type === 'rsa' && certificate.key.bits < MIN_RSA_BITS
  return [
    ...(isOther ? (['signing_certificate_mismatch'] as const) : []),
    ...(allowsSigning(certificate) ? [] : (['key_usage'] as const)),
    ...(isShort ? (['key_too_short'] as const) : []),
    ...(chain.isValid ? [] : (['chain_invalid'] as const)),
  ]
}

const beyondLimit: SignerReport = {
  isValid: false,
  isSignatureValid: false,
  problems: ['limit_exceeded'],
  notes: [],
  certificate: null,
  algorithm: null,
  digestAlgorithm: null,
  signingTime: null,
  chain: null,
  counterSignatures: [],
}

/** The SignerInfos of a signer's counter-signatures, in order. */
export const counterSignaturesOf = ({ unsignedAttributes }: SignerInfo): SignerInfo[] =>
  unsignedAttributes
    .filter(({ type }) => type === cmsOids.counterSignature)
    .flatMap(({ values }) => children(values).map(readSignerInfo))

const verifyCounterSignatures = (signer: SignerInfo, context: SignerContext, depth: number): SignerReport[] => {
  const { signature } = signer
  const known = new Map<DigestAlgorithm, Uint8Array>()
  const content: SignedContent = {
    bytes: signature,
    agreement: () => 'same',
    digest: (algorithm) => {
      const value = known.get(algorithm) ?? digest(algorithm, signature)
      known.set(algorithm, value)
      return value
    },
  }
  if (!signer.unsignedAttributes.some(({ type }) => type === cmsOids.counterSignature)) return []
  if (depth >= MAX_DEPTH) return [beyondLimit]
  return counterSignaturesOf(signer).map((counter) =>
    context.budget.left-- > 0
      ? verifySigner(counter, { ...context, contentType: null, content, paths: MAX_COUNTER_SIGNATURES }, depth + 1)
      : beyondLimit,
  )
}

/** Several certificates may carry the name and number of the signer: the one whose key it was counts, wherever it stands. */
const chooseCertificate = (
  signer: SignerInfo,
  scheme: AcceptedScheme | undefined,
  context: SignerContext,
): { certificate: Certificate | null; isSigned: boolean } => {
  const { anchors, intermediates = [] } = context.trust
  const named = findSigners(signer.identifier, [...context.carried, ...intermediates, ...anchors])
  const signed = named.find((certificate) => verifies(signer, scheme, context, certificate))
  return { certificate: signed ?? named[0] ?? null, isSigned: signed !== undefined }
}

/** Content digest, signature, ESS certificate reference, key usage and path of one SignerInfo, and its counter-signatures. */
export const verifySigner = (signer: SignerInfo, context: SignerContext, depth = 0): SignerReport => {
  const digestAlgorithm = acceptedDigest(signer.digestAlgorithm.oid) ?? null
  const scheme = digestAlgorithm === null ? undefined : readSignatureScheme(signer.signatureAlgorithm, digestAlgorithm)
  const isSupported = digestAlgorithm !== null && scheme?.digest === digestAlgorithm
  const problems: SignerProblem[] = isSupported
    ? checkContent(signer, digestAlgorithm, context)
    : ['algorithm_unsupported']
  const notes: SignerNote[] = []
  const type = checkContentType(signer, context)
  if (type === 'content_type_spelling') notes.push(type)
  else if (type === 'content_type_mismatch') problems.push(type)
  const isDigest = isSupported && context.content.agreement(digestAlgorithm) === 'hash'
  if (isDigest && signer.attributes === null) notes.push('content_is_digest')
  if (scheme?.kind === 'sm2' && signer.signature.length === 64) notes.push('raw_signature')
  if (signer.attributes?.hasUnreadableTime === true) notes.push('signing_time_unreadable')
  const { certificate, isSigned } = chooseCertificate(signer, isSupported ? scheme : undefined, context)
  const chain =
    certificate === null ? null : checkPath(certificate, context.carried, sharedTrust(context.trust, context.paths))
  if (certificate === null) problems.push('certificate_missing')
  // What cannot be checked is named by another problem already.
  else if (!isSigned && isSupported && !problems.includes('content_missing')) {
    problems.push(context.budget.work < 0 ? 'limit_exceeded' : 'signature_mismatch')
  }
  if (certificate !== null && chain !== null) problems.push(...checkCertificate(signer, certificate, chain))
  return {
    isValid: problems.length === 0,
    isSignatureValid: problems.every((problem) => trustProblems.has(problem)),
    problems,
    notes,
    certificate,
    algorithm: scheme === undefined ? null : signatureAlgorithmOf(scheme),
    digestAlgorithm,
    signingTime: signer.attributes?.signingTime ?? null,
    chain,
    counterSignatures: verifyCounterSignatures(signer, context, depth),
  }
}
