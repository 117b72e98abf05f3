import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier, readSignatureScheme } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { publicPointOf, readPublicKeyInfo, verifySignature } from '../algorithms/public-key.ts'
import type { PublicKeyInfo } from '../algorithms/public-key.ts'
import type { SignatureScheme } from '../algorithms/signature-scheme.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readBitStringBytes, readOid, readSmallInteger, readText } from '../asn1/values.ts'
import {
  nullValue,
  octetString,
  oid,
  retag,
  sequence,
  setOf,
  smallInteger,
  utf8String,
  bitString,
} from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { readDerFile } from '../keys/pem.ts'
import { curvePublicKey } from '../keys/private-key-info.ts'
import { defaultAlgorithms, keyRule } from '../path/algorithm-policy.ts'
import type { AlgorithmPolicy } from '../path/algorithm-policy.ts'
import { readExtensions } from '../x509/extensions.ts'
import type { Extension } from '../x509/extensions.ts'
import { readName } from '../x509/name.ts'
import type { DistinguishedName } from '../x509/name.ts'
import { encodeExtensions } from './extensions.ts'
import type { ExtensionInput } from './extensions.ts'
import { encodeName } from './name.ts'
import type { NameInput } from './name.ts'
import { prepareStructure } from './signed-structure.ts'
import type { PreparedStructure, SignerDescription } from './signed-structure.ts'

const attributeOids = {
  // RFC 2985 §5.4
  challengePassword: '1.2.840.113549.1.9.7',
  extensionRequest: '1.2.840.113549.1.9.14',
  /** The same as Windows writes it. */
  windowsExtensionRequest: '1.3.6.1.4.1.311.2.1.14',
  /** CFCA: the key its answer is encrypted to. */
  temporaryKey: '1.2.840.113549.1.9.63',
} as const

/** PKCS#10 (RFC 2986), the signature checked: the sender holds the private key. */
export interface CertificationRequest {
  readonly der: Uint8Array
  readonly subject: DistinguishedName
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  readonly key: PublicKeyInfo
  /** What the certificate is wished to carry; the authority decides. */
  readonly extensions: readonly Extension[]
  readonly challengePassword: string | null
  /** SubjectPublicKeyInfo of CFCA's temporary key, or null. */
  readonly temporaryKey: Uint8Array | null
}

const MAX_REQUEST = 64 * 1024
const MAX_ATTRIBUTES = 64

/** Bytes in front of x and y in CFCA's temporary SM2 key; each number stands in a field of 64. */
const CFCA_HEAD = Uint8Array.of(0, 0xb4, 0, 0, 0, 1, 0, 0)
const CFCA_KEY = 136

const readTemporaryKey = (node: DerNode): Uint8Array => {
  const reader = cursor(readDer(contentBytes(expectTag(node, tag.octetString))))
  readSmallInteger(reader.next(tag.integer))
  const keyNode = reader.next(tag.octetString)
  reader.finish()
  const key = contentBytes(keyNode)
  if (key[0] === tag.sequence) {
    // RSA: an RSAPublicKey.
    cursor(readDer(key)).next(tag.integer)
    return sequence(sequence(oid(oids.rsaEncryption), nullValue()), bitString(key))
  }
  if (key.length !== CFCA_KEY) throw new Asn1Error('temporary_key', keyNode.start)
  return curvePublicKey(oids.sm2, concat(Uint8Array.of(4), key.subarray(8, 40), key.subarray(72, 104)))
}

/** The values of an attribute: SET OF, or bare as CFCA writes them. */
const attributeValues = (attribute: DerNode): { type: string; values: DerNode[] } => {
  const reader = cursor(expectTag(attribute, tag.sequence))
  const type = readOid(reader.next(tag.oid))
  const value = reader.next()
  reader.finish()
  return { type, values: value.tag === tag.set ? children(value) : [value] }
}

const readAttributes = (node: DerNode | undefined) => {
  const attributes = node === undefined ? [] : children(node).map(attributeValues)
  if (attributes.length > MAX_ATTRIBUTES) throw new Asn1Error('too_many_elements', node?.start ?? 0)
  const find = (type: string): DerNode | undefined => attributes.find((attribute) => attribute.type === type)?.values[0]
  const extensions = find(attributeOids.extensionRequest) ?? find(attributeOids.windowsExtensionRequest)
  const password = find(attributeOids.challengePassword)
  const temporaryKey = find(attributeOids.temporaryKey)
  return {
    extensions: extensions === undefined ? [] : readExtensions(extensions),
    challengePassword: password === undefined ? null : (readText(password) ?? null),
    temporaryKey: temporaryKey === undefined ? null : readTemporaryKey(temporaryKey),
  }
}

const parse = (der: Uint8Array) => {
  if (der.length > MAX_REQUEST) throw new Asn1Error('too_long', MAX_REQUEST)
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const infoNode = reader.next(tag.sequence)
  const scheme: SignatureScheme | undefined = readSignatureScheme(readAlgorithmIdentifier(reader.next()))
  const signature = readBitStringBytes(reader.next())
  reader.finish()
  const info = cursor(infoNode)
  if (readSmallInteger(info.next(tag.integer)) !== 0) throw new Asn1Error('version', infoNode.start)
  const subject = readName(info.next())
  const keyNode = info.next(tag.sequence)
  // Required, yet some leave an empty one out.
  const attributes = readAttributes(info.optional(context.constructed(0)))
  info.finish()
  const request: CertificationRequest = {
    der,
    subject,
    spki: encodedBytes(keyNode),
    key: readPublicKeyInfo(keyNode),
    ...attributes,
  }
  return { request, scheme, signature, signed: encodedBytes(infoNode), signatureOffset: infoNode.end }
}

const requestFile = {
  code: 'certificate.request_malformed',
  label: /^(NEW )?CERTIFICATE REQUEST$/,
  missing: 'no_request',
} as const

/**
 * Reads a request, DER, PEM or base64, and checks its signature (RSA, ECDSA, SM2 with the default ID; SHA-1 is not accepted).
 * @param algorithms which keys are taken; default: what certificates are validated with
 * @throws certificate.request_malformed with reason and offset; `signature_invalid`, `signature_unsupported`, `key_too_short` and
 * `key_refused` among them
 */
export const readCertificationRequest = (
  file: Uint8Array,
  algorithms: AlgorithmPolicy = defaultAlgorithms,
): CertificationRequest => {
  const der = readDerFile(file, requestFile)
  return orAppError('certificate.request_malformed', () => {
    const { request, scheme, signature, signed, signatureOffset } = parse(der)
    if (scheme === undefined) throw new Asn1Error('signature_unsupported', signatureOffset)
    if (!verifySignature(request.spki, scheme, signed, signature)) {
      throw new Asn1Error('signature_invalid', signatureOffset)
    }
    const weakness = keyRule(request.key, algorithms)
    if (weakness !== null) throw new Asn1Error(weakness, signatureOffset)
    return request
  })
}

export interface CertificationRequestInput extends SignerDescription {
  /** Name, as attributes or DER. */
  readonly subject: NameInput | Uint8Array
  readonly extensions?: readonly ExtensionInput[]
  readonly challengePassword?: string
  /** SubjectPublicKeyInfo of an SM2 key: makes the request one of CFCA's dialect, its password bare. */
  readonly temporaryKey?: Uint8Array
}

const cfcaTemporaryKey = (spki: Uint8Array): Uint8Array => {
  if (readPublicKeyInfo(readDer(spki)).type !== 'sm2') {
    throw new AppError('key.mechanism_unsupported', { operation: 'temporary_key' })
  }
  const point = publicPointOf(spki)
  const key = new Uint8Array(CFCA_KEY)
  key.set(CFCA_HEAD)
  key.set(point.subarray(1, 33), 8)
  key.set(point.subarray(33), 72)
  return octetString(sequence(smallInteger(1), octetString(key)))
}

/** DirectoryString: PrintableString where its alphabet does, as old readers expect. */
const passwordText = (text: string): Uint8Array =>
  /^[A-Za-z0-9 '()+,\-./:=?]+$/.test(text) ? retag(utf8String(text), tag.printableString) : utf8String(text)

const encodeAttributes = (input: CertificationRequestInput): Uint8Array[] => {
  const { extensions = [], challengePassword, temporaryKey } = input
  const isCfca = temporaryKey !== undefined
  const attribute = (type: string, value: Uint8Array, isBare = false): Uint8Array =>
    sequence(oid(type), isBare ? value : setOf(value))
  return [
    ...(challengePassword === undefined
      ? []
      : [attribute(attributeOids.challengePassword, passwordText(challengePassword), isCfca)]),
    ...(isCfca ? [attribute(attributeOids.temporaryKey, cfcaTemporaryKey(temporaryKey), true)] : []),
    ...(extensions.length === 0 ? [] : [attribute(attributeOids.extensionRequest, encodeExtensions(extensions))]),
  ]
}

/** PKCS#10 in two steps, so that the key may be in a token. @throws request.invalid, key.mechanism_unsupported */
export const prepareCertificationRequest = (input: CertificationRequestInput): PreparedStructure => {
  const subject = input.subject instanceof Uint8Array ? input.subject : encodeName(input.subject)
  return prepareStructure(input, () =>
    sequence(smallInteger(0), subject, input.spki, retag(setOf(...encodeAttributes(input)), context.constructed(0))),
  )
}
