import type { DigestAlgorithm } from '#contract/keys.ts'
import { acceptedDigest } from '../algorithms/algorithm-identifier.ts'
import { orAppError } from '../asn1/error.ts'
import { contentOf } from './content.ts'
import type { ContentOptions } from './content.ts'
import { parseSignedData } from './signed-data.ts'
import type { SignedData, SignerInfo } from './signed-data.ts'
import type { TrustOptions } from './trust.ts'
import { createSignerBudget, verifySigner } from './verify-signer.ts'
import type { SignerReport } from './verify-signer.ts'

export interface SignedDataReport {
  /** Every signer's signature holds and is trusted, and there is at least one. */
  readonly isValid: boolean
  readonly isDetached: boolean
  /** null: detached, or handed on by a stream. */
  readonly content: Uint8Array | null
  readonly signers: readonly SignerReport[]
}

export interface VerifySignedDataOptions extends TrustOptions, ContentOptions {
  /** Another moment and other material for the path of a signer, such as its time-stamp gives. */
  readonly trustOf?: (signer: SignerInfo) => TrustOptions
  readonly allowPadding?: boolean
}

/** Digest algorithms the signers of a message need over its content. */
export const neededDigests = (message: SignedData): DigestAlgorithm[] => [
  ...new Set(message.signers.flatMap((signer) => acceptedDigest(signer.digestAlgorithm.oid) ?? [])),
]

export const verifyParsedSignedData = (message: SignedData, options: VerifySignedDataOptions): SignedDataReport => {
  const { content: given, contentDigest, trustOf, allowPadding: _, ...trust } = options
  const content = contentOf(message, {
    ...(given === undefined ? {} : { content: given }),
    ...(contentDigest === undefined ? {} : { contentDigest }),
  })
  const budget = createSignerBudget()
  const { dialect, contentType, certificates: carried } = message
  const paths = message.signers.length
  const signers = message.signers.map((signer) => {
    return orAppError('signature.malformed', () =>
      verifySigner(signer, {
        dialect,
        contentType,
        content,
        carried,
        trust: trustOf?.(signer) ?? trust,
        budget,
        paths,
      }),
    )
  })
  return {
    isValid: signers.length > 0 && signers.every(({ isValid }) => isValid),
    isDetached: message.content === null,
    content: message.content,
    signers,
  }
}

/**
 * Verifies a SignedData (RFC 5652 §5.6, GB/T 35275): content digest, signature, ESS certificate reference, key usage and the
 * path to an anchor, for each signer. Nothing passes because a check could not be made. Throws `signature.malformed` or
 * `certificate.malformed` for what cannot be read.
 */
export const verifySignedData = (der: Uint8Array, options: VerifySignedDataOptions): SignedDataReport =>
  verifyParsedSignedData(parseSignedData(der, options.allowPadding === true ? { allowPadding: true } : {}), options)
