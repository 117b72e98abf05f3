import { AppError } from '#contract/errors.ts'
import { digestOf } from '#contract/keys.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import { signatureIdentifier } from '../algorithms/algorithm-identifier.ts'
import { allowsScheme } from '../algorithms/pss-key.ts'
import { keyTypes, readPublicKeyInfo, verifySignature } from '../algorithms/public-key.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { readDer } from '../asn1/reader.ts'
import { bitString, sequence } from '../asn1/writer.ts'
import { encodeSignatureValue } from '../cms/signature-value.ts'
import type { KeyPort } from '../keys/private-key.ts'

/** What is signed wherever the key is, and how the signature makes it whole. */
export interface PreparedStructure {
  readonly algorithm: SignatureAlgorithm
  readonly toBeSigned: Uint8Array
  /**
   * DER. ECDSA and SM2 as DER or r‖s.
   * @throws key.mismatch when the signature is not that key's: nothing leaves that does not verify
   */
  finish(signature: Uint8Array): Uint8Array
}

/** How a signer signs: by its public key, with the algorithm its kind of key is used with unless told otherwise. */
export interface SignerDescription {
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  readonly algorithm?: SignatureAlgorithm
}

const defaults = { 'P-256': 'ecdsa-sha256', 'P-384': 'ecdsa-sha384', 'P-521': 'ecdsa-sha512', SM2: 'sm2-sm3' } as const

/** The first that the key allows: those of PSS for one that is marked for it. */
const rsaDefaults = ['rsa-pkcs1-sha256', 'rsa-pss-sha256', 'rsa-pss-sha384', 'rsa-pss-sha512'] as const

/** @throws key.mechanism_unsupported when key and algorithm do not fit */
const algorithmFor = ({ spki, algorithm }: SignerDescription): SignatureAlgorithm => {
  const { type, curve } = readPublicKeyInfo(readDer(spki))
  const forRsa = rsaDefaults.find((candidate) => allowsScheme(spki, schemeOf(candidate))) ?? 'rsa-pss-sha256'
  const chosen = algorithm ?? (curve === null ? forRsa : defaults[curve])
  const scheme = schemeOf(chosen)
  if (keyTypes[scheme.kind] !== type || (type === 'rsa' && !allowsScheme(spki, scheme))) {
    throw new AppError('key.mechanism_unsupported', { algorithm: chosen, keyType: type })
  }
  return chosen
}

/**
 * SEQUENCE { toBeSigned, AlgorithmIdentifier, BIT STRING }: certificates, lists, requests and responses alike.
 * @param build makes the signed part, for those that name the algorithm inside as well
 * @param trailer what follows the signature
 */
export const prepareStructure = (
  signer: SignerDescription,
  build: (identifier: Uint8Array) => Uint8Array,
  ...trailer: readonly Uint8Array[]
): PreparedStructure => {
  const algorithm = algorithmFor(signer)
  const identifier = signatureIdentifier(algorithm, digestOf(algorithm))
  const toBeSigned = build(identifier)
  return {
    algorithm,
    toBeSigned,
    finish: (signature) => {
      const key = readPublicKeyInfo(readDer(signer.spki))
      const value = encodeSignatureValue(algorithm, { key }, signature)
      if (!verifySignature(signer.spki, schemeOf(algorithm), toBeSigned, value)) {
        throw new AppError('key.mismatch', { part: 'signature' })
      }
      return sequence(toBeSigned, identifier, bitString(value), ...trailer)
    },
  }
}

/** Both steps at once, with a key at hand. */
export const signStructure = async (prepared: PreparedStructure, key: Pick<KeyPort, 'sign'>): Promise<Uint8Array> =>
  prepared.finish(await key.sign(prepared.algorithm, prepared.toBeSigned))
