import { createHash } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { readCertificateKey } from '../certificate-key.ts'
import type { CertificateKey } from '../certificate-key.ts'

/** A certificate of a token with what is needed to find its private key after login. */
export interface TokenCertificate {
  readonly id: string
  readonly keyId: Uint8Array
  readonly label: string
  readonly der: Uint8Array
  readonly key: CertificateKey
}

/** More than any real token holds; a driver that answers rubbish must not make the list endless. */
const MOST_OBJECTS = 256
const LARGEST_CERTIFICATE = 64 * 1024

const findObjects = (module: pkcs11.PKCS11, session: Buffer, template: pkcs11.Template): Buffer[] => {
  module.C_FindObjectsInit(session, template)
  try {
    const found: Buffer[] = []
    while (found.length < MOST_OBJECTS) {
      const page = module.C_FindObjects(session, 32)
      found.push(...page)
      if (page.length === 0) break
    }
    return found
  } finally {
    module.C_FindObjectsFinal(session)
  }
}

/** One attribute, or no bytes where the token has none: optional ones are missing on real tokens. */
const attribute = (module: pkcs11.PKCS11, session: Buffer, object: Buffer, type: number): Buffer => {
  try {
    const value = module.C_GetAttributeValue(session, object, [{ type }])[0]?.value
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
  } catch {
    return Buffer.alloc(0)
  }
}

/** End-entity certificates of the token in this slot, read without logging in. */
export const readCertificates = (module: pkcs11.PKCS11, slot: Buffer): TokenCertificate[] => {
  const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
  try {
    const objects = findObjects(module, session, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_CERTIFICATE }])
    const certificates: TokenCertificate[] = []
    for (const object of objects) {
      const der = attribute(module, session, object, pkcs11.CKA_VALUE)
      const key = der.length > LARGEST_CERTIFICATE ? null : readCertificateKey(der)
      // Issuers lie in many tokens beside the owner's certificates; nobody signs with them.
      if (!key || key.isAuthority) continue
      certificates.push({
        id: createHash('sha256').update(der).digest('hex'),
        keyId: attribute(module, session, object, pkcs11.CKA_ID),
        label: attribute(module, session, object, pkcs11.CKA_LABEL).toString('utf8'),
        der,
        key,
      })
    }
    // Drivers list objects in any order; people look for their certificate at the same place each time.
    return certificates.sort((one, other) => Buffer.compare(one.keyId, other.keyId) || one.id.localeCompare(other.id))
  } finally {
    module.C_CloseSession(session)
  }
}

/**
 * The private key of a certificate: by CKA_ID, else (RSA) by its modulus. Never by position: a token with a signing and
 * an encryption pair would use the wrong one. Null when the token holds none.
 */
export const findPrivateKey = (
  module: pkcs11.PKCS11,
  session: Buffer,
  { keyId, key }: TokenCertificate,
): Buffer | null => {
  const keyType = key.keyType === 'rsa' ? pkcs11.CKK_RSA : pkcs11.CKK_EC
  const privateKey = [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
    { type: pkcs11.CKA_KEY_TYPE, value: keyType },
  ]
  if (keyId.length > 0) {
    const id = { type: pkcs11.CKA_ID, value: Buffer.from(keyId) }
    const found = findObjects(module, session, [...privateKey, id])
    if (found.length === 1) return found[0] ?? null
  }
  if (key.modulus === null) return null
  const modulus = { type: pkcs11.CKA_MODULUS, value: Buffer.from(key.modulus) }
  return findObjects(module, session, [...privateKey, modulus])[0] ?? null
}
