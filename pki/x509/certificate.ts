import { AppError } from '#contract/errors.ts'
import { digest } from '../algorithms/digest.ts'
import { readAlgorithmIdentifier, readAnyScheme } from '../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import type { SignatureScheme } from '../algorithms/signature-scheme.ts'
import { oids } from '../algorithms/oids.ts'
import { readPublicKeyInfo } from '../algorithms/public-key.ts'
import type { PublicKeyInfo } from '../algorithms/public-key.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { cursor, encodedBytes, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { bytesEqual, fromBase64, toHex, toLatin1 } from '../bytes/encodings.ts'
import { readBitStringBytes, readIntegerBytes, readSmallInteger, readTime } from '../asn1/values.ts'
import {
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
  readSubjectKeyIdentifier,
} from './extensions.ts'
import type { BasicConstraints, Extension, KeyUsage } from './extensions.ts'
import { readIdentity } from './identity.ts'
import type { HolderIdentity } from './identity.ts'
import { readName } from './name.ts'
import type { DistinguishedName } from './name.ts'
import { once } from './once.ts'
import { readSignatureBits } from './signature-bits.ts'

/** A certificate (RFC 5280 §4.1). The byte ranges point into `der`; nothing is encoded anew. */
export interface Certificate {
  readonly der: Uint8Array
  /** TBSCertificate, exactly what the issuer signed. */
  readonly tbs: Uint8Array
  readonly version: number
  /** Lower-case hex without a leading sign octet. */
  readonly serial: string
  /** Content octets of the serial number as encoded. */
  readonly serialBytes: Uint8Array
  readonly issuer: DistinguishedName
  readonly subject: DistinguishedName
  readonly notBefore: Date
  readonly notAfter: Date
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  readonly key: PublicKeyInfo
  readonly signatureAlgorithm: AlgorithmIdentifier
  /** How to check `signature`, or null where the algorithm is not supported. */
  readonly signatureScheme: SignatureScheme | null
  readonly signature: Uint8Array
  readonly extensions: readonly Extension[]
  /** null: no such extension, any use. */
  readonly keyUsage: readonly KeyUsage[] | null
  readonly extendedKeyUsage: readonly string[] | null
  readonly basicConstraints: BasicConstraints | null
  readonly subjectKeyIdentifier: string | null
  readonly authorityKeyIdentifier: string | null
  readonly identity: HolderIdentity
  /** SHA-256 of `der`, hex. */
  readonly fingerprint: string
}

const MAX_CERTIFICATE = 256 * 1024

/** A key whose own octets cannot be read is a key of an unknown kind, which nobody accepts: the certificate stays readable. */
const readKey = (spki: DerNode): PublicKeyInfo => {
  try {
    return readPublicKeyInfo(spki)
  } catch (error) {
    if (!(error instanceof Asn1Error)) throw error
    const reader = cursor(expectTag(spki, tag.sequence))
    const { oid } = readAlgorithmIdentifier(reader.next())
    readBitStringBytes(reader.next())
    reader.finish()
    return { type: 'other', bits: 0, curve: null, oid }
  }
}

const parseTbs = (tbs: ReturnType<typeof readDer>) => {
  const reader = cursor(expectTag(tbs, tag.sequence))
  const versionNode = reader.optional(context.constructed(0))
  const version = versionNode === undefined ? 1 : readSmallInteger(onlyChild(versionNode)) + 1
  const serialBytes = readIntegerBytes(reader.next(tag.integer))
  const innerAlgorithm = readAlgorithmIdentifier(reader.next())
  const issuer = readName(reader.next())
  const validity = cursor(reader.next(tag.sequence))
  const notBefore = readTime(validity.next())
  const notAfter = readTime(validity.next())
  validity.finish()
  const subject = readName(reader.next())
  const spki = reader.next(tag.sequence)
  reader.optional(context.primitive(1))
  reader.optional(context.primitive(2))
  const extensionsNode = reader.optional(context.constructed(3))
  reader.finish()
  const extensions = extensionsNode === undefined ? [] : readExtensions(onlyChild(extensionsNode))
  return { version, serialBytes, innerAlgorithm, issuer, notBefore, notAfter, subject, spki, extensions }
}

const parse = (der: Uint8Array): Certificate => {
  if (der.length > MAX_CERTIFICATE) throw new Asn1Error('too_long', MAX_CERTIFICATE)
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const tbsNode = reader.next(tag.sequence)
  const signatureAlgorithm = readAlgorithmIdentifier(reader.next())
  const signature = readSignatureBits(reader.next())
  reader.finish()
  const { innerAlgorithm, spki, extensions, serialBytes, subject, ...fields } = parseTbs(tbsNode)
  // RFC 5280 §4.1.1.2: both must be the same, or the algorithm would not be covered by the signature.
  if (!bytesEqual(innerAlgorithm.der, signatureAlgorithm.der)) throw new Asn1Error('algorithms_differ', tbsNode.end)
  const extension = <T>(oid: string, read: (value: Uint8Array) => T): T | null => {
    const found = extensions.find((candidate) => candidate.oid === oid)
    return found === undefined ? null : read(found.value)
  }
  const identity = once(() => readIdentity(extensions, subject))
  const fingerprint = once(() => toHex(digest('sha256', der)))
  return {
    ...fields,
    der,
    tbs: encodedBytes(tbsNode),
    serialBytes,
    serial: toHex(serialBytes[0] === 0 && serialBytes.length > 1 ? serialBytes.subarray(1) : serialBytes),
    subject,
    spki: encodedBytes(spki),
    key: readKey(spki),
    signatureAlgorithm,
    signatureScheme: readAnyScheme(signatureAlgorithm) ?? null,
    signature,
    extensions,
    keyUsage: extension(oids.keyUsage, readKeyUsage),
    extendedKeyUsage: extension(oids.extendedKeyUsage, readExtendedKeyUsage),
    basicConstraints: extension(oids.basicConstraints, readBasicConstraints),
    subjectKeyIdentifier: extension(oids.subjectKeyIdentifier, readSubjectKeyIdentifier),
    authorityKeyIdentifier: extension(oids.authorityKeyIdentifier, readAuthorityKeyIdentifier),
    get identity() {
      return identity()
    },
    get fingerprint() {
      return fingerprint()
    },
  }
}

/** Reads a DER certificate. Throws `certificate.malformed` with reason and offset. */
export const parseCertificate = (der: Uint8Array): Certificate => orAppError('certificate.malformed', () => parse(der))

const fromPem = (text: string): Uint8Array => {
  try {
    return fromBase64(text)
  } catch (error) {
    throw new AppError('certificate.malformed', { reason: 'base64', offset: 0 }, { cause: error })
  }
}

const pemBlock = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g

/** All certificates of a PEM text (RFC 7468), or the single one of DER bytes. */
export const parseCertificates = (input: Uint8Array): Certificate[] => {
  if (input[0] === tag.sequence) return [parseCertificate(input)]
  const blocks = [...toLatin1(input).matchAll(pemBlock)]
  if (blocks.length === 0) throw new AppError('certificate.malformed', { reason: 'no_certificate', offset: 0 })
  return blocks.map((block) => parseCertificate(fromPem(block[1] ?? '')))
}
