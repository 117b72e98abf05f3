import type { DigestAlgorithm } from '#contract/keys.ts'

/** What runtimes bring along. SM3 comes from `gm/`; SHA-1 and SHA-224 only where a policy asks for them. */
export type PlatformHash = Exclude<DigestAlgorithm, 'sm3'> | 'sha1' | 'sha224'

export interface Hash {
  update(bytes: Uint8Array): Hash
  /** Once. */
  digest(): Uint8Array
  /** Another one in the same state. */
  clone(): Hash
}

export interface Mac {
  update(bytes: Uint8Array): Mac
  digest(): Uint8Array
}

/** A signature scheme of runtimes (RFC 8017, FIPS 186-5; DSA of FIPS 186-4 for old chains). `saltLength` in bytes, PSS alone. */
export interface PlatformScheme {
  readonly kind: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'dsa'
  readonly digest: PlatformHash
  readonly saltLength: number
}

export const platformCiphers = {
  'aes-128-cbc': { keyLength: 16, ivLength: 16 },
  'aes-192-cbc': { keyLength: 24, ivLength: 16 },
  'aes-256-cbc': { keyLength: 32, ivLength: 16 },
  'aes-128-gcm': { keyLength: 16, ivLength: 12 },
  'aes-192-gcm': { keyLength: 24, ivLength: 12 },
  'aes-256-gcm': { keyLength: 32, ivLength: 12 },
  /** For reading old PKCS#12 files. */
  'des-ede3-cbc': { keyLength: 24, ivLength: 8 },
} as const
export type PlatformCipher = keyof typeof platformCiphers

/** A cipher over a stream. What a GCM decryption hands out is not authenticated until `finish` has returned. */
export interface BulkCipher {
  /** What is ready of the output. */
  update(bytes: Uint8Array): Uint8Array
  /** The rest. A GCM decryption is given the tag here. @throws key.decryption_failed when padding or tag is wrong */
  finish(tag?: Uint8Array): Uint8Array
  /** The tag after `finish` of a GCM encryption. */
  tag(): Uint8Array
  /** Lets go of the key where there will be no `finish`. */
  close(): void
}

export interface CipherOptions {
  /** Of CBC. Default: pkcs7. */
  readonly padding?: 'pkcs7' | 'none'
  /** Additional authenticated data, of GCM. */
  readonly aad?: Uint8Array
  /** Of GCM, 12 to 16 bytes. Default: 16. */
  readonly tagLength?: number
}

/** RFC 8017 §7: of OAEP the mask is made with the same hash. */
export type RsaPadding =
  { readonly kind: 'pkcs1' } | { readonly kind: 'oaep'; readonly hash: PlatformHash; readonly label?: Uint8Array }

export type KeyKind = 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'P-256' | 'P-384' | 'P-521'

export interface KeyPair {
  /** PrivateKeyInfo (RFC 5958), DER. */
  readonly pkcs8: Uint8Array
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array
}

/** The cryptography a runtime brings along, one module a runtime: `#platform`. */
export interface Platform {
  createHash(name: PlatformHash): Hash
  createHmac(name: PlatformHash, key: Uint8Array): Mac
  randomBytes(length: number): Uint8Array<ArrayBuffer>
  pbkdf2(
    name: PlatformHash,
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    length: number,
  ): Promise<Uint8Array>
  /** ECDSA and DSA signatures as DER. False for any key or signature that cannot be used. */
  verifyWithKey(spki: Uint8Array, scheme: PlatformScheme, data: Uint8Array, signature: Uint8Array): boolean
  /** ECDSA as DER. */
  signWithKey(pkcs8: Uint8Array, scheme: PlatformScheme, data: Uint8Array): Promise<Uint8Array>
  /** RSASSA-PKCS1-v1_5 over a DigestInfo of a hash that the runtime does not know. False as `verifyWithKey`. */
  verifyDigestInfo(spki: Uint8Array, digestInfo: Uint8Array, signature: Uint8Array): boolean
  signDigestInfo(pkcs8: Uint8Array, digestInfo: Uint8Array): Promise<Uint8Array>
  createEncryptor(name: PlatformCipher, key: Uint8Array, iv: Uint8Array, options?: CipherOptions): BulkCipher
  createDecryptor(name: PlatformCipher, key: Uint8Array, iv: Uint8Array, options?: CipherOptions): BulkCipher
  /** AES key wrap (RFC 3394). */
  wrapAesKey(wrappingKey: Uint8Array, key: Uint8Array): Uint8Array
  /** @throws key.decryption_failed */
  unwrapAesKey(wrappingKey: Uint8Array, wrapped: Uint8Array): Uint8Array
  rsaEncrypt(spki: Uint8Array, padding: RsaPadding, data: Uint8Array): Promise<Uint8Array>
  /**
   * With `pkcs1` a padding that is wrong gives random bytes or this error (RFC 8017 §7.2.2 note): never tell the two apart.
   * @throws key.decryption_failed
   */
  rsaDecrypt(pkcs8: Uint8Array, padding: RsaPadding, data: Uint8Array): Promise<Uint8Array>
  /** The x coordinate of the shared point (SEC 1 §3.3.1), as long as the field. @throws key.decryption_failed */
  agree(pkcs8: Uint8Array, spki: Uint8Array): Promise<Uint8Array>
  /** The SubjectPublicKeyInfo of a PrivateKeyInfo. @throws TypeError for one that cannot be used */
  publicKeyOf(pkcs8: Uint8Array): Uint8Array
  generateKeyPair(kind: KeyKind): Promise<KeyPair>
}
