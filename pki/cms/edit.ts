import { AppError } from '#contract/errors.ts'
import { digestOf } from '#contract/keys.ts'
import { digestIdentifier } from '../algorithms/algorithm-identifier.ts'
import { digest } from '../algorithms/digest.ts'
import { orAppError } from '../asn1/error.ts'
import { children, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { encode, oid, retag, sequence, setOf } from '../asn1/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { assembleSignedData } from './assemble.ts'
import type { SignedDataParts } from './assemble.ts'
import { encodeAttribute, readAttributes } from './attributes.ts'
import type { Attribute } from './attributes.ts'
import { contentOf } from './content.ts'
import type { ContentOptions } from './content.ts'
import { cmsOids } from './oids.ts'
import { parseSignedData } from './signed-data.ts'
import type { SignedData } from './signed-data.ts'
import { dialectOf, prepareSigner } from './signer.ts'
import type { PreparedSignature, SignerInput } from './signer.ts'
import { counterSignaturesOf } from './verify-signer.ts'

/**
 * Additions to a message that is signed already. Everything in it is kept byte for byte but for lengths, so that all its
 * signatures go on to hold.
 */
const withParts = (message: SignedData, change: (parts: SignedDataParts) => Partial<SignedDataParts>): Uint8Array => {
  const parts: SignedDataParts = {
    dialect: message.dialect,
    contentType: message.contentType,
    digestAlgorithms: message.digestAlgorithms.map(({ der }) => der),
    certificates: message.certificateChoices,
    crls: message.revocationChoices,
    signers: message.signers.map(({ der }) => der),
  }
  return assembleSignedData({ ...parts, ...change(parts) }, [message.encapsulated])
}

const ders = (certificates: readonly Certificate[]): Uint8Array[] => certificates.map(({ der }) => der)

/**
 * Prepares a further signer beside those of a message. A detached one needs its content, or that one's digest. Throws
 * `request.invalid` (field `profile` or `content`) where they do not fit the message.
 */
export const addSigner = (
  encoded: Uint8Array,
  input: SignerInput & ContentOptions & { readonly chain?: readonly Certificate[] },
): PreparedSignature => {
  const message = parseSignedData(encoded)
  if (dialectOf(input.profile) !== message.dialect) throw new AppError('request.invalid', { field: 'profile' })
  const content = contentOf(message, input)
  const algorithm = digestOf(input.algorithm)
  const value = content.digest(algorithm)
  if (value === undefined || content.agreement(algorithm) !== 'same') {
    throw new AppError('request.invalid', { field: 'content' })
  }
  const prepared = prepareSigner(input, message.contentType, value)
  return {
    ...prepared,
    finish: (signature) =>
      withParts(message, ({ digestAlgorithms, certificates, signers }) => ({
        digestAlgorithms: [...digestAlgorithms, digestIdentifier(algorithm)],
        certificates: [...certificates, ...ders([input.certificate, ...(input.chain ?? [])])],
        signers: [...signers, prepared.finish(signature)],
      })),
  }
}

/** Certificates and revocation material, as for long-term validation (ETSI EN 319 122-1 §5.5.3). */
export const addValidationData = (
  encoded: Uint8Array,
  added: {
    readonly certificates?: readonly Certificate[]
    /** CertificateLists, DER. */
    readonly crls?: readonly Uint8Array[]
    /** OCSPResponses, DER. */
    readonly ocspResponses?: readonly Uint8Array[]
  },
): Uint8Array =>
  withParts(parseSignedData(encoded), ({ certificates, crls }) => ({
    certificates: [...certificates, ...ders(added.certificates ?? [])],
    crls: [
      ...crls,
      ...(added.crls ?? []),
      ...(added.ocspResponses ?? []).map((response) =>
        encode(context.constructed(1), oid(cmsOids.ocspResponse), response),
      ),
    ],
  }))

/** Rebuilds a SignerInfo around other unsigned attributes; what stands before them is copied. */
const withUnsignedAttributes = (
  signer: Uint8Array,
  change: (attributes: readonly Attribute[]) => readonly Uint8Array[],
): Uint8Array => {
  const items = children(expectTag(readDer(signer), tag.sequence))
  const unsigned = items.find((item) => item.tag === context.constructed(1))
  const attributes = change(unsigned === undefined ? [] : readAttributes(unsigned))
  const signed = items.filter((item) => item !== unsigned).map(encodedBytes)
  return sequence(...signed, retag(setOf(...attributes), context.constructed(1)))
}

/**
 * A signer by its place among the message's, or a counter-signature by its places: [0, 1] is the second counter-signature of
 * the first signer.
 */
export type SignerPlace = readonly [number, ...number[]]

const noSuchSigner = (): AppError => new AppError('request.invalid', { field: 'signer' })

const addAt = (signer: Uint8Array, [place, ...rest]: readonly number[], added: Uint8Array): Uint8Array => {
  let seen = 0
  const changed = withUnsignedAttributes(signer, (attributes) => {
    if (place === undefined) return [...attributes.map(({ der }) => der), added]
    return attributes.map(({ type, values, der }) => {
      if (type !== cmsOids.counterSignature) return der
      const counters = children(values).map(encodedBytes)
      return encodeAttribute(
        type,
        ...counters.map((counter) => (seen++ === place ? addAt(counter, rest, added) : counter)),
      )
    })
  })
  if (place !== undefined && seen <= place) throw noSuchSigner()
  return changed
}

const addToSigner = (message: SignedData, place: SignerPlace, added: Uint8Array, chain: readonly Certificate[]) =>
  orAppError('signature.malformed', () =>
    withParts(message, ({ signers, certificates }) => {
      const [index, ...path] = place
      const signer = signers[index]
      if (signer === undefined) throw noSuchSigner()
      return {
        certificates: [...certificates, ...ders(chain)],
        signers: signers.with(index, addAt(signer, path, added)),
      }
    }),
  )

/** Puts an unsigned attribute, encoded, to a signer. Throws `request.invalid` (field `signer`) where there is none. */
export const addUnsignedAttribute = (encoded: Uint8Array, place: SignerPlace, attribute: Uint8Array): Uint8Array =>
  addToSigner(parseSignedData(encoded), place, attribute, [])

const signatureAt = (message: SignedData, [index, ...path]: SignerPlace): Uint8Array => {
  let signer = message.signers[index]
  for (const place of path) signer = signer === undefined ? undefined : counterSignaturesOf(signer)[place]
  if (signer === undefined) throw noSuchSigner()
  return signer.signature
}

/** Prepares a counter-signature (RFC 5652 §11.4) over the signature value of a signer or of another counter-signature. */
export const prepareCounterSignature = (
  encoded: Uint8Array,
  place: SignerPlace,
  input: SignerInput & { readonly chain?: readonly Certificate[] },
): PreparedSignature => {
  const message = parseSignedData(encoded)
  const signature = orAppError('signature.malformed', () => signatureAt(message, place))
  const prepared = prepareSigner(input, null, digest(digestOf(input.algorithm), signature))
  return {
    ...prepared,
    finish: (value) => {
      const attribute = encodeAttribute(cmsOids.counterSignature, prepared.finish(value))
      return addToSigner(message, place, attribute, [input.certificate, ...(input.chain ?? [])])
    },
  }
}
