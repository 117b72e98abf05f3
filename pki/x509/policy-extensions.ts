import { Asn1Error } from '../asn1/error.ts'
import { children, cursor, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readOid, readSmallInteger, readText } from '../asn1/values.ts'

export const anyPolicy = '2.5.29.32.0'

/** PolicyQualifierInfo (RFC 5280 §4.2.1.4). */
export interface PolicyQualifier {
  readonly oid: string
  /** The URI of a CPS pointer, the explicit text of a user notice, else null. */
  readonly text: string | null
  readonly der: Uint8Array
}

export interface PolicyInformation {
  readonly policy: string
  readonly qualifiers: readonly PolicyQualifier[]
}

const sequenceOf = (value: Uint8Array): DerNode[] => {
  const node = expectTag(readDer(value), tag.sequence)
  const items = children(node)
  // All of these are SEQUENCE SIZE (1..MAX).
  if (items.length === 0) throw new Asn1Error('sequence_empty', node.start)
  return items
}

const CPS = '1.3.6.1.5.5.7.2.1'
const USER_NOTICE = '1.3.6.1.5.5.7.2.2'

/** Kinds of qualifiers that RFC 5280 §4.2.1.4 defines; others inside a critical extension cannot be interpreted. */
export const knownQualifiers: ReadonlySet<string> = new Set([CPS, USER_NOTICE])

const qualifierText = (oid: string, value: DerNode): string | null => {
  if (oid === CPS) return readText(value) ?? null
  if (oid !== USER_NOTICE || value.tag !== tag.sequence) return null
  const text = children(value).find((node) => node.tag !== tag.sequence)
  return text === undefined ? null : (readText(text) ?? null)
}

const readQualifier = (node: DerNode): PolicyQualifier => {
  const reader = cursor(expectTag(node, tag.sequence))
  const oid = readOid(reader.next())
  const value = reader.next()
  reader.finish()
  return { oid, text: qualifierText(oid, value), der: encodedBytes(node) }
}

/** certificatePolicies (RFC 5280 §4.2.1.4): a policy stands in it once. */
export const readCertificatePolicies = (value: Uint8Array): PolicyInformation[] => {
  const policies = sequenceOf(value).map((item) => {
    const reader = cursor(expectTag(item, tag.sequence))
    const policy = readOid(reader.next())
    const qualifiers = reader.optional(tag.sequence)
    reader.finish()
    return { policy, qualifiers: qualifiers === undefined ? [] : children(qualifiers).map(readQualifier) }
  })
  if (new Set(policies.map(({ policy }) => policy)).size !== policies.length) throw new Asn1Error('policy_repeated', 0)
  return policies
}

export interface PolicyMapping {
  readonly issuerDomainPolicy: string
  readonly subjectDomainPolicy: string
}

/** policyMappings (RFC 5280 §4.2.1.5). */
export const readPolicyMappings = (value: Uint8Array): PolicyMapping[] =>
  sequenceOf(value).map((item) => {
    const reader = cursor(expectTag(item, tag.sequence))
    const mapping = { issuerDomainPolicy: readOid(reader.next()), subjectDomainPolicy: readOid(reader.next()) }
    reader.finish()
    return mapping
  })

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | null
  readonly inhibitPolicyMapping: number | null
}

const implicitInteger = (node: DerNode | undefined): number | null =>
  node === undefined ? null : readSmallInteger({ ...node, tag: tag.integer })

/** policyConstraints (RFC 5280 §4.2.1.11); an empty one is none. */
export const readPolicyConstraints = (value: Uint8Array): PolicyConstraints => {
  const node = expectTag(readDer(value), tag.sequence)
  const reader = cursor(node)
  if (reader.isAtEnd()) throw new Asn1Error('sequence_empty', node.start)
  const requireExplicitPolicy = implicitInteger(reader.optional(context.primitive(0)))
  const inhibitPolicyMapping = implicitInteger(reader.optional(context.primitive(1)))
  reader.finish()
  return { requireExplicitPolicy, inhibitPolicyMapping }
}

/** inhibitAnyPolicy (RFC 5280 §4.2.1.14). */
export const readInhibitAnyPolicy = (value: Uint8Array): number => readSmallInteger(readDer(value))
