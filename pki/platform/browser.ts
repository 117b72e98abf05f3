import { p256, p384, p521 } from '@noble/curves/nist.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'

import { AppError } from '#contract/errors.ts'
import { cursor, expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readBitStringBytes } from '../asn1/values.ts'
import { sequence, unsignedInteger } from '../asn1/writer.ts'
import { curveOf, namedCurveOf, publicKeyFrom } from './pkcs8.ts'
import { signRsaDigestInfo } from './rsa-private.ts'
import { encryptRsa, verifyRsa, verifyRsaDigestInfo } from './rsa-public.ts'
import type { Hash, KeyKind, Mac, Platform, PlatformHash, PlatformScheme } from './types.ts'

export { unwrapAesKey, wrapAesKey } from './aes-key-wrap.ts'
export { createDecryptor, createEncryptor } from './browser-aes.ts'

/**
 * `#platform` in browsers: hashes, curves and AES from the noble libraries where an answer must come at once, WebCrypto for
 * private keys. Without DSA, triple DES and the decryption of RSA PKCS#1 v1.5, which WebCrypto does not have.
 */

const hashes = { sha1, sha224, sha256, sha384, sha512 }

interface NobleHash {
  update(bytes: Uint8Array): unknown
  digest(): Uint8Array
  clone(): NobleHash
}

const hashOf = (hash: NobleHash): Hash => {
  const self: Hash = {
    update: (bytes) => {
      hash.update(bytes)
      return self
    },
    digest: () => hash.digest(),
    clone: () => hashOf(hash.clone()),
  }
  return self
}

export const createHash: Platform['createHash'] = (name) => hashOf(hashes[name].create())

export const createHmac: Platform['createHmac'] = (name, key) => {
  const mac = hmac.create(hashes[name], key)
  const self: Mac = {
    update: (bytes) => {
      mac.update(bytes)
      return self
    },
    digest: () => mac.digest(),
  }
  return self
}

/** What one call may ask for (Web Cryptography §10.1.1). */
const MAX_RANDOM = 65_536

export const randomBytes: Platform['randomBytes'] = (length) => {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += MAX_RANDOM) crypto.getRandomValues(bytes.subarray(at, at + MAX_RANDOM))
  return bytes
}

export const pbkdf2: Platform['pbkdf2'] = (name, password, salt, iterations, length) =>
  pbkdf2Async(hashes[name], password, salt, { c: iterations, dkLen: length })

const curves = {
  '1.2.840.10045.3.1.7': { name: 'P-256', curve: p256, length: 32 },
  '1.3.132.0.34': { name: 'P-384', curve: p384, length: 48 },
  '1.3.132.0.35': { name: 'P-521', curve: p521, length: 66 },
} as const

const curveBy = (oid: string) => {
  const found = Object.hasOwn(curves, oid) ? curves[oid as keyof typeof curves] : undefined
  if (found === undefined) throw new TypeError('not a curve of this runtime')
  return found
}

const verifyEcdsa = (
  spki: Uint8Array,
  { digest }: PlatformScheme,
  data: Uint8Array,
  signature: Uint8Array,
): boolean => {
  const { curve } = curveBy(namedCurveOf(spki))
  const outer = cursor(expectTag(readDer(spki), tag.sequence))
  outer.next(tag.sequence)
  const message = hashes[digest](data)
  // The standard takes any s below the order (FIPS 186-5 §6.4.2); the message is hashed already.
  const options = { prehash: false, lowS: false, format: 'der' } as const
  return curve.verify(signature, message, readBitStringBytes(outer.next()), options)
}

export const verifyWithKey: Platform['verifyWithKey'] = (spki, scheme, data, signature) => {
  try {
    if (scheme.kind === 'dsa') return false
    return scheme.kind === 'ecdsa'
      ? verifyEcdsa(spki, scheme, data, signature)
      : verifyRsa(spki, scheme, data, signature, createHash)
  } catch {
    // A key or signature that cannot be read: as wrong as any other.
    return false
  }
}

export const verifyDigestInfo: Platform['verifyDigestInfo'] = (spki, digestInfo, signature) => {
  try {
    return verifyRsaDigestInfo(spki, digestInfo, signature)
  } catch {
    return false
  }
}

export const signDigestInfo: Platform['signDigestInfo'] = (pkcs8, digestInfo) =>
  new Promise((resolve) => {
    resolve(signRsaDigestInfo(pkcs8, digestInfo, randomBytes))
  })

const subtleHashes = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const

const subtleHash = (name: PlatformHash): string => {
  if (name === 'sha224') throw new AppError('key.mechanism_unsupported', { algorithm: name })
  return subtleHashes[name]
}

type KeyUsage = 'sign' | 'decrypt' | 'deriveBits'
const importPrivate = (
  pkcs8: Uint8Array,
  algorithm: { name: string; hash?: string; namedCurve?: string },
  usage: KeyUsage,
) => crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, false, [usage])

export const signWithKey: Platform['signWithKey'] = async (pkcs8, { kind, digest, saltLength }, data) => {
  const message = new Uint8Array(data)
  const hash = subtleHash(digest)
  if (kind === 'ecdsa') {
    const { name: namedCurve, length } = curveBy(curveOf(pkcs8) ?? '')
    const key = await importPrivate(pkcs8, { name: 'ECDSA', namedCurve }, 'sign')
    const raw = new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash }, key, message))
    return sequence(unsignedInteger(raw.subarray(0, length)), unsignedInteger(raw.subarray(length)))
  }
  if (kind === 'dsa') throw new AppError('key.mechanism_unsupported', { algorithm: kind })
  const name = kind === 'rsa-pss' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5'
  const key = await importPrivate(pkcs8, { name, hash }, 'sign')
  return new Uint8Array(await crypto.subtle.sign({ name, saltLength }, key, message))
}

export const rsaEncrypt: Platform['rsaEncrypt'] = (spki, padding, data) =>
  new Promise((resolve) => {
    resolve(encryptRsa(spki, padding, data, createHash, randomBytes))
  })

export const rsaDecrypt: Platform['rsaDecrypt'] = async (pkcs8, padding, data) => {
  if (padding.kind === 'pkcs1') throw new AppError('key.mechanism_unsupported', { algorithm: 'rsa-pkcs1' })
  const key = await importPrivate(pkcs8, { name: 'RSA-OAEP', hash: subtleHash(padding.hash) }, 'decrypt')
  const label = padding.label === undefined ? {} : { label: new Uint8Array(padding.label) }
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'RSA-OAEP', ...label }, key, new Uint8Array(data)))
  } catch (error) {
    throw new AppError('key.decryption_failed', {}, { cause: error })
  }
}

export const agree: Platform['agree'] = async (pkcs8, spki) => {
  try {
    const { name: namedCurve, length } = curveBy(namedCurveOf(spki))
    const algorithm = { name: 'ECDH', namedCurve }
    const peer = await crypto.subtle.importKey('spki', new Uint8Array(spki), algorithm, false, [])
    const key = await importPrivate(pkcs8, algorithm, 'deriveBits')
    const bits = await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, key, length * 8)
    return new Uint8Array(bits)
  } catch (error) {
    throw new AppError('key.decryption_failed', {}, { cause: error })
  }
}

export const publicKeyOf: Platform['publicKeyOf'] = (pkcs8) => {
  try {
    return publicKeyFrom(pkcs8, (curve, scalar) => curveBy(curve).curve.getPublicKey(scalar, false))
  } catch (error) {
    throw new TypeError('not a private key', { cause: error })
  }
}

const generation = (kind: KeyKind) =>
  kind.startsWith('rsa')
    ? {
        name: 'RSA-PSS',
        modulusLength: Number(kind.slice(4)),
        publicExponent: Uint8Array.of(1, 0, 1),
        hash: 'SHA-256',
      }
    : { name: 'ECDSA', namedCurve: kind }

export const generateKeyPair: Platform['generateKeyPair'] = async (kind) => {
  const pair = await crypto.subtle.generateKey(generation(kind), true, ['sign', 'verify'])
  const [pkcs8, spki] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
    crypto.subtle.exportKey('spki', pair.publicKey),
  ])
  return { pkcs8: new Uint8Array(pkcs8), spki: new Uint8Array(spki) }
}
