import { readAlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import { digest } from '../../algorithms/digest.ts'
import { Asn1Error } from '../../asn1/error.ts'
import { contentBytes, cursor, encodedBytes, expectTag, onlyChild, readDer } from '../../asn1/reader.ts'
import type { DerNode } from '../../asn1/reader.ts'
import { context, tag } from '../../asn1/tags.ts'
import { readBitStringBytes, readIntegerBytes } from '../../asn1/values.ts'
import { encode, sequence } from '../../asn1/writer.ts'
import { bytesEqual, fromHex } from '../../bytes/encodings.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { MAX_RECIPIENTS } from './limits.ts'

/** Names a recipient's certificate (RFC 5652 §6.2.1). */
export type RecipientIdentifier =
  | {
      readonly kind: 'issuer-serial'
      /** Name, DER. */
      readonly issuer: Uint8Array
      /** Content octets of the serial number. */
      readonly serial: Uint8Array
    }
  | { readonly kind: 'key-identifier'; readonly keyIdentifier: Uint8Array }

/** One recipient, as far as it is supported; others of a message are passed over. */
export type RecipientInfo =
  | {
      readonly kind: 'key-transport'
      readonly recipient: RecipientIdentifier
      readonly algorithm: AlgorithmIdentifier
      readonly encryptedKey: Uint8Array
    }
  | {
      readonly kind: 'key-agreement'
      readonly recipient: RecipientIdentifier
      readonly algorithm: AlgorithmIdentifier
      /** The sender's point for this message. */
      readonly point: Uint8Array
      /** UserKeyingMaterial. */
      readonly material: Uint8Array | null
      readonly encryptedKey: Uint8Array
    }

const readIdentifier = (node: DerNode): RecipientIdentifier => {
  if (node.tag === context.primitive(0)) return { kind: 'key-identifier', keyIdentifier: contentBytes(node) }
  // RecipientKeyIdentifier of a key agreement; date and other attribute do not matter.
  if (node.tag === context.constructed(0)) {
    const inner = cursor(node).next(tag.octetString)
    return { kind: 'key-identifier', keyIdentifier: contentBytes(inner) }
  }
  const reader = cursor(expectTag(node, tag.sequence))
  const issuer = encodedBytes(reader.next(tag.sequence))
  const serial = readIntegerBytes(reader.next(tag.integer))
  reader.finish()
  return { kind: 'issuer-serial', issuer, serial }
}

/** KeyTransRecipientInfo; the RecipientInfo of GB/T 35275 is the same. */
const readKeyTransport = (node: DerNode): RecipientInfo => {
  const reader = cursor(node)
  reader.next(tag.integer)
  const recipient = readIdentifier(reader.next())
  const algorithm = readAlgorithmIdentifier(reader.next())
  const encryptedKey = contentBytes(reader.next(tag.octetString))
  reader.finish()
  return { kind: 'key-transport', recipient, algorithm, encryptedKey }
}

/** KeyAgreeRecipientInfo (RFC 5652 §6.2.2) with the sender's key in it: one entry a recipient. */
const readKeyAgreement = (node: DerNode): RecipientInfo[] => {
  const reader = cursor(node)
  reader.next(tag.integer)
  const originator = onlyChild(reader.next(context.constructed(0)))
  const materialNode = reader.optional(context.constructed(1))
  const algorithm = readAlgorithmIdentifier(reader.next())
  const list = reader.next(tag.sequence)
  reader.finish()
  // Static keys of the sender, named by certificate, are not supported.
  if (originator.tag !== context.constructed(1)) return []
  const originatorKey = cursor(originator)
  originatorKey.next(tag.sequence)
  const point = readBitStringBytes(originatorKey.next())
  originatorKey.finish()
  const material = materialNode === undefined ? null : contentBytes(onlyChild(materialNode, tag.octetString))
  const keys = cursor(list)
  const recipients: RecipientInfo[] = []
  while (!keys.isAtEnd()) {
    if (recipients.length >= MAX_RECIPIENTS) throw new Asn1Error('too_many_recipients', list.start)
    const inner = cursor(keys.next(tag.sequence))
    const recipient = readIdentifier(inner.next())
    const encryptedKey = contentBytes(inner.next(tag.octetString))
    inner.finish()
    recipients.push({ kind: 'key-agreement', recipient, algorithm, point, material, encryptedKey })
  }
  return recipients
}

/** The recipients of one RecipientInfo. */
export const readRecipientInfo = (node: DerNode): RecipientInfo[] => {
  if (node.tag === tag.sequence) return [readKeyTransport(node)]
  return node.tag === context.constructed(1) ? readKeyAgreement(node) : []
}

/** Without that extension, what CFCA writes: the SHA-1 of the public key's bits (RFC 5280 §4.2.1.2, method 1). */
export const keyIdentifierOf = (certificate: Certificate): Uint8Array => {
  if (certificate.subjectKeyIdentifier !== null) return fromHex(certificate.subjectKeyIdentifier)
  const reader = cursor(expectTag(readDer(certificate.spki), tag.sequence))
  reader.next()
  return digest('sha1', readBitStringBytes(reader.next()))
}

export const namesCertificate = (recipient: RecipientIdentifier, certificate: Certificate): boolean =>
  recipient.kind === 'key-identifier'
    ? bytesEqual(recipient.keyIdentifier, keyIdentifierOf(certificate))
    : bytesEqual(recipient.issuer, certificate.issuer.der) && bytesEqual(recipient.serial, certificate.serialBytes)

export const encodeIssuerSerial = ({ issuer, serialBytes }: Certificate): Uint8Array =>
  sequence(issuer.der, encode(tag.integer, serialBytes))
