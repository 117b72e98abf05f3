import { oids } from '../algorithms/oids.ts'
import { context, tag } from '../asn1/tags.ts'
import { header, oid, retag, setOf, smallInteger, withoutDoubles } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { signedDataTypes } from './oids.ts'
import type { Dialect } from './oids.ts'

/** A SignedData as the encodings it consists of: they are put together and never encoded again. */
export interface SignedDataParts {
  readonly dialect: Dialect
  readonly contentType: string
  /** AlgorithmIdentifiers. */
  readonly digestAlgorithms: readonly Uint8Array[]
  /** CertificateChoices and RevocationInfoChoices (RFC 5652 §10.2). */
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  /** SignerInfos in the order in which they were added, so that a signer keeps its place. */
  readonly signers: readonly Uint8Array[]
}

/** An element whose parts are joined later, once: content may be large. */
const wrap = (identifier: number, parts: readonly Uint8Array[]): Uint8Array[] => [
  header(
    identifier,
    parts.reduce((sum, { length }) => sum + length, 0),
  ),
  ...parts,
]

/** RFC 5652 §5.1; GB/T 35275: always 1. */
const versionOf = (
  parts: Pick<SignedDataParts, 'dialect' | 'contentType' | 'certificates' | 'crls'>,
  hasKeyIdentifier: boolean,
): number => {
  if (parts.dialect === 'gb35275') return 1
  const has = (items: readonly Uint8Array[], number: number): boolean =>
    items.some(([identifier]) => identifier === context.constructed(number))
  if (has(parts.certificates, 3) || has(parts.crls, 1)) return 5
  if (has(parts.certificates, 2)) return 4
  return has(parts.certificates, 1) || hasKeyIdentifier || parts.contentType !== oids.data ? 3 : 1
}

/** SignerInfo begins with its version, an INTEGER of one octet (RFC 5652 §5.3): 3 with a key identifier. */
const hasKeyIdentifier = (signer: Uint8Array): boolean => {
  const first = signer[1] ?? 0
  return signer[(first < 0x80 ? 2 : 2 + (first & 0x7f)) + 2] === 3
}

const optionalSet = (number: number, items: readonly Uint8Array[]): Uint8Array[] =>
  items.length === 0 ? [] : [retag(setOf(...withoutDoubles(items)), context.constructed(number))]

/** What stands before encapContentInfo. */
export const encodeHead = (
  parts: Omit<SignedDataParts, 'signers'>,
  isVersion3: boolean,
): readonly [version: Uint8Array, digestAlgorithms: Uint8Array] => [
  smallInteger(versionOf(parts, isVersion3)),
  setOf(...withoutDoubles(parts.digestAlgorithms)),
]

/** What stands behind encapContentInfo. */
export const encodeTail = ({
  certificates,
  crls,
  signers,
}: Pick<SignedDataParts, 'certificates' | 'crls' | 'signers'>): Uint8Array[] => [
  ...optionalSet(0, certificates),
  ...optionalSet(1, crls),
  ...wrap(tag.set, signers),
]

/** EncapsulatedContentInfo; content null: detached. */
export const encodeContent = (contentType: string, content: Uint8Array | null): Uint8Array[] => [
  ...wrap(tag.sequence, [
    oid(contentType),
    ...(content === null ? [] : wrap(context.constructed(0), wrap(tag.octetString, [content]))),
  ]),
]

/** The ContentInfo around the parts and an EncapsulatedContentInfo, whole or in pieces. */
export const assembleSignedData = (parts: SignedDataParts, encapsulated: readonly Uint8Array[]): Uint8Array => {
  const signedData = [...encodeHead(parts, parts.signers.some(hasKeyIdentifier)), ...encapsulated, ...encodeTail(parts)]
  const content = wrap(context.constructed(0), wrap(tag.sequence, signedData))
  return concat(...wrap(tag.sequence, [oid(signedDataTypes[parts.dialect]), ...content]))
}
