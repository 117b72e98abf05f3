import { orAppError, Asn1Error } from '../asn1/error.ts'
import { readAlgorithmIdentifier, readAnyScheme } from '../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import type { SignatureScheme } from '../algorithms/signature-scheme.ts'
import { cursor, encodedBytes, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readIntegerBytes, readSmallInteger, readTime } from '../asn1/values.ts'
import { encode } from '../asn1/writer.ts'
import { bytesEqual, toHex } from '../bytes/encodings.ts'
import { readIssuingDistributionPoint } from '../x509/distribution-points.ts'
import type { IssuingDistributionPoint } from '../x509/distribution-points.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { readAuthorityKeyIdentifier, readExtensions } from '../x509/extensions.ts'
import type { Extension } from '../x509/extensions.ts'
import { readAlternativeName } from '../x509/general-name.ts'
import { namesMatch } from '../x509/name-comparison.ts'
import { readName } from '../x509/name.ts'
import type { DistinguishedName } from '../x509/name.ts'
import { readSignatureBits } from '../x509/signature-bits.ts'
import { crlReasons } from './status.ts'

/** An entry of revokedCertificates (RFC 5280 §5.1.2.6, §5.3). */
export interface CrlEntry {
  readonly revokedAt: Date
  /** CRLReason; null where none is given. */
  readonly reason: number | null
  readonly invalidityDate: Date | null
}

/** A CRL (RFC 5280 §5). The byte ranges point into `der`; entries are read when they are looked for. */
export interface CertificateList {
  readonly der: Uint8Array
  readonly tbs: Uint8Array
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signatureScheme: SignatureScheme | null
  readonly signature: Uint8Array
  readonly issuer: DistinguishedName
  readonly thisUpdate: Date
  readonly nextUpdate: Date | null
  readonly extensions: readonly Extension[]
  readonly crlNumber: bigint | null
  /** BaseCRLNumber of a delta CRL, null for a complete one. */
  readonly deltaBase: bigint | null
  readonly issuingDistributionPoint: IssuingDistributionPoint | null
  readonly authorityKeyIdentifier: string | null
  /** The list keeps certificates that expired at this time or later (X.509, expiredCertsOnCRL); null: it does not say so. */
  readonly keepsExpiredSince: Date | null
  /** An extension of the list or of an entry is critical and not known: it proves nothing (RFC 5280 §5.2, §5.3). */
  readonly hasUnknownCritical: boolean
  readonly entryCount: number
  /** The entry of a certificate, by its serial number as encoded and its issuer. */
  find(serial: Uint8Array, issuer: DistinguishedName): CrlEntry | null
}

const understood: ReadonlySet<string> = new Set<string>([
  extensionOids.authorityKeyIdentifier,
  extensionOids.issuerAltName,
  extensionOids.crlNumber,
  extensionOids.deltaCrlIndicator,
  extensionOids.issuingDistributionPoint,
  extensionOids.freshestCrl,
  extensionOids.authorityInfoAccess,
  extensionOids.expiredCertsOnCrl,
])
const understoodInEntries: ReadonlySet<string> = new Set<string>([
  extensionOids.reasonCode,
  extensionOids.holdInstructionCode,
  extensionOids.invalidityDate,
  extensionOids.certificateIssuer,
])

const isUnknownCritical =
  (known: ReadonlySet<string>) =>
  (extension: Extension): boolean =>
    extension.isCritical && !known.has(extension.oid)

const readNumber = (value: Uint8Array): bigint => {
  const bytes = readIntegerBytes(expectTag(readDer(value), tag.integer))
  if ((bytes[0] ?? 0) >= 0x80) throw new Asn1Error('integer_negative', 0)
  return BigInt(`0x${toHex(bytes)}`)
}

const directoryNameIn = (value: Uint8Array): DistinguishedName | null => {
  const names = readAlternativeName(value).flatMap((name) => (name.form === 'directory' ? [name.name] : []))
  return names[0] ?? null
}

interface Entries {
  readonly buffer: Uint8Array
  /** Offsets of the content of each entry, and behind it: two numbers an entry, for lists of millions. */
  readonly contents: readonly number[]
  readonly ends: readonly number[]
  /** Entries from this index on are certificates of this issuer (RFC 5280 §5.3.3); null: of nobody that can be named. */
  readonly issuers: readonly { readonly from: number; readonly name: DistinguishedName | null }[]
  readonly hasUnknownCritical: boolean
}

/** One pass that proves the shape of every entry; of most nothing else is ever needed. */
const scanEntries = (list: DerNode | undefined): Entries => {
  const contents: number[] = []
  const ends: number[] = []
  const issuers: { from: number; name: DistinguishedName | null }[] = []
  let hasUnknownCritical = false
  const entries = list === undefined ? undefined : cursor(list)
  while (entries?.isAtEnd() === false) {
    const node = entries.next(tag.sequence)
    const reader = cursor(node)
    readIntegerBytes(reader.next())
    const date = reader.next()
    if (date.tag !== tag.utcTime && date.tag !== tag.generalizedTime) throw new Asn1Error('unexpected_tag', date.start)
    const extensionsNode = reader.optional(tag.sequence)
    reader.finish()
    contents.push(node.content)
    ends.push(node.end)
    if (extensionsNode === undefined) continue
    const extensions = readExtensions(extensionsNode)
    hasUnknownCritical ||= extensions.some(isUnknownCritical(understoodInEntries))
    const issuer = extensions.find(({ oid }) => oid === extensionOids.certificateIssuer)
    if (issuer !== undefined) issuers.push({ from: contents.length - 1, name: directoryNameIn(issuer.value) })
  }
  return { buffer: list?.buffer ?? new Uint8Array(0), contents, ends, issuers, hasUnknownCritical }
}

const readEntry = (buffer: Uint8Array, content: number, end: number): CrlEntry => {
  const reader = cursor({ buffer, tag: tag.sequence, start: content, content, end, depth: 0 })
  reader.next()
  const revokedAt = readTime(reader.next())
  const extensionsNode = reader.optional(tag.sequence)
  const extensions = extensionsNode === undefined ? [] : readExtensions(extensionsNode)
  const valueOf = (wanted: string) => extensions.find(({ oid }) => oid === wanted)?.value
  const reason = valueOf(extensionOids.reasonCode)
  const invalidity = valueOf(extensionOids.invalidityDate)
  return {
    revokedAt,
    reason:
      reason === undefined
        ? null
        : readSmallInteger({ ...expectTag(readDer(reason), tag.enumerated), tag: tag.integer }),
    invalidityDate: invalidity === undefined ? null : readTime(readDer(invalidity)),
  }
}

/** The entry that revokes comes before one that takes a revocation back. */
const findEntry = (
  { buffer, contents, ends, issuers }: Entries,
  listIssuer: DistinguishedName,
  serial: Uint8Array,
  issuer: DistinguishedName,
): CrlEntry | null => {
  const start = encode(tag.integer, serial)
  let found: CrlEntry | null = null
  let change = 0
  let isOurs = namesMatch(listIssuer, issuer)
  for (let index = 0; index < contents.length; index++) {
    while ((issuers[change]?.from ?? Number.POSITIVE_INFINITY) <= index) {
      const name = issuers[change++]?.name ?? null
      isOurs = name !== null && namesMatch(name, issuer)
    }
    const content = contents[index] ?? 0
    // The length in the second octet differs for most of those that are not it.
    if (!isOurs || buffer[content + 1] !== start[1]) continue
    if (!bytesEqual(buffer.subarray(content, content + start.length), start)) continue
    found = readEntry(buffer, content, ends[index] ?? 0)
    if (found.reason !== crlReasons.removeFromCRL) return found
  }
  return found
}

const parse = (der: Uint8Array): CertificateList => {
  const outer = cursor(expectTag(readDer(der), tag.sequence))
  const tbs = outer.next(tag.sequence)
  const signatureAlgorithm = readAlgorithmIdentifier(outer.next())
  const signature = readSignatureBits(outer.next())
  outer.finish()
  const reader = cursor(tbs)
  const versionNode = reader.optional(tag.integer)
  const version = versionNode === undefined ? 1 : readSmallInteger(versionNode) + 1
  if (version > 2) throw new Asn1Error('version_unsupported', tbs.content)
  const innerAlgorithm = readAlgorithmIdentifier(reader.next())
  if (!bytesEqual(innerAlgorithm.der, signatureAlgorithm.der)) throw new Asn1Error('algorithms_differ', tbs.end)
  const issuer = readName(reader.next())
  const thisUpdate = readTime(reader.next())
  const isNextUpdate = reader.peek() === tag.utcTime || reader.peek() === tag.generalizedTime
  const nextUpdate = isNextUpdate ? readTime(reader.next()) : null
  const entries = scanEntries(reader.optional(tag.sequence))
  const extensionsNode = reader.optional(context.constructed(0))
  reader.finish()
  if (extensionsNode !== undefined && version !== 2) throw new Asn1Error('extensions_in_version_1', tbs.content)
  const extensions = extensionsNode === undefined ? [] : readExtensions(onlyChild(extensionsNode))
  const extension = <T>(wanted: string, read: (value: Uint8Array) => T): T | null => {
    const found = extensions.find(({ oid }) => oid === wanted)
    return found === undefined ? null : read(found.value)
  }
  return {
    der,
    tbs: encodedBytes(tbs),
    signatureAlgorithm,
    signatureScheme: readAnyScheme(signatureAlgorithm) ?? null,
    signature,
    issuer,
    thisUpdate,
    nextUpdate,
    extensions,
    crlNumber: extension(extensionOids.crlNumber, readNumber),
    deltaBase: extension(extensionOids.deltaCrlIndicator, readNumber),
    issuingDistributionPoint: extension(extensionOids.issuingDistributionPoint, readIssuingDistributionPoint),
    authorityKeyIdentifier: extension(extensionOids.authorityKeyIdentifier, readAuthorityKeyIdentifier),
    keepsExpiredSince: extension(extensionOids.expiredCertsOnCrl, (value) => readTime(readDer(value))),
    hasUnknownCritical: entries.hasUnknownCritical || extensions.some(isUnknownCritical(understood)),
    entryCount: entries.contents.length,
    find: (serial, certificateIssuer) =>
      orAppError('certificate.malformed', () => findEntry(entries, issuer, serial, certificateIssuer), {
        object: 'crl',
      }),
  }
}

/** Reads a DER CRL. Throws `certificate.malformed` with reason and offset. */
export const parseCrl = (der: Uint8Array): CertificateList =>
  orAppError('certificate.malformed', () => parse(der), { object: 'crl' })
