import pkcs11 from 'pkcs11js'
import { AppError } from '#contract/errors.ts'
import { digestOf } from '#contract/keys.ts'
import type { DecryptionAlgorithm, DigestAlgorithm, SignatureAlgorithm } from '#contract/keys.ts'
import { ckrCode, ckrOf, driverError } from '../ckr.ts'
import { checkDigestLength, digestInfo, ecdsaRawToDer, truncateDigest } from '../signing.ts'
import type { KeyShape } from '../signing.ts'

export interface KeyHandle extends KeyShape {
  readonly handle: Buffer
}

type TokenDigest = Exclude<DigestAlgorithm, 'sm3'>

const HASH: Readonly<Record<TokenDigest, { mechanism: number; mgf: number; length: number }>> = {
  sha256: { mechanism: pkcs11.CKM_SHA256, mgf: pkcs11.CKG_MGF1_SHA256, length: 32 },
  sha384: { mechanism: pkcs11.CKM_SHA384, mgf: pkcs11.CKG_MGF1_SHA384, length: 48 },
  sha512: { mechanism: pkcs11.CKM_SHA512, mgf: pkcs11.CKG_MGF1_SHA512, length: 64 },
}

const PSS = Object.fromEntries(
  Object.entries(HASH).map(([digest, { mechanism, mgf, length }]) => [
    digest,
    {
      mechanism: pkcs11.CKM_RSA_PKCS_PSS,
      parameter: { type: pkcs11.CK_PARAMS_RSA_PSS, hashAlg: mechanism, mgf, saltLen: length },
    },
  ]),
) as unknown as Readonly<Record<TokenDigest, pkcs11.Mechanism>>

const PKCS1: pkcs11.Mechanism = { mechanism: pkcs11.CKM_RSA_PKCS }
const ECDSA: pkcs11.Mechanism = { mechanism: pkcs11.CKM_ECDSA }

/** CKZ_DATA_SPECIFIED = 1 with no label: RFC 8017 §7.1 with an empty L. */
const oaep = (hashAlg: number, mgf: number): pkcs11.Mechanism =>
  ({
    mechanism: pkcs11.CKM_RSA_PKCS_OAEP,
    parameter: { type: pkcs11.CK_PARAMS_RSA_OAEP, hashAlg, mgf, source: 1 },
  }) as unknown as pkcs11.Mechanism

const DECRYPTION: Readonly<Record<DecryptionAlgorithm, pkcs11.Mechanism>> = {
  'rsa-pkcs1': PKCS1,
  'rsa-oaep-sha1': oaep(pkcs11.CKM_SHA_1, pkcs11.CKG_MGF1_SHA1),
  'rsa-oaep-sha256': oaep(pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256),
}

/** RSA-8192 fits; what a driver claims beyond it is cut off and refused below. */
const output = Buffer.alloc(1024)

/** A signature of another length than the key's is no signature. */
const expectLength = (actual: number, expected: number): void => {
  if (actual !== expected) throw new AppError('token.error', { reason: 'signature_length', expected, actual })
}

/**
 * Signs a digest: DigestInfo + CKM_RSA_PKCS (RFC 8017 §8.2), CKM_RSA_PKCS_PSS with MGF1 and a salt of the hash's length
 * (§8.1), or CKM_ECDSA with the result as DER.
 * @throws key.digest_length (R13), key.mechanism_unsupported, token.*
 */
export const signDigest = (
  module: pkcs11.PKCS11,
  session: Buffer,
  key: KeyHandle,
  algorithm: SignatureAlgorithm,
  digest: Uint8Array,
): Uint8Array => {
  checkDigestLength(algorithm, digest)
  const hash = digestOf(algorithm)
  if (hash === 'sm3' || key.keyType !== (algorithm.startsWith('ecdsa') ? 'ec' : 'rsa')) {
    throw new AppError('key.mechanism_unsupported', { algorithm })
  }
  try {
    if (key.keyType === 'ec') {
      module.C_SignInit(session, ECDSA, key.handle)
      const raw = module.C_Sign(session, Buffer.from(truncateDigest(digest, key.keyBits)), output)
      // Some tokens return the DER of RFC 3279 already.
      if (raw[0] === 0x30 && raw[1] === raw.length - 2) return Uint8Array.from(raw)
      expectLength(raw.length, 2 * Math.ceil(key.keyBits / 8))
      return ecdsaRawToDer(raw)
    }
    const isPss = algorithm.startsWith('rsa-pss')
    module.C_SignInit(session, isPss ? PSS[hash] : PKCS1, key.handle)
    const data = isPss ? digest : digestInfo(hash, digest)
    const signature = module.C_Sign(session, Buffer.from(data.buffer, data.byteOffset, data.byteLength), output)
    expectLength(signature.length, Math.ceil(key.keyBits / 8))
    return Uint8Array.from(signature)
  } catch (error) {
    throw driverError(error)
  }
}

/**
 * RSA decryption. R11: whatever the driver says about padding, length or content becomes one `key.decryption_failed`
 * without details; only a token that went away is told apart, which depends on nothing in the ciphertext.
 */
export const decryptBytes = (
  module: pkcs11.PKCS11,
  session: Buffer,
  key: KeyHandle,
  algorithm: DecryptionAlgorithm,
  ciphertext: Uint8Array,
): Uint8Array => {
  if (key.keyType !== 'rsa') throw new AppError('key.mechanism_unsupported', { algorithm })
  if (ciphertext.length !== Math.ceil(key.keyBits / 8)) throw new AppError('key.decryption_failed')
  try {
    module.C_DecryptInit(session, DECRYPTION[algorithm], key.handle)
  } catch (error) {
    throw driverError(error)
  }
  const plain = Buffer.alloc(output.length)
  try {
    const input = Buffer.from(ciphertext.buffer, ciphertext.byteOffset, ciphertext.byteLength)
    return Uint8Array.from(module.C_Decrypt(session, input, plain))
  } catch (error) {
    const value = ckrOf(error)
    if (value !== null && ckrCode(value) === 'token.removed') throw driverError(error)
    throw new AppError('key.decryption_failed', {}, { cause: error })
  } finally {
    plain.fill(0)
  }
}
