import { rsaEncrypt } from '#platform'

import { AppError } from '#contract/errors.ts'
import { oids } from '../../algorithms/oids.ts'
import { MIN_RSA_BITS, publicPointOf } from '../../algorithms/public-key.ts'
import { context } from '../../asn1/tags.ts'
import { encode, explicit, octetString, sequence, smallInteger } from '../../asn1/writer.ts'
import { encryptSm2 } from '../../gm/sm2-encryption.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { KeyUsage } from '../../x509/extensions.ts'
import { wrapForRecipient } from './key-agreement.ts'
import { encodeTransport, rsaPaddings } from './key-encryption.ts'
import type { RsaKeyEncryption, TransportPadding } from './key-encryption.ts'
import { encodeIssuerSerial, keyIdentifierOf } from './recipient-info.ts'

export interface Recipient {
  readonly certificate: Certificate
  /** Of RSA keys. Default: rsa-oaep-sha256; many USB keys decrypt nothing but rsa-pkcs1. */
  readonly keyEncryption?: RsaKeyEncryption
  /** How the certificate is named. Default: issuer-serial. */
  readonly naming?: 'issuer-serial' | 'key-identifier'
}

/** `cms`: RFC 5652 and 5083. `gm`: GB/T 35275, for SM2 certificates alone. */
export type EnvelopeSyntax = 'cms' | 'gm'

export type KeyEncryption = RsaKeyEncryption | 'sm2' | 'ecdh'

/** The content's key for one recipient. */
export interface WrappedKey {
  readonly certificate: Certificate
  readonly keyEncryption: KeyEncryption
  readonly encryptedKey: Uint8Array
  /** RecipientInfo, DER. */
  readonly recipientInfo: Uint8Array
  /** CMSVersion of the RecipientInfo. */
  readonly version: number
}

/** Any of these bits lets the key be used. SM2 encryption certificates carry one or more of the three (GM/T 0015). */
const usages: Record<'rsa' | 'ec' | 'sm2', readonly KeyUsage[]> = {
  rsa: ['keyEncipherment'],
  ec: ['keyAgreement'],
  sm2: ['keyEncipherment', 'dataEncipherment', 'keyAgreement'],
}

const refuse = ({ serial }: Certificate, reason: string): never => {
  throw new AppError('certificate.usage_refused', { reason, serial })
}

/** Kind of a key that messages can be encrypted for. @throws certificate.usage_refused with reason and serial number */
export const checkEncryptionCertificate = (certificate: Certificate): 'rsa' | 'ec' | 'sm2' => {
  const { key, keyUsage } = certificate
  // RFC 4055 §1.2: a key for PSS encrypts nothing.
  if ((key.type !== 'rsa' && key.type !== 'ec' && key.type !== 'sm2') || key.oid === oids.rsaPss) {
    return refuse(certificate, 'key_type')
  }
  if (key.type === 'rsa' && key.bits < MIN_RSA_BITS) return refuse(certificate, 'key_size')
  if (keyUsage !== null && !usages[key.type].some((usage) => keyUsage.includes(usage))) {
    return refuse(certificate, 'key_usage')
  }
  return key.type
}

const transport = async (
  { certificate, naming }: Recipient,
  padding: TransportPadding,
  key: Uint8Array,
  syntax: EnvelopeSyntax,
) => {
  const isByKey = naming === 'key-identifier'
  // RFC 5652 §6.2.1: 0 or 2; GB/T 35275: 1, and CFCA's 2.
  const version = isByKey ? 2 : syntax === 'gm' ? 1 : 0
  const encryptedKey =
    padding.kind === 'sm2'
      ? encryptSm2(publicPointOf(certificate.spki), key)
      : await rsaEncrypt(certificate.spki, padding, key)
  const recipientInfo = sequence(
    smallInteger(version),
    isByKey ? encode(context.primitive(0), keyIdentifierOf(certificate)) : encodeIssuerSerial(certificate),
    encodeTransport(padding),
    octetString(encryptedKey),
  )
  return { version, encryptedKey, recipientInfo }
}

/** KeyAgreeRecipientInfo (RFC 5753 §3.1.1): version 3, one recipient. */
const agreement = async ({ certificate, naming }: Recipient, key: Uint8Array) => {
  const { curve } = certificate.key
  if (curve === null || curve === 'SM2') return refuse(certificate, 'key_type')
  const { algorithm, originatorKey, encryptedKey } = await wrapForRecipient(certificate.spki, curve, key)
  const recipient =
    naming === 'key-identifier'
      ? encode(context.constructed(0), octetString(keyIdentifierOf(certificate)))
      : encodeIssuerSerial(certificate)
  const recipientInfo = encode(
    context.constructed(1),
    smallInteger(3),
    explicit(0, encode(context.constructed(1), ...originatorKey)),
    algorithm,
    sequence(sequence(recipient, octetString(encryptedKey))),
  )
  return { version: 3, encryptedKey, recipientInfo }
}

/** Encrypts the content's key for one recipient. @throws certificate.usage_refused */
export const wrapKey = async (recipient: Recipient, key: Uint8Array, syntax: EnvelopeSyntax): Promise<WrappedKey> => {
  const { certificate } = recipient
  const type = checkEncryptionCertificate(certificate)
  if (syntax === 'gm' && type !== 'sm2') return refuse(certificate, 'key_type')
  if (type === 'ec') return { certificate, keyEncryption: 'ecdh', ...(await agreement(recipient, key)) }
  const keyEncryption = type === 'sm2' ? 'sm2' : (recipient.keyEncryption ?? 'rsa-oaep-sha256')
  const padding = keyEncryption === 'sm2' ? ({ kind: 'sm2' } as const) : rsaPaddings[keyEncryption]
  return { certificate, keyEncryption, ...(await transport(recipient, padding, key, syntax)) }
}
