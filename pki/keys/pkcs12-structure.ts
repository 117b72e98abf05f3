import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { berToDer } from '../asn1/ber.ts'
import { Asn1Error } from '../asn1/error.ts'
import {
  children,
  contentBytes,
  cursor,
  encodedBytes,
  expectTag,
  isConstructed,
  onlyChild,
  readDer,
} from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readOid, readSmallInteger, readText } from '../asn1/values.ts'
import { concatAll } from '../bytes/concat.ts'
import { toHex } from '../bytes/encodings.ts'
import { keyFileOids } from './oids.ts'

/** MacData (RFC 7292 §4). */
export interface MacData {
  readonly algorithm: AlgorithmIdentifier
  readonly value: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
}

/** A part of AuthenticatedSafe: SafeContents as they are, or encrypted. */
export type SafePart =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'encrypted'; readonly algorithm: AlgorithmIdentifier; readonly ciphertext: Uint8Array }

export interface Pfx {
  /** Content octets of authSafe: what the MAC is over. */
  readonly authenticated: Uint8Array
  readonly mac: MacData | null
}

/** A SafeBag of a kind that is read here. */
export interface SafeBag {
  readonly kind: 'key' | 'shrouded-key' | 'certificate'
  /** PrivateKeyInfo, EncryptedPrivateKeyInfo or Certificate, DER. */
  readonly value: Uint8Array
  readonly friendlyName: string | null
  /** Hex; binds a key to its certificate. */
  readonly localKeyId: string | null
}

/** NSS and Windows write BER. What follows the element is dropped. */
const readBer = (bytes: Uint8Array): DerNode => readDer(berToDer(bytes))

/** An OCTET STRING, or one under an IMPLICIT tag, in one piece or several. */
const octets = (node: DerNode): Uint8Array =>
  isConstructed(node) ? concatAll(children(node).map(octets)) : contentBytes(node)

const readContentInfo = (node: DerNode): { type: string; content: DerNode } => {
  const reader = cursor(expectTag(node, tag.sequence))
  const type = readOid(reader.next(tag.oid))
  const content = onlyChild(reader.next(context.constructed(0)))
  reader.finish()
  return { type, content }
}

const readMac = (node: DerNode): MacData => {
  const reader = cursor(expectTag(node, tag.sequence))
  const digestInfo = cursor(reader.next(tag.sequence))
  const algorithm = readAlgorithmIdentifier(digestInfo.next())
  const value = contentBytes(digestInfo.next(tag.octetString))
  digestInfo.finish()
  const salt = contentBytes(reader.next(tag.octetString))
  const iterations = reader.optional(tag.integer)
  reader.finish()
  return { algorithm, value, salt, iterations: iterations === undefined ? 1 : readSmallInteger(iterations) }
}

/** PFX (RFC 7292 §4). @throws Asn1Error, key.unsupported for one that is signed instead of carrying a MAC */
export const readPfx = (file: Uint8Array): Pfx => {
  const node = readBer(file)
  const reader = cursor(expectTag(node, tag.sequence))
  if (readSmallInteger(reader.next(tag.integer)) !== 3) throw new Asn1Error('version', node.start)
  const { type, content } = readContentInfo(reader.next())
  const macNode = reader.optional(tag.sequence)
  reader.finish()
  if (type !== oids.data) throw new AppError('key.unsupported', { reason: 'pkcs12_content', oid: type })
  return { authenticated: octets(content), mac: macNode === undefined ? null : readMac(macNode) }
}

/** EncryptedData (RFC 5652 §8). */
const readEncryptedData = (node: DerNode): SafePart => {
  const reader = cursor(expectTag(node, tag.sequence))
  reader.next(tag.integer)
  const info = cursor(reader.next(tag.sequence))
  if (readOid(info.next(tag.oid)) !== oids.data) throw new Asn1Error('content_type', node.start)
  const algorithm = readAlgorithmIdentifier(info.next())
  const content = info.next()
  if ((content.tag & ~0x20) !== context.primitive(0)) throw new Asn1Error('unexpected_tag', content.start)
  return { kind: 'encrypted', algorithm, ciphertext: octets(content) }
}

const MAX_PARTS = 64

/** AuthenticatedSafe (RFC 7292 §4.1). */
export const readSafeParts = (authenticated: Uint8Array): SafePart[] => {
  const node = readBer(authenticated)
  const parts = children(expectTag(node, tag.sequence))
  if (parts.length > MAX_PARTS) throw new Asn1Error('too_many_elements', node.start)
  return parts.map((part) => {
    const { type, content } = readContentInfo(part)
    if (type === oids.data) return { kind: 'data', bytes: octets(content) }
    if (type === keyFileOids.encryptedData) return readEncryptedData(content)
    throw new AppError('key.unsupported', { reason: 'pkcs12_content', oid: type })
  })
}

/** PKCS12Attribute values (RFC 2985 §5.5), the first of each kind. */
const readBagAttributes = (node: DerNode | undefined): Pick<SafeBag, 'friendlyName' | 'localKeyId'> => {
  let friendlyName: string | null = null
  let localKeyId: string | null = null
  for (const attribute of node === undefined ? [] : children(node)) {
    const reader = cursor(expectTag(attribute, tag.sequence))
    const type = readOid(reader.next(tag.oid))
    const [value] = children(reader.next(tag.set))
    if (value === undefined) continue
    if (type === keyFileOids.friendlyName) friendlyName ??= readText(value) ?? null
    if (type === keyFileOids.localKeyId) localKeyId ??= toHex(contentBytes(value))
  }
  return { friendlyName, localKeyId }
}

/** CertBag; null for one that holds no X.509 certificate. */
const readCertificateBag = (node: DerNode): Uint8Array | null => {
  const reader = cursor(expectTag(node, tag.sequence))
  if (readOid(reader.next(tag.oid)) !== keyFileOids.x509Certificate) return null
  return octets(onlyChild(reader.next(context.constructed(0))))
}

const bagKinds: ReadonlyMap<string, SafeBag['kind']> = new Map([
  [keyFileOids.keyBag, 'key'],
  [keyFileOids.shroudedKeyBag, 'shrouded-key'],
  [keyFileOids.certificateBag, 'certificate'],
] as const)

const MAX_BAGS = 1000

const readBags = (node: DerNode, found: SafeBag[]): void => {
  for (const bag of children(expectTag(node, tag.sequence))) {
    if (found.length >= MAX_BAGS) throw new Asn1Error('too_many_elements', bag.start)
    const reader = cursor(expectTag(bag, tag.sequence))
    const type = readOid(reader.next(tag.oid))
    const content = onlyChild(reader.next(context.constructed(0)))
    const attributes = readBagAttributes(reader.optional(tag.set))
    reader.finish()
    if (type === keyFileOids.safeContentsBag) readBags(content, found)
    const kind = bagKinds.get(type)
    const value = kind === 'certificate' ? readCertificateBag(content) : encodedBytes(content)
    if (kind !== undefined && value !== null) found.push({ kind, value, ...attributes })
  }
}

/**
 * SafeContents (RFC 7292 §4.2), those nested in it included; lists of revoked certificates and other secrets are passed over.
 * `secret` is the buffer the bags point into: overwrite it after use.
 */
export const readSafeBags = (safeContents: Uint8Array): { bags: SafeBag[]; secret: Uint8Array } => {
  const secret = berToDer(safeContents)
  const bags: SafeBag[] = []
  readBags(readDer(secret), bags)
  return { bags, secret }
}
