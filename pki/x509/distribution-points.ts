import { Asn1Error } from '../asn1/error.ts'
import { children, contentBytes, cursor, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readBoolean, readNamedBits, readOid } from '../asn1/values.ts'
import { encode, sequence } from '../asn1/writer.ts'
import { readGeneralName, readGeneralNames } from './general-name.ts'
import type { GeneralName } from './general-name.ts'
import { readName } from './name.ts'
import type { DistinguishedName } from './name.ts'

/** DistributionPointName (RFC 5280 §4.2.1.13): full names, or one RDN below the CRL issuer's name. */
export type DistributionPointName =
  | { readonly kind: 'full'; readonly names: readonly GeneralName[] }
  /** Encoded RelativeDistinguishedName. */
  | { readonly kind: 'relative'; readonly rdn: Uint8Array }

/** Numbers of ReasonFlags, 1 to 8; bit 0 is not used. */
export type Reasons = ReadonlySet<number>
export const allReasons: Reasons = new Set([1, 2, 3, 4, 5, 6, 7, 8])

export interface DistributionPoint {
  readonly name: DistributionPointName | null
  readonly reasons: Reasons | null
  readonly crlIssuer: readonly GeneralName[] | null
}

const readPointName = (node: DerNode): DistributionPointName => {
  const choice = onlyChild(node)
  if (choice.tag === context.constructed(0)) return { kind: 'full', names: readGeneralNames(choice) }
  expectTag(choice, context.constructed(1))
  return { kind: 'relative', rdn: encode(tag.set, contentBytes(choice)) }
}

/** Other bits name no reason: they must not be counted as if they covered one. */
const readReasons = (node: DerNode): Reasons =>
  new Set(readNamedBits({ ...node, tag: tag.bitString }).filter((bit) => allReasons.has(bit)))

const readPoint = (node: DerNode): DistributionPoint => {
  const reader = cursor(expectTag(node, tag.sequence))
  const name = reader.optional(context.constructed(0))
  const reasons = reader.optional(context.primitive(1))
  const crlIssuer = reader.optional(context.constructed(2))
  reader.finish()
  // RFC 5280 §4.2.1.13: never reasons alone.
  if (name === undefined && crlIssuer === undefined) throw new Asn1Error('distribution_point_empty', node.start)
  return {
    name: name === undefined ? null : readPointName(name),
    reasons: reasons === undefined ? null : readReasons(reasons),
    crlIssuer: crlIssuer === undefined ? null : readGeneralNames(crlIssuer),
  }
}

/** cRLDistributionPoints and freshestCRL (RFC 5280 §4.2.1.13, §4.2.1.15). */
export const readDistributionPoints = (value: Uint8Array): DistributionPoint[] => {
  const node = expectTag(readDer(value), tag.sequence)
  const points = children(node).map(readPoint)
  if (points.length === 0) throw new Asn1Error('sequence_empty', node.start)
  return points
}

/** The full names of a point; a relative one is put below `issuer` (RFC 5280 §4.2.1.13). */
export const fullNames = (name: DistributionPointName, issuer: DistinguishedName): readonly GeneralName[] => {
  if (name.kind === 'full') return name.names
  const below = sequence(contentBytes(readDer(issuer.der)), name.rdn)
  return [{ form: 'directory', name: readName(readDer(below)) }]
}

/** issuingDistributionPoint of a CRL (RFC 5280 §5.2.5). */
export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | null
  readonly onlyContainsUserCerts: boolean
  readonly onlyContainsCaCerts: boolean
  readonly onlySomeReasons: Reasons | null
  readonly isIndirect: boolean
  readonly onlyContainsAttributeCerts: boolean
}

export const readIssuingDistributionPoint = (value: Uint8Array): IssuingDistributionPoint => {
  const reader = cursor(expectTag(readDer(value), tag.sequence))
  const name = reader.optional(context.constructed(0))
  const flag = (number: number): boolean => {
    const node = reader.optional(context.primitive(number))
    return node !== undefined && readBoolean({ ...node, tag: tag.boolean })
  }
  const onlyContainsUserCerts = flag(1)
  const onlyContainsCaCerts = flag(2)
  const reasons = reader.optional(context.primitive(3))
  const isIndirect = flag(4)
  const onlyContainsAttributeCerts = flag(5)
  reader.finish()
  return {
    name: name === undefined ? null : readPointName(name),
    onlyContainsUserCerts,
    onlyContainsCaCerts,
    onlySomeReasons: reasons === undefined ? null : readReasons(reasons),
    isIndirect,
    onlyContainsAttributeCerts,
  }
}

export interface AccessDescription {
  readonly method: string
  readonly location: GeneralName
}

/** authorityInfoAccess and subjectInfoAccess (RFC 5280 §4.2.2). */
export const readInformationAccess = (value: Uint8Array): AccessDescription[] =>
  children(expectTag(readDer(value), tag.sequence)).map((item) => {
    const reader = cursor(expectTag(item, tag.sequence))
    const description = { method: readOid(reader.next()), location: readGeneralName(reader.next()) }
    reader.finish()
    return description
  })
