import { oids } from '../algorithms/oids.ts'
import { Asn1Error } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, onlyChild } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readOid, readTime } from '../asn1/values.ts'
import { octetString, oid, sequence, setOf, time } from '../asn1/writer.ts'
import { cmsOids } from './oids.ts'

/** Attribute (RFC 5652 §5.3). `values` is the SET OF, `der` the whole as it stands. */
export interface Attribute {
  readonly type: string
  readonly values: DerNode
  readonly der: Uint8Array
}

export const encodeAttribute = (type: string, ...values: readonly Uint8Array[]): Uint8Array =>
  sequence(oid(type), setOf(...values))

export interface SignedAttributesInput {
  /** null in a counter-signature, which must not carry it (RFC 5652 §11.4). */
  readonly contentType: string | null
  readonly contentDigest: Uint8Array
  /** Left out for PAdES, whose claimed time stands in /M (ETSI EN 319 142-1 §6.3). */
  readonly signingTime: Date | null
  /** Further ones, encoded by `encodeAttribute`. */
  readonly others: readonly Uint8Array[]
}

/** SignedAttributes as the SET OF that is signed (RFC 5652 §5.4). */
export const encodeSignedAttributes = ({ contentType, contentDigest, signingTime, others }: SignedAttributesInput) =>
  setOf(
    ...(contentType === null ? [] : [encodeAttribute(oids.contentType, oid(contentType))]),
    ...(signingTime === null ? [] : [encodeAttribute(oids.signingTime, time(signingTime))]),
    encodeAttribute(oids.messageDigest, octetString(contentDigest)),
    ...others,
  )

const MAX_ATTRIBUTES = 256

export const readAttributes = (node: DerNode): Attribute[] => {
  const items = children(node)
  if (items.length > MAX_ATTRIBUTES) throw new Asn1Error('too_many_attributes', node.start)
  return items.map((item) => {
    const reader = cursor(expectTag(item, tag.sequence))
    const type = readOid(reader.next(tag.oid))
    const values = reader.next(tag.set)
    reader.finish()
    return { type, values, der: encodedBytes(item) }
  })
}

export interface SignedAttributes {
  readonly contentType: string | null
  readonly messageDigest: Uint8Array | null
  readonly signingTime: Date | null
  /** There is one in another form than UTC with seconds, such as old writers leave: it is only a claim. */
  readonly hasUnreadableTime: boolean
  /** SigningCertificateV2 (RFC 5035 §3), or null without that attribute. */
  readonly signingCertificateV2: DerNode | null
  /** SigningCertificate of RFC 2634 §5.4, whose hash is SHA-1. */
  readonly signingCertificate: DerNode | null
  readonly all: readonly Attribute[]
}

const readSigningTime = (node: DerNode | null): Pick<SignedAttributes, 'signingTime' | 'hasUnreadableTime'> => {
  if (node === null) return { signingTime: null, hasUnreadableTime: false }
  try {
    return { signingTime: readTime(node), hasUnreadableTime: false }
  } catch (error) {
    if (error instanceof Asn1Error) return { signingTime: null, hasUnreadableTime: true }
    throw error
  }
}

/** Attributes by type; RFC 5652 §11: the ones read here occur once and hold one value. */
export const readSignedAttributes = (node: DerNode): SignedAttributes => {
  const all = readAttributes(node)
  const byType = new Map(all.map(({ type, values }) => [type, values]))
  if (byType.size !== all.length) throw new Asn1Error('attribute_repeated', node.start)
  const single = (type: string, expected?: number): DerNode | null => {
    const set = byType.get(type)
    return set === undefined ? null : onlyChild(set, expected)
  }
  const contentType = single(oids.contentType, tag.oid)
  const messageDigest = single(oids.messageDigest, tag.octetString)
  const signingTime = single(oids.signingTime)
  return {
    contentType: contentType === null ? null : readOid(contentType),
    messageDigest: messageDigest === null ? null : contentBytes(messageDigest),
    ...readSigningTime(signingTime),
    signingCertificateV2: single(oids.signingCertificateV2, tag.sequence),
    signingCertificate: single(cmsOids.signingCertificate, tag.sequence),
    all,
  }
}
