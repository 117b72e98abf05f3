import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Takes from node:crypto what Electron's BoringSSL does not have, so that unit tests run with what the product has: no SM2, SM3
 * and SM4, no SHA-3, no key wrap, no CCM, no DSA.
 */
const known = globalThis as {
  realCrypto?: Pick<typeof crypto, 'createHash' | 'createHmac' | 'createCipheriv' | 'createDecipheriv'>
}
const isFirst = known.realCrypto === undefined

/** What OpenSSL really has: a judge of our own SM3 and SM4. */
export const openssl = (known.realCrypto ??= {
  createHash: crypto.createHash,
  createHmac: crypto.createHmac,
  createCipheriv: crypto.createCipheriv,
  createDecipheriv: crypto.createDecipheriv,
})

const hashes = new Set(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-256'])
const ciphers = /^(?:aes-?(?:128|192|256)-(?:cbc|ctr|ecb|gcm|ofb)|des-(?:ede3-)?cbc|rc2-cbc|rc4)$/
const curves = new Set(['P-224', 'P-256', 'P-384', 'P-521', 'prime256v1', 'secp224r1', 'secp384r1', 'secp521r1'])

const refuse = (what: string): never => {
  throw new Error(`BoringSSL has no ${what}`)
}

const checkHash = (name: unknown): void => {
  if (typeof name === 'string' && !hashes.has(name.toLowerCase())) refuse(name)
}
const checkCipher = (name: unknown): void => {
  if (typeof name === 'string' && !ciphers.test(name.toLowerCase())) refuse(name)
}
const checkKey = (key: crypto.KeyObject): crypto.KeyObject => {
  const { namedCurve } = key.asymmetricKeyDetails ?? {}
  if (key.type !== 'secret' && !['rsa', 'rsa-pss', 'ec', 'ed25519', 'x25519'].includes(key.asymmetricKeyType ?? '')) {
    refuse(key.asymmetricKeyType ?? 'such key')
  }
  if (namedCurve !== undefined && !curves.has(namedCurve)) refuse(namedCurve)
  return key
}
const checkCurve = (options: unknown): void => {
  const name = (options as { namedCurve?: string } | undefined)?.namedCurve
  if (name !== undefined && !curves.has(name)) refuse(name)
}

const guard = (
  name: keyof typeof crypto,
  before: (...inputs: unknown[]) => void,
  after: (result: never) => unknown = (result) => result,
): void => {
  const original = crypto[name] as (...inputs: never[]) => unknown
  const guarded = (...inputs: never[]): unknown => {
    before(...inputs)
    return after(original(...inputs) as never)
  }
  Object.defineProperty(crypto, name, { value: guarded, configurable: true, writable: true })
}

const anything = (): void => undefined

if (isFirst) {
  guard('createHash', checkHash)
  guard('hash', checkHash)
  guard('createHmac', checkHash)
  guard('createSign', checkHash)
  guard('createVerify', checkHash)
  guard('sign', checkHash)
  guard('verify', checkHash)
  guard('createCipheriv', checkCipher)
  guard('createDecipheriv', checkCipher)
  guard('pbkdf2', (...inputs) => {
    checkHash(inputs[4])
  })
  guard('pbkdf2Sync', (...inputs) => {
    checkHash(inputs[4])
  })
  guard('createPublicKey', anything, checkKey)
  guard('createPrivateKey', anything, checkKey)
  guard('generateKeyPair', (_, options) => {
    checkCurve(options)
  })
  guard('generateKeyPairSync', (_, options) => {
    checkCurve(options)
  })
  syncBuiltinESMExports()
}
