import { createHash } from '#platform'

import { publicPointOf } from '../algorithms/public-key.ts'
import { context, tag } from '../asn1/tags.ts'
import {
  booleanValue,
  encode,
  explicit,
  nullValue,
  octetString,
  oid,
  retag,
  sequence,
  smallInteger,
  utf8String,
} from '../asn1/writer.ts'
import { fromHex } from '../bytes/encodings.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { keyUsages } from '../x509/extensions.ts'
import type { KeyUsage } from '../x509/extensions.ts'
import { encodeGeneralName, encodeGeneralNames } from './general-names.ts'
import type { GeneralNameInput } from './general-names.ts'
import { ia5String } from './name.ts'

/** An extension to be written. `value`: what goes into extnValue, DER. */
export interface ExtensionInput {
  readonly oid: string
  readonly isCritical: boolean
  readonly value: Uint8Array
}

export const encodeExtensions = (extensions: readonly ExtensionInput[]): Uint8Array =>
  sequence(
    ...extensions.map(({ oid: type, isCritical, value }) =>
      sequence(oid(type), ...(isCritical ? [booleanValue(true)] : []), octetString(value)),
    ),
  )

const plain = (type: string, value: Uint8Array): ExtensionInput => ({ oid: type, isCritical: false, value })
const critical = (type: string, value: Uint8Array): ExtensionInput => ({ oid: type, isCritical: true, value })

/** Content octets of a BIT STRING with these bits and no zero bits behind (X.690 §11.2.2). */
const namedBits = (bits: readonly number[]): Uint8Array => {
  if (bits.length === 0) return Uint8Array.of(0)
  const highest = Math.max(...bits)
  const bytes = new Uint8Array(2 + (highest >> 3))
  bytes[0] = 7 - (highest & 7)
  for (const bit of bits) bytes[1 + (bit >> 3)] = (bytes[1 + (bit >> 3)] ?? 0) | (0x80 >> (bit & 7))
  return bytes
}

/** SHA-1 of the subjectPublicKey, RFC 5280 §4.2.1.2 (1): a name for the key, not a protection. */
export const keyIdentifierOf = (spki: Uint8Array): Uint8Array => createHash('sha1').update(publicPointOf(spki)).digest()

/** RFC 5280 §4.2.1.1: what the issuer's certificate says of its key, however that was made. */
export const issuerKeyIdentifier = ({ subjectKeyIdentifier: said, spki }: Certificate): Uint8Array =>
  said === null ? keyIdentifierOf(spki) : fromHex(said)

export const basicConstraints = (isCa: boolean, pathLength?: number): ExtensionInput =>
  critical(
    extensionOids.basicConstraints,
    sequence(...(isCa ? [booleanValue(true)] : []), ...(pathLength === undefined ? [] : [smallInteger(pathLength)])),
  )

export const keyUsage = (usages: readonly KeyUsage[]): ExtensionInput =>
  critical(extensionOids.keyUsage, encode(tag.bitString, namedBits(usages.map((usage) => keyUsages.indexOf(usage)))))

/** @param purposes OIDs */
export const extendedKeyUsage = (purposes: readonly string[], isCritical = false): ExtensionInput => ({
  oid: extensionOids.extendedKeyUsage,
  isCritical,
  value: sequence(...purposes.map(oid)),
})

export const subjectKeyIdentifier = (identifier: Uint8Array): ExtensionInput =>
  plain(extensionOids.subjectKeyIdentifier, octetString(identifier))

export const authorityKeyIdentifier = (identifier: Uint8Array): ExtensionInput =>
  plain(extensionOids.authorityKeyIdentifier, sequence(encode(context.primitive(0), identifier)))

export const subjectAltName = (names: readonly GeneralNameInput[], isCritical = false): ExtensionInput => ({
  oid: extensionOids.subjectAltName,
  isCritical,
  value: encodeGeneralNames(names),
})

export const issuerAltName = (names: readonly GeneralNameInput[]): ExtensionInput =>
  plain(extensionOids.issuerAltName, encodeGeneralNames(names))

export interface PolicyInput {
  /** OID. */
  readonly policy: string
  /** URI of the certification practice statement. */
  readonly cps?: string
  /** Text for the reader, 200 characters at most (RFC 5280 §4.2.1.4). */
  readonly notice?: string
}

const encodePolicy = ({ policy, cps, notice }: PolicyInput): Uint8Array => {
  const qualifiers = [
    ...(cps === undefined ? [] : [sequence(oid('1.3.6.1.5.5.7.2.1'), ia5String(cps, 'cps'))]),
    ...(notice === undefined ? [] : [sequence(oid('1.3.6.1.5.5.7.2.2'), sequence(utf8String(notice)))]),
  ]
  return sequence(oid(policy), ...(qualifiers.length === 0 ? [] : [sequence(...qualifiers)]))
}

export const certificatePolicies = (policies: readonly PolicyInput[]): ExtensionInput =>
  plain(extensionOids.certificatePolicies, sequence(...policies.map(encodePolicy)))

/** Pairs of the issuer's and the subject's policy. */
export const policyMappings = (pairs: readonly (readonly [string, string])[]): ExtensionInput =>
  critical(extensionOids.policyMappings, sequence(...pairs.map(([from, to]) => sequence(oid(from), oid(to)))))

const implicitInteger = (number: number, value: number | undefined): Uint8Array[] =>
  value === undefined ? [] : [retag(smallInteger(value), context.primitive(number))]

export const policyConstraints = (limits: {
  readonly requireExplicitPolicy?: number
  readonly inhibitPolicyMapping?: number
}): ExtensionInput =>
  critical(
    extensionOids.policyConstraints,
    sequence(...implicitInteger(0, limits.requireExplicitPolicy), ...implicitInteger(1, limits.inhibitPolicyMapping)),
  )

export const inhibitAnyPolicy = (skipCertificates: number): ExtensionInput =>
  critical(extensionOids.inhibitAnyPolicy, smallInteger(skipCertificates))

export const nameConstraints = (trees: {
  readonly permitted?: readonly GeneralNameInput[]
  readonly excluded?: readonly GeneralNameInput[]
}): ExtensionInput => {
  const subtrees = (number: number, names: readonly GeneralNameInput[] = []): Uint8Array[] =>
    names.length === 0 ? [] : [explicit(number, ...names.map((name) => sequence(encodeGeneralName(name))))]
  return critical(
    extensionOids.nameConstraints,
    sequence(...subtrees(0, trees.permitted), ...subtrees(1, trees.excluded)),
  )
}

/** Names of one distribution point, the reasons it covers (RFC 5280 §4.2.1.13, bits 1 to 8) and who signs its CRL. */
export interface DistributionPointInput {
  readonly names: readonly GeneralNameInput[]
  readonly reasons?: readonly number[]
  readonly crlIssuer?: readonly GeneralNameInput[]
}

/** DistributionPointName: EXPLICIT, as a CHOICE is; its full name IMPLICIT. */
const pointName = (names: readonly GeneralNameInput[]): Uint8Array =>
  explicit(0, encodeGeneralNames(names, context.constructed(0)))

const encodePoint = ({ names, reasons, crlIssuer }: DistributionPointInput): Uint8Array =>
  sequence(
    ...(names.length === 0 ? [] : [pointName(names)]),
    ...(reasons === undefined ? [] : [encode(context.primitive(1), namedBits(reasons))]),
    ...(crlIssuer === undefined ? [] : [encodeGeneralNames(crlIssuer, context.constructed(2))]),
  )

export const crlDistributionPoints = (points: readonly DistributionPointInput[]): ExtensionInput =>
  plain(extensionOids.crlDistributionPoints, sequence(...points.map(encodePoint)))

export const freshestCrl = (points: readonly DistributionPointInput[]): ExtensionInput =>
  plain(extensionOids.freshestCrl, sequence(...points.map(encodePoint)))

/** Where to ask for the status and where the issuer's certificate lies, as URIs (RFC 5280 §4.2.2.1). */
export const authorityInfoAccess = (uris: {
  readonly ocsp?: readonly string[]
  readonly issuers?: readonly string[]
}): ExtensionInput => {
  const describe = (method: string, list: readonly string[] = []): Uint8Array[] =>
    list.map((uri) => sequence(oid(method), encodeGeneralName({ uri })))
  return plain(
    extensionOids.authorityInfoAccess,
    sequence(...describe('1.3.6.1.5.5.7.48.1', uris.ocsp), ...describe('1.3.6.1.5.5.7.48.2', uris.issuers)),
  )
}

/** RFC 6960 §4.2.2.2.1: nobody asks for the status of a responder's certificate. */
export const ocspNoCheck = (): ExtensionInput => plain(extensionOids.ocspNoCheck, nullValue())

export interface IssuingDistributionPointInput {
  readonly names?: readonly GeneralNameInput[]
  readonly only?: 'user' | 'ca' | 'attribute'
  readonly reasons?: readonly number[]
  readonly isIndirect?: boolean
}

/** RFC 5280 §5.2.5. */
export const issuingDistributionPoint = (input: IssuingDistributionPointInput): ExtensionInput => {
  const flag = (number: number, isSet: boolean): Uint8Array[] =>
    isSet ? [retag(booleanValue(true), context.primitive(number))] : []
  return critical(
    extensionOids.issuingDistributionPoint,
    sequence(
      ...(input.names === undefined ? [] : [pointName(input.names)]),
      ...flag(1, input.only === 'user'),
      ...flag(2, input.only === 'ca'),
      ...(input.reasons === undefined ? [] : [encode(context.primitive(3), namedBits(input.reasons))]),
      ...flag(4, input.isIndirect === true),
      ...flag(5, input.only === 'attribute'),
    ),
  )
}
