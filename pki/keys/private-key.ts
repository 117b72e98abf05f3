import * as platform from '#platform'

import { AppError } from '#contract/errors.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { digestInfo } from '../algorithms/digest-info.ts'
import { oids } from '../algorithms/oids.ts'
import { allowsScheme, rsaIdentifier } from '../algorithms/pss-key.ts'
import { encodedBytes } from '../asn1/reader.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { bitString, sequence } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { decryptSm2 } from '../gm/sm2-encryption.ts'
import { generateSm2KeyPair, publicKeyOf } from '../gm/sm2-key.ts'
import { createMessageDigest, encodeSm2Signature, signSm2Digest } from '../gm/sm2-signature.ts'
import { readRsaPrivateKey } from '../platform/pkcs8.ts'
import type { KeyKind, RsaPadding } from '../platform/types.ts'
import { curvePublicKey, encodeCurvePrivateKey, encodeRsaPrivateKey, readPrivateKeyParts } from './private-key-info.ts'
import type { PrivateKeyParts } from './private-key-info.ts'

/** What can be done with a private key wherever it is: in memory, in a token, behind a service. */
export interface KeyPort {
  readonly kind: 'rsa' | 'ec' | 'sm2'
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array
  /**
   * The signature as certificates and CMS carry it: ECDSA and SM2 (with the default ID) in DER.
   * @throws key.mechanism_unsupported for an algorithm of another kind of key
   */
  sign(algorithm: SignatureAlgorithm, toBeSigned: Uint8Array): Promise<Uint8Array>
  /** RSA by its padding; SM2Cipher or a bare layout of it. @throws key.decryption_failed, key.mechanism_unsupported */
  decrypt(padding: RsaPadding | 'sm2', data: Uint8Array): Promise<Uint8Array>
  /** ECDH, the x coordinate. @throws key.decryption_failed, key.mechanism_unsupported */
  agree(peerSpki: Uint8Array): Promise<Uint8Array>
}

/** A key in memory. */
export interface PrivateKey extends KeyPort {
  /** PrivateKeyInfo (RFC 5958), a copy that the caller overwrites. */
  pkcs8(): Uint8Array
  /** Overwrites the key; afterwards nothing can be done with it. */
  erase(): void
}

const unsupported = (kind: string, operation: string): never => {
  throw new AppError('key.mechanism_unsupported', { kind, operation })
}

/** Guards the secret: hands it out until it is erased. */
const holder = (secret: Uint8Array) => {
  let isErased = false
  return {
    use: (): Uint8Array => {
      if (isErased) throw new TypeError('the key was erased')
      return secret
    },
    erase: (): void => {
      isErased = true
      secret.fill(0)
    },
  }
}

const schemeKinds = { rsa: ['rsa-pkcs1', 'rsa-pss'], ec: ['ecdsa'] } as const

/**
 * @param pkcs8 becomes the key's own
 * @param mark AlgorithmIdentifier of a key for PSS, which runtimes are not given
 */
const platformKey = (kind: 'rsa' | 'ec', pkcs8: Uint8Array, spki: Uint8Array, mark: Uint8Array | null): PrivateKey => {
  const { use, erase } = holder(pkcs8)
  return {
    kind,
    spki,
    sign: async (algorithm, toBeSigned) => {
      const scheme = schemeOf(algorithm)
      const isOfThisKind = schemeKinds[kind].some((candidate) => candidate === scheme.kind)
      if (!isOfThisKind || scheme.kind === 'sm2' || !allowsScheme(spki, scheme)) return unsupported(kind, algorithm)
      return scheme.digest === 'sm3'
        ? platform.signDigestInfo(use(), digestInfo('sm3', toBeSigned))
        : platform.signWithKey(use(), scheme, toBeSigned)
    },
    decrypt: async (padding, data) =>
      kind === 'rsa' && padding !== 'sm2' && mark === null
        ? platform.rsaDecrypt(use(), padding, data)
        : unsupported(kind, 'decrypt'),
    agree: async (peerSpki) => (kind === 'ec' ? platform.agree(use(), peerSpki) : unsupported(kind, 'agree')),
    pkcs8: () =>
      mark === null ? new Uint8Array(use()) : encodeRsaPrivateKey(mark, encodedBytes(readRsaPrivateKey(use()))),
    erase,
  }
}

const sm2Spki = (publicKey: Uint8Array): Uint8Array => curvePublicKey(oids.sm2, concat(Uint8Array.of(4), publicKey))

/** What is computed at once, for an interface whose other sides take their time. */
const promised = <T>(compute: () => T): Promise<T> => Promise.resolve().then(compute)

/** An SM2 key from its number of 32 bytes, which becomes the key's own. @throws TypeError when it is none */
export const sm2PrivateKey = (secret: Uint8Array): PrivateKey => {
  const publicKey = publicKeyOf(secret)
  const { use, erase } = holder(secret)
  return {
    kind: 'sm2',
    spki: sm2Spki(publicKey),
    sign: (algorithm, toBeSigned) =>
      promised(() => {
        if (algorithm !== 'sm2-sm3') return unsupported('sm2', algorithm)
        return encodeSm2Signature(signSm2Digest(use(), createMessageDigest(publicKey).update(toBeSigned).digest()))
      }),
    decrypt: (padding, data) =>
      promised(() => (padding === 'sm2' ? decryptSm2(use(), data) : unsupported('sm2', padding.kind))),
    agree: () => promised(() => unsupported('sm2', 'agree')),
    pkcs8: () => encodeCurvePrivateKey(oids.sm2, use(), concat(Uint8Array.of(4), publicKey)),
    erase,
  }
}

/** A number that is no key of its curve shows only when it is used. */
const orImpossible = <T>(use: () => T): T => {
  try {
    return use()
  } catch (error) {
    throw new AppError('key.malformed', { reason: 'secret_range' }, { cause: error })
  }
}

const openCurveKey = (parts: PrivateKeyParts & { kind: 'ec' | 'sm2' }): PrivateKey => {
  const { curve, point, secret } = parts
  if (parts.kind === 'sm2') {
    const key = orImpossible(() => sm2PrivateKey(secret))
    if (point !== null && !bytesEqual(sm2Spki(point.subarray(1)), key.spki)) {
      key.erase()
      throw new AppError('key.mismatch', { part: 'public_key' })
    }
    return key
  }
  // The public key is computed, whatever the file says it is.
  const bare = encodeCurvePrivateKey(curve, secret, null)
  secret.fill(0)
  const spki = orImpossible(() => platform.publicKeyOf(bare))
  if (point !== null && !bytesEqual(curvePublicKey(curve, point), spki)) {
    bare.fill(0)
    throw new AppError('key.mismatch', { part: 'public_key' })
  }
  return platformKey('ec', bare, spki, null)
}

/**
 * Opens an unencrypted key: PrivateKeyInfo, RSAPrivateKey or ECPrivateKey, DER. The input stays the caller's.
 * @throws key.malformed, key.unsupported, key.mismatch when the public key in it is another one
 */
export const openPrivateKey = (der: Uint8Array): PrivateKey => {
  const parts = readPrivateKeyParts(der)
  if (parts.kind !== 'rsa') return openCurveKey(parts)
  const { mark, rsaPrivateKey, rsaPublicKey } = parts
  const pkcs8 = encodeRsaPrivateKey(null, rsaPrivateKey)
  return platformKey('rsa', pkcs8, sequence(mark ?? rsaIdentifier, bitString(rsaPublicKey)), mark)
}

export const generatePrivateKey = async (kind: KeyKind | 'SM2'): Promise<PrivateKey> => {
  if (kind === 'SM2') return sm2PrivateKey(generateSm2KeyPair().privateKey)
  const { pkcs8, spki } = await platform.generateKeyPair(kind)
  return platformKey(kind.startsWith('rsa') ? 'rsa' : 'ec', pkcs8, spki, null)
}
