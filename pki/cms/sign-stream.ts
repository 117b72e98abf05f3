import { digestOf } from '#contract/keys.ts'
import type { DigestAlgorithm } from '#contract/keys.ts'
import { digestIdentifier } from '../algorithms/algorithm-identifier.ts'
import { createDigest } from '../algorithms/digest.ts'
import { beginIndefinite, endOfContents, octetStringPieces } from '../asn1/ber-writer.ts'
import { context, tag } from '../asn1/tags.ts'
import { oid } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import type { Hash } from '../platform/types.ts'
import type { Certificate } from '../x509/certificate.ts'
import { encodeHead, encodeTail } from './assemble.ts'
import { dataTypes, signedDataTypes } from './oids.ts'
import { dialectOf, prepareSigner } from './signer.ts'
import type { PreparedSignature, SignatureProfile, SignerInput } from './signer.ts'

export interface StreamSigner extends Omit<SignerInput, 'profile'> {
  readonly chain?: readonly Certificate[]
  /** The key: signs `toBeSigned`, or its `digest`. Asked when the content has passed. */
  readonly sign: (prepared: Omit<PreparedSignature, 'finish'>) => Promise<Uint8Array>
}

export interface SignStreamInput {
  readonly content: AsyncIterable<Uint8Array>
  readonly profile: SignatureProfile
  readonly signers: readonly StreamSigner[]
  /** The content is only digested. */
  readonly isDetached?: boolean
}

const CONSTRUCTED_OCTET_STRING = 0x24

const head = ({ profile, signers, isDetached }: SignStreamInput): Uint8Array => {
  const dialect = dialectOf(profile)
  const certificates = signers.flatMap(({ certificate, chain = [] }) => [
    certificate.der,
    ...chain.map(({ der }) => der),
  ])
  const digestAlgorithms = signers.map(({ algorithm }) => digestIdentifier(digestOf(algorithm)))
  const contentType = dataTypes[dialect]
  const hasKeyIdentifier = signers.some(({ namedBy }) => namedBy === 'key_identifier')
  return concat(
    beginIndefinite(tag.sequence),
    oid(signedDataTypes[dialect]),
    beginIndefinite(context.constructed(0)),
    beginIndefinite(tag.sequence),
    ...encodeHead({ dialect, contentType, certificates, crls: [], digestAlgorithms }, hasKeyIdentifier),
    beginIndefinite(tag.sequence),
    oid(contentType),
    ...(isDetached === true
      ? []
      : [beginIndefinite(context.constructed(0)), beginIndefinite(CONSTRUCTED_OCTET_STRING)]),
  )
}

const tail = async (
  { profile, signers }: SignStreamInput,
  digests: ReadonlyMap<DigestAlgorithm, Uint8Array>,
): Promise<Uint8Array[]> => {
  const infos = await Promise.all(
    signers.map(async (signer) => {
      const digest = digests.get(digestOf(signer.algorithm)) ?? new Uint8Array(0)
      const prepared = prepareSigner({ ...signer, profile }, dataTypes[dialectOf(profile)], digest)
      return prepared.finish(await signer.sign(prepared))
    }),
  )
  const certificates = signers.flatMap(({ certificate, chain = [] }) => [
    certificate.der,
    ...chain.map(({ der }) => der),
  ])
  return encodeTail({ certificates, crls: [], signers: infos })
}

/**
 * A SignedData over content of any size, in pieces as they become known: lengths are indefinite, the keys sign when the
 * content has passed, and nothing of it is held. Content chunks are handed on uncopied. What was produced is no message until
 * the end; errors of the keys end it before.
 */
export async function* signStream(input: SignStreamInput): AsyncGenerator<Uint8Array, void> {
  const hashes = new Map<DigestAlgorithm, Hash>(
    input.signers.map(({ algorithm }) => [digestOf(algorithm), createDigest(digestOf(algorithm))]),
  )
  const digested = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of input.content) {
      for (const hash of hashes.values()) hash.update(chunk)
      yield chunk
    }
  }
  const isDetached = input.isDetached === true
  yield head(input)
  if (isDetached) for await (const _ of digested());
  else yield* octetStringPieces(digested())
  const digests = new Map([...hashes].map(([algorithm, hash]) => [algorithm, hash.digest()]))
  // End of the octet string, of eContent and of encapContentInfo; of SignedData, content and ContentInfo.
  yield concat(endOfContents(isDetached ? 1 : 3), ...(await tail(input, digests)), endOfContents(3))
}
