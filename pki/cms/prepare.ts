import { AppError } from '#contract/errors.ts'
import { digestLength, digestOf } from '#contract/keys.ts'
import type { DigestAlgorithm } from '#contract/keys.ts'
import { digestIdentifier } from '../algorithms/algorithm-identifier.ts'
import { digest } from '../algorithms/digest.ts'
import type { Certificate } from '../x509/certificate.ts'
import { assembleSignedData, encodeContent } from './assemble.ts'
import { dataTypes } from './oids.ts'
import { dialectOf, prepareBareSigner, prepareSigner } from './signer.ts'
import type { PreparedSignature, SignerInput } from './signer.ts'

/** The content itself, or its digest where only that is at hand (then detached). */
type ContentInput = { readonly bytes: Uint8Array; readonly isDetached: boolean } | { readonly digest: Uint8Array }

export interface PrepareSignedDataInput extends SignerInput {
  /** Further certificates to carry, the anchor left out or not as the caller likes. */
  readonly chain?: readonly Certificate[]
  readonly content: ContentInput
  /** OID. Default: data. */
  readonly contentType?: string
  /** Signs the content itself, which must be data and at hand. */
  readonly hasNoAttributes?: boolean
  /** Default: true. */
  readonly carriesCertificates?: boolean
}

const contentDigest = (content: ContentInput, algorithm: DigestAlgorithm): Uint8Array => {
  if ('bytes' in content) return digest(algorithm, content.bytes)
  if (content.digest.length !== digestLength[algorithm]) {
    throw new AppError('key.digest_length', { expected: digestLength[algorithm], actual: content.digest.length })
  }
  return content.digest
}

const prepareOver = (input: PrepareSignedDataInput, contentType: string): PreparedSignature => {
  const { content } = input
  if (input.hasNoAttributes !== true) {
    return prepareSigner(input, contentType, contentDigest(content, digestOf(input.algorithm)))
  }
  if (!('bytes' in content) || contentType !== dataTypes[dialectOf(input.profile)]) {
    throw new AppError('request.invalid', { field: 'hasNoAttributes' })
  }
  return prepareBareSigner(input, content.bytes)
}

/**
 * Prepares a SignedData of one signer (RFC 5652, or GB/T 35275 with the profile `gm`); `addSigner` puts more to it. Throws
 * `key.mechanism_unsupported` or `key.digest_length`.
 */
export const prepareSignedData = (input: PrepareSignedDataInput): PreparedSignature => {
  const { certificate, chain = [], content } = input
  const dialect = dialectOf(input.profile)
  const contentType = input.contentType ?? dataTypes[dialect]
  const prepared = prepareOver(input, contentType)
  const attached = 'bytes' in content && !content.isDetached ? content.bytes : null
  return {
    ...prepared,
    finish: (signature) =>
      assembleSignedData(
        {
          dialect,
          contentType,
          digestAlgorithms: [digestIdentifier(prepared.digestAlgorithm)],
          certificates: input.carriesCertificates === false ? [] : [certificate, ...chain].map(({ der }) => der),
          crls: [],
          signers: [prepared.finish(signature)],
        },
        encodeContent(contentType, attached),
      ),
  }
}

/** Room for the message `prepareSignedData` makes of a detached signature, in bytes; never less than it takes. */
export const estimateSignedDataSize = (certificate: Certificate, chain: readonly Certificate[]): number =>
  [certificate, ...chain].reduce((sum, { der }) => sum + der.length, 0) +
  2 * certificate.issuer.der.length +
  Math.ceil(certificate.key.bits / 4) +
  1024
