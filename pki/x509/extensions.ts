import { Asn1Error } from '../asn1/error.ts'
import { children, contentBytes, cursor, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readBoolean, readNamedBits, readOid, readSmallInteger } from '../asn1/values.ts'
import { toHex } from '../bytes/encodings.ts'

export interface Extension {
  readonly oid: string
  readonly isCritical: boolean
  /** Content of extnValue. */
  readonly value: Uint8Array
}

/** RFC 5280 §4.2.1.3, in the order of the bits. */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export type KeyUsage = (typeof keyUsages)[number]

export interface BasicConstraints {
  readonly isCa: boolean
  readonly pathLength: number | null
}

/** Extensions (RFC 5280 §4.1.2.9): each OID at most once. */
export const readExtensions = (node: DerNode): Extension[] => {
  const extensions = children(expectTag(node, tag.sequence)).map((item) => {
    const reader = cursor(expectTag(item, tag.sequence))
    const oid = readOid(reader.next(tag.oid))
    // DEFAULT FALSE written out is not DER, yet real certificates have it.
    const critical = reader.optional(tag.boolean)
    const value = contentBytes(reader.next(tag.octetString))
    reader.finish()
    return { oid, isCritical: critical !== undefined && readBoolean(critical), value }
  })
  if (new Set(extensions.map(({ oid }) => oid)).size !== extensions.length) {
    throw new Asn1Error('extension_repeated', node.start)
  }
  return extensions
}

export const readKeyUsage = (value: Uint8Array): KeyUsage[] =>
  readNamedBits(readDer(value)).flatMap((bit) => keyUsages[bit] ?? [])

export const readBasicConstraints = (value: Uint8Array): BasicConstraints => {
  const reader = cursor(expectTag(readDer(value), tag.sequence))
  const isCa = reader.optional(tag.boolean)
  const pathLength = reader.optional(tag.integer)
  reader.finish()
  return {
    isCa: isCa !== undefined && readBoolean(isCa),
    pathLength: pathLength === undefined ? null : readSmallInteger(pathLength),
  }
}

export const readExtendedKeyUsage = (value: Uint8Array): string[] =>
  children(expectTag(readDer(value), tag.sequence)).map(readOid)

export const readSubjectKeyIdentifier = (value: Uint8Array): string =>
  toHex(contentBytes(expectTag(readDer(value), tag.octetString)))

/** keyIdentifier of AuthorityKeyIdentifier, or null where only issuer and serial number are given. */
export const readAuthorityKeyIdentifier = (value: Uint8Array): string | null => {
  const identifier = cursor(expectTag(readDer(value), tag.sequence)).optional(context.primitive(0))
  return identifier === undefined ? null : toHex(contentBytes(identifier))
}
