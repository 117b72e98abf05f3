import type { CipherName } from './cipher.ts'
import type { HashName } from './digest.ts'
import { oids } from './oids.ts'
import type { SignatureScheme } from './signature-scheme.ts'

/** What an object identifier stands for among algorithms. */
export type Algorithm =
  | { readonly kind: 'hash'; readonly hash: HashName }
  | { readonly kind: 'hmac'; readonly hash: HashName }
  | { readonly kind: 'signature'; readonly scheme: SignatureScheme }
  | { readonly kind: 'cipher'; readonly cipher: CipherName }
  | { readonly kind: 'key-wrap'; readonly keyLength: 16 | 24 | 32 }
  | { readonly kind: 'key-agreement'; readonly hash: HashName }
  | { readonly kind: 'key-encryption'; readonly padding: 'rsa-pkcs1' | 'rsa-oaep' | 'sm2' }
  | { readonly kind: 'curve'; readonly curve: 'P-256' | 'P-384' | 'P-521' | 'SM2' }

const hash = (name: HashName): Algorithm => ({ kind: 'hash', hash: name })
const hmac = (name: HashName): Algorithm => ({ kind: 'hmac', hash: name })
const cipher = (name: CipherName): Algorithm => ({ kind: 'cipher', cipher: name })
const agreement = (name: HashName): Algorithm => ({ kind: 'key-agreement', hash: name })
const signature = <Scheme extends SignatureScheme>(kind: Scheme['kind'], digest: Scheme['digest']): Algorithm => ({
  kind: 'signature',
  scheme: { kind, digest, saltLength: 0 } as SignatureScheme,
})
const sm2Signature = signature('sm2', 'sm3')
const sm2Encryption: Algorithm = { kind: 'key-encryption', padding: 'sm2' }

/**
 * Algorithms by OID, with the aliases met in the wild: the arc 1.2.156.197.1 of drafts of GM/T 0006, and 1.2.156.10197.1.104
 * without a mode, which CFCA writes for CBC.
 */
const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  [oids.sha1, hash('sha1')],
  [oids.sha224, hash('sha224')],
  [oids.sha256, hash('sha256')],
  [oids.sha384, hash('sha384')],
  [oids.sha512, hash('sha512')],
  [oids.sm3, hash('sm3')],
  ['1.2.156.10197.1.401.1', hash('sm3')],
  ['1.2.156.197.1.401', hash('sm3')],
  [oids.hmacSha1, hmac('sha1')],
  [oids.hmacSha224, hmac('sha224')],
  [oids.hmacSha256, hmac('sha256')],
  [oids.hmacSha384, hmac('sha384')],
  [oids.hmacSha512, hmac('sha512')],
  [oids.hmacSm3, hmac('sm3')],
  [oids.sha1WithRsa, signature('rsa-pkcs1', 'sha1')],
  [oids.sha224WithRsa, signature('rsa-pkcs1', 'sha224')],
  [oids.sha256WithRsa, signature('rsa-pkcs1', 'sha256')],
  [oids.sha384WithRsa, signature('rsa-pkcs1', 'sha384')],
  [oids.sha512WithRsa, signature('rsa-pkcs1', 'sha512')],
  [oids.sm3WithRsa, signature('rsa-pkcs1', 'sm3')],
  [oids.dsaWithSha1, signature('dsa', 'sha1')],
  [oids.dsaWithSha224, signature('dsa', 'sha224')],
  [oids.dsaWithSha256, signature('dsa', 'sha256')],
  [oids.ecdsaWithSha1, signature('ecdsa', 'sha1')],
  [oids.ecdsaWithSha224, signature('ecdsa', 'sha224')],
  [oids.ecdsaWithSha256, signature('ecdsa', 'sha256')],
  [oids.ecdsaWithSha384, signature('ecdsa', 'sha384')],
  [oids.ecdsaWithSha512, signature('ecdsa', 'sha512')],
  [oids.sm2WithSm3, sm2Signature],
  ['1.2.156.197.1.501', sm2Signature],
  [oids.aes128Cbc, cipher('aes-128-cbc')],
  [oids.aes192Cbc, cipher('aes-192-cbc')],
  [oids.aes256Cbc, cipher('aes-256-cbc')],
  [oids.aes128Gcm, cipher('aes-128-gcm')],
  [oids.aes192Gcm, cipher('aes-192-gcm')],
  [oids.aes256Gcm, cipher('aes-256-gcm')],
  [oids.desEde3Cbc, cipher('des-ede3-cbc')],
  [oids.sm4, cipher('sm4-cbc')],
  [oids.sm4Cbc, cipher('sm4-cbc')],
  [oids.sm4Gcm, cipher('sm4-gcm')],
  [oids.aes128Wrap, { kind: 'key-wrap', keyLength: 16 }],
  [oids.aes192Wrap, { kind: 'key-wrap', keyLength: 24 }],
  [oids.aes256Wrap, { kind: 'key-wrap', keyLength: 32 }],
  [oids.dhSinglePassStdDhSha1Kdf, agreement('sha1')],
  [oids.dhSinglePassStdDhSha256Kdf, agreement('sha256')],
  [oids.dhSinglePassStdDhSha384Kdf, agreement('sha384')],
  [oids.dhSinglePassStdDhSha512Kdf, agreement('sha512')],
  [oids.rsaEncryption, { kind: 'key-encryption', padding: 'rsa-pkcs1' }],
  [oids.rsaOaep, { kind: 'key-encryption', padding: 'rsa-oaep' }],
  // Standards say .3; GmSSL writes .2, others the bare curve or .1.
  [oids.sm2Encrypt, sm2Encryption],
  [oids.sm2KeyExchange, sm2Encryption],
  [oids.sm2Sign, sm2Encryption],
  [oids.sm2, sm2Encryption],
  [oids.p256, { kind: 'curve', curve: 'P-256' }],
  [oids.p384, { kind: 'curve', curve: 'P-384' }],
  [oids.p521, { kind: 'curve', curve: 'P-521' }],
])

/** The algorithm of an OID, if it is of the kind that is wanted there. */
export const algorithmOf = <Kind extends Algorithm['kind']>(
  oid: string,
  kind: Kind,
): Extract<Algorithm, { kind: Kind }> | undefined => {
  const found = algorithms.get(oid)
  return found?.kind === kind ? (found as Extract<Algorithm, { kind: Kind }>) : undefined
}
