import * as crypto from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

import { AppError } from '#contract/errors.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { pkcs1Block, unpadPkcs1 } from './pkcs1-padding.ts'
import { namedCurveOf } from './pkcs8.ts'
import type {
  BulkCipher,
  CipherOptions,
  Hash,
  Mac,
  Platform,
  PlatformCipher,
  PlatformScheme,
  RsaPadding,
} from './types.ts'

export { unwrapAesKey, wrapAesKey } from './aes-key-wrap.ts'

/** `#platform` under Node and Electron's main process. OpenSSL or BoringSSL: nothing here needs SM2, SM3 or SM4. */

/** Not a Buffer, whose `slice` is another one. */
const plain = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array => new Uint8Array(buffer, byteOffset, length)

const hashOf = (hash: crypto.Hash): Hash => {
  const self: Hash = {
    update: (bytes) => {
      hash.update(bytes)
      return self
    },
    digest: () => plain(hash.digest()),
    clone: () => hashOf(hash.copy()),
  }
  return self
}

export const createHash: Platform['createHash'] = (name) => hashOf(crypto.createHash(name))
export const createHmac: Platform['createHmac'] = (name, key) => {
  const hmac = crypto.createHmac(name, key)
  const self: Mac = {
    update: (bytes) => {
      hmac.update(bytes)
      return self
    },
    digest: () => plain(hmac.digest()),
  }
  return self
}
export const randomBytes: Platform['randomBytes'] = (length) => crypto.getRandomValues(new Uint8Array(length))

const derive = promisify(crypto.pbkdf2)
export const pbkdf2: Platform['pbkdf2'] = async (name, password, salt, iterations, length) =>
  plain(await derive(password, salt, iterations, length, name))

/** Public keys imported lately by their encoding: importing one takes as long as verifying with it. */
const imported = new Map<string, KeyObject>()
const MAX_IMPORTED = 256

const publicKey = (spki: Uint8Array): KeyObject => {
  const encoded = Buffer.from(spki.buffer, spki.byteOffset, spki.length)
  const name = encoded.toString('latin1')
  const known = imported.get(name)
  if (known !== undefined) return known
  const key = crypto.createPublicKey({ key: encoded, format: 'der', type: 'spki' })
  if (imported.size >= MAX_IMPORTED) imported.clear()
  imported.set(name, key)
  return key
}
const privateKey = (pkcs8: Uint8Array): KeyObject =>
  crypto.createPrivateKey({
    key: Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length),
    format: 'der',
    type: 'pkcs8',
  })

/** The key alone where nothing is to be said beside it: it is taken faster so, and DER is the default of ECDSA and DSA. */
const withScheme = (key: KeyObject, scheme: PlatformScheme): KeyObject | crypto.SignKeyObjectInput =>
  scheme.kind === 'rsa-pss'
    ? { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength }
    : scheme.kind === 'rsa-pkcs1'
      ? { key, padding: crypto.constants.RSA_PKCS1_PADDING }
      : key

export const verifyWithKey: Platform['verifyWithKey'] = (spki, scheme, data, signature) => {
  try {
    return crypto.verify(scheme.digest, data, withScheme(publicKey(spki), scheme), signature)
  } catch {
    // A point off its curve, a broken modulus, a salt that cannot fit the key: as wrong as any other.
    return false
  }
}

export const signWithKey: Platform['signWithKey'] = (pkcs8, scheme, data) =>
  new Promise((resolve, reject) => {
    crypto.sign(scheme.digest, data, withScheme(privateKey(pkcs8), scheme), (error, signature) => {
      if (error === null) resolve(plain(signature))
      else reject(error)
    })
  })

/** Private operations are asynchronous for the runtimes that have them so. What throws rejects. */
const settle = <T>(work: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(work())
  })

export const verifyDigestInfo: Platform['verifyDigestInfo'] = (spki, digestInfo, signature) => {
  try {
    const key = publicKey(spki)
    const block = crypto.publicDecrypt({ key, padding: crypto.constants.RSA_NO_PADDING }, signature)
    return signature.length === block.length && bytesEqual(block, pkcs1Block(digestInfo, block.length))
  } catch {
    return false
  }
}

export const signDigestInfo: Platform['signDigestInfo'] = (pkcs8, digestInfo) =>
  settle(() =>
    plain(crypto.privateEncrypt({ key: privateKey(pkcs8), padding: crypto.constants.RSA_PKCS1_PADDING }, digestInfo)),
  )

/** Whatever went wrong, nothing but this is said (R11). */
const orDecryptionFailed = (work: () => Uint8Array): Uint8Array => {
  try {
    return plain(work())
  } catch (error) {
    throw new AppError('key.decryption_failed', {}, { cause: error })
  }
}

const isGcm = (name: PlatformCipher): boolean => name.endsWith('gcm')

const noTag = (): never => {
  throw new TypeError('only an encryption with GCM makes a tag')
}

const bulk = (
  cipher: { update(bytes: Uint8Array): Buffer; final(): Buffer },
  tag: () => Uint8Array = noTag,
  setTag?: (tag: Uint8Array) => void,
): BulkCipher => ({
  update: (bytes) => plain(cipher.update(bytes)),
  finish: (expected) =>
    orDecryptionFailed(() => {
      setTag?.(expected ?? new Uint8Array(0))
      return cipher.final()
    }),
  tag,
  // The runtime holds its own copy of the key and overwrites it when the object goes.
  close: () => undefined,
})

const AUTH_TAG = 16

export const createEncryptor: Platform['createEncryptor'] = (name, key, iv, options: CipherOptions = {}) => {
  if (isGcm(name)) {
    const cipher = crypto.createCipheriv(name as crypto.CipherGCMTypes, key, iv, {
      authTagLength: options.tagLength ?? AUTH_TAG,
    })
    if (options.aad !== undefined) cipher.setAAD(options.aad)
    return bulk(cipher, () => plain(cipher.getAuthTag()))
  }
  const cipher = crypto.createCipheriv(name, key, iv)
  if (options.padding === 'none') cipher.setAutoPadding(false)
  return bulk(cipher)
}

export const createDecryptor: Platform['createDecryptor'] = (name, key, iv, options: CipherOptions = {}) => {
  if (isGcm(name)) {
    // With its length fixed here, a tag of another length is refused.
    const decipher = crypto.createDecipheriv(name as crypto.CipherGCMTypes, key, iv, {
      authTagLength: options.tagLength ?? AUTH_TAG,
    })
    if (options.aad !== undefined) decipher.setAAD(options.aad)
    return bulk(decipher, noTag, (tag) => decipher.setAuthTag(tag))
  }
  const decipher = crypto.createDecipheriv(name, key, iv)
  if (options.padding === 'none') decipher.setAutoPadding(false)
  return bulk(decipher)
}

const withPadding = (key: KeyObject, padding: RsaPadding) =>
  padding.kind === 'pkcs1'
    ? { key, padding: crypto.constants.RSA_PKCS1_PADDING }
    : {
        key,
        padding: crypto.constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: padding.hash,
        ...(padding.label === undefined ? {} : { oaepLabel: padding.label }),
      }

export const rsaEncrypt: Platform['rsaEncrypt'] = (spki, padding, data) =>
  settle(() => plain(crypto.publicEncrypt(withPadding(publicKey(spki), padding), data)))

const standInSecret = randomBytes(32)

/** For `unpadPkcs1`: the same every time for one ciphertext, so that who asks again and again does not see it change. */
const standInFor = (data: Uint8Array, length: number): Uint8Array => {
  const random = new Uint8Array(length)
  const bytes = createHmac('sha256', standInSecret).update(data).digest()
  random.set(bytes, length - bytes.length)
  return random
}

/** Runtimes whose OpenSSL or BoringSSL has no implicit rejection refuse this padding: it is taken off here. */
const decryptPkcs1 = (key: KeyObject, data: Uint8Array): Uint8Array => {
  const block = plain(crypto.privateDecrypt({ key, padding: crypto.constants.RSA_NO_PADDING }, data))
  try {
    return unpadPkcs1(block, standInFor(data, block.length))
  } finally {
    block.fill(0)
  }
}

export const rsaDecrypt: Platform['rsaDecrypt'] = (pkcs8, padding, data) =>
  settle(() =>
    orDecryptionFailed(() =>
      padding.kind === 'pkcs1'
        ? decryptPkcs1(privateKey(pkcs8), data)
        : crypto.privateDecrypt(withPadding(privateKey(pkcs8), padding), data),
    ),
  )

export const agree: Platform['agree'] = (pkcs8, spki) =>
  settle(() =>
    orDecryptionFailed(() => {
      namedCurveOf(spki)
      return crypto.diffieHellman({ privateKey: privateKey(pkcs8), publicKey: publicKey(spki) })
    }),
  )

export const publicKeyOf: Platform['publicKeyOf'] = (pkcs8) => {
  try {
    return plain(crypto.createPublicKey(privateKey(pkcs8)).export({ type: 'spki', format: 'der' }))
  } catch (error) {
    throw new TypeError('not a private key', { cause: error })
  }
}

const encodings = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
} as const

export const generateKeyPair: Platform['generateKeyPair'] = (kind) =>
  new Promise((resolve, reject) => {
    const settled = (error: Error | null, spki: Buffer, pkcs8: Buffer): void => {
      if (error === null) resolve({ spki: plain(spki), pkcs8: plain(pkcs8) })
      else reject(error)
    }
    if (kind.startsWith('rsa')) {
      crypto.generateKeyPair('rsa', { modulusLength: Number(kind.slice(4)), ...encodings }, settled)
    } else crypto.generateKeyPair('ec', { namedCurve: kind, ...encodings }, settled)
  })
