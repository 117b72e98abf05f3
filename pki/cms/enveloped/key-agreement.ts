import { agree, generateKeyPair, unwrapAesKey, wrapAesKey } from '#platform'

import { digest } from '../../algorithms/digest.ts'
import type { HashName } from '../../algorithms/digest.ts'
import { readAlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import { oids } from '../../algorithms/oids.ts'
import { publicPointOf } from '../../algorithms/public-key.ts'
import { algorithmOf } from '../../algorithms/registry.ts'
import { cursor, encodedBytes, expectTag, readDer } from '../../asn1/reader.ts'
import { tag } from '../../asn1/tags.ts'
import { bitString, explicit, octetString, oid, sequence } from '../../asn1/writer.ts'
import { concat } from '../../bytes/concat.ts'

const bigEndian32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** ECC-CMS-SharedInfo (RFC 5753 §7.2). */
const sharedInfo = (keyWrap: Uint8Array, material: Uint8Array | null, keyLength: number): Uint8Array =>
  sequence(
    keyWrap,
    ...(material === null ? [] : [explicit(0, octetString(material))]),
    explicit(2, octetString(bigEndian32(8 * keyLength))),
  )

/** ANSI X9.63 KDF (SEC 1 §3.6.1): hash(secret ‖ counter ‖ info), counted from 1. */
const deriveKey = (hash: HashName, secret: Uint8Array, info: Uint8Array, length: number): Uint8Array => {
  const blocks: Uint8Array[] = []
  for (let have = 0; have < length;) {
    const block = digest(hash, secret, bigEndian32(blocks.length + 1), info)
    blocks.push(block)
    have += block.length
  }
  const all = concat(...blocks)
  const key = all.slice(0, length)
  for (const bytes of [...blocks, all, secret]) bytes.fill(0)
  return key
}

/** keyEncryptionAlgorithm of a KeyAgreeRecipientInfo: the hash of the key derivation, and the key wrap as it is encoded. */
export interface AgreementScheme {
  readonly hash: HashName
  readonly keyWrap: Uint8Array
  /** Bytes of the wrapping key. */
  readonly keyLength: number
}

/** undefined where it is not supported. */
export const readAgreement = ({ oid, parameters }: AlgorithmIdentifier): AgreementScheme | undefined => {
  const hash = algorithmOf(oid, 'key-agreement')?.hash
  if (hash === undefined || parameters === undefined) return undefined
  const wrap = readAlgorithmIdentifier(parameters)
  const keyLength = algorithmOf(wrap.oid, 'key-wrap')?.keyLength
  return keyLength === undefined ? undefined : { hash, keyWrap: wrap.der, keyLength }
}

const curves = {
  'P-256': { scheme: oids.dhSinglePassStdDhSha256Kdf, hash: 'sha256' },
  'P-384': { scheme: oids.dhSinglePassStdDhSha384Kdf, hash: 'sha384' },
  'P-521': { scheme: oids.dhSinglePassStdDhSha512Kdf, hash: 'sha512' },
} as const
export type AgreementCurve = keyof typeof curves

const wrapOids: ReadonlyMap<number, string> = new Map([
  [16, oids.aes128Wrap],
  [24, oids.aes192Wrap],
  [32, oids.aes256Wrap],
])

export interface AgreedKey {
  /** keyEncryptionAlgorithm, DER. */
  readonly algorithm: Uint8Array
  /** OriginatorPublicKey without its outer tag: algorithm and point. */
  readonly originatorKey: readonly [Uint8Array, Uint8Array]
  readonly encryptedKey: Uint8Array
}

/** Wraps the content's key with one agreed between the recipient and a key made for this once (RFC 5753 §3.1.1). */
export const wrapForRecipient = async (
  spki: Uint8Array,
  curve: AgreementCurve,
  key: Uint8Array,
): Promise<AgreedKey> => {
  const { scheme, hash } = curves[curve]
  const wrapOid = wrapOids.get(key.length)
  if (wrapOid === undefined) throw new TypeError(`no AES key wrap for ${key.length} bytes`)
  const keyWrap = sequence(oid(wrapOid))
  const ephemeral = await generateKeyPair(curve)
  const secret = await agree(ephemeral.pkcs8, spki)
  ephemeral.pkcs8.fill(0)
  const wrappingKey = deriveKey(hash, secret, sharedInfo(keyWrap, null, key.length), key.length)
  const encryptedKey = wrapAesKey(wrappingKey, key)
  wrappingKey.fill(0)
  return {
    algorithm: sequence(oid(scheme), keyWrap),
    // RFC 5753 §7.1.2: the curve is the recipient's and is left out.
    originatorKey: [sequence(oid(oids.ecPublicKey)), bitString(publicPointOf(ephemeral.spki))],
    encryptedKey,
  }
}

/** The sender's point as a SubjectPublicKeyInfo on the recipient's curve. */
export const peerKey = (recipientSpki: Uint8Array, point: Uint8Array): Uint8Array => {
  const algorithm = cursor(expectTag(readDer(recipientSpki), tag.sequence)).next(tag.sequence)
  return sequence(encodedBytes(algorithm), bitString(point))
}

/** @param secret x coordinate of the agreement; is overwritten. @throws key.decryption_failed */
export const unwrapAgreed = (
  { hash, keyWrap, keyLength }: AgreementScheme,
  material: Uint8Array | null,
  secret: Uint8Array,
  encryptedKey: Uint8Array,
): Uint8Array => {
  const wrappingKey = deriveKey(hash, secret, sharedInfo(keyWrap, material, keyLength), keyLength)
  try {
    return unwrapAesKey(wrappingKey, encryptedKey)
  } finally {
    wrappingKey.fill(0)
  }
}
