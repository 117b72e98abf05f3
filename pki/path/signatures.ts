import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { verifySignature } from '../algorithms/public-key.ts'
import type { PublicKeyInfo } from '../algorithms/public-key.ts'
import type { SignatureScheme } from '../algorithms/signature-scheme.ts'
import { contentBytes, cursor, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readIntegerBytes } from '../asn1/values.ts'
import { encode, sequence } from '../asn1/writer.ts'
import { toHex } from '../bytes/encodings.ts'
import type { Budget } from './budget.ts'
import { verifyDsa } from './dsa.ts'

/** Anything that carries a signature: certificate, CRL, OCSP response. */
export interface Signed {
  readonly tbs: Uint8Array
  readonly signatureScheme: SignatureScheme | null
  readonly signature: Uint8Array
}

export interface VerifyingKey {
  readonly spki: Uint8Array
  readonly key: PublicKeyInfo
}

/**
 * A DSA key without parameters takes those of the key that signed it (RFC 5280 §6.1.4 (e), RFC 3279 §2.3.2). The new key
 * is written once for each of the two, so that cached signature checks are found again.
 */
const inherited = new WeakMap<Uint8Array, WeakMap<Uint8Array, VerifyingKey>>()

export const withInheritedParameters = (own: VerifyingKey, above: VerifyingKey): VerifyingKey => {
  if (own.key.type !== 'dsa' || own.key.bits > 0 || above.key.type !== 'dsa' || above.key.bits === 0) return own
  const known = inherited.get(own.spki)?.get(above.spki)
  if (known !== undefined) return known
  const [algorithm, key] = [own.spki, above.spki].map((spki) => cursor(expectTag(readDer(spki), tag.sequence)))
  if (algorithm === undefined || key === undefined) return own
  algorithm.next()
  const spki = sequence(encodedBytes(key.next()), encode(tag.bitString, contentBytes(algorithm.next(tag.bitString))))
  const complete = { spki, key: { ...own.key, bits: above.key.bits } }
  const byParent = inherited.get(own.spki) ?? new WeakMap<Uint8Array, VerifyingKey>()
  inherited.set(own.spki, byParent.set(above.spki, complete))
  return complete
}

/** Cost in checks of a common key: grows with the square of an RSA modulus and with the length of the exponent. */
export const costOf = ({ spki, key }: VerifyingKey): number => {
  if (key.type !== 'rsa') return key.type === 'dsa' ? 50 : 4
  const reader = cursor(expectTag(readDer(spki), tag.sequence))
  readAlgorithmIdentifier(reader.next())
  const pair = cursor(readDer(contentBytes(reader.next()).subarray(1)))
  pair.next()
  const exponentBits = readIntegerBytes(pair.next()).length * 8
  return Math.max(1, Math.ceil((key.bits / 2048) ** 2 * (exponentBits / 24)))
}

export type SignatureChecker = (signed: Signed, key: VerifyingKey) => boolean

const texts = new WeakMap<Uint8Array, string>()

const textOf = (spki: Uint8Array): string => {
  const known = texts.get(spki)
  if (known !== undefined) return known
  const text = toHex(spki)
  texts.set(spki, text)
  return text
}

/** Each signature is checked once with each key. */
export const createSignatureChecker = (budget: Budget): SignatureChecker => {
  const known = new Map<Uint8Array, Map<string, boolean>>()
  return (signed, key) => {
    const { signatureScheme: scheme, tbs, signature } = signed
    if (scheme === null || key.key.type === 'other') return false
    const byKey = known.get(tbs) ?? new Map<string, boolean>()
    known.set(tbs, byKey)
    const text = textOf(key.spki)
    const cached = byKey.get(text)
    if (cached !== undefined) return cached
    budget.spend('signatures', costOf(key))
    const holds =
      scheme.kind === 'dsa'
        ? key.key.type === 'dsa' && verifyDsa(key.spki, scheme.digest, tbs, signature)
        : verifySignature(key.spki, scheme, tbs, signature)
    byKey.set(text, holds)
    return holds
  }
}
