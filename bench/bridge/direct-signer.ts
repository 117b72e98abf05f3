/** The other side of the comparison: C_SignInit and C_Sign called through pkcs11js, nothing else, session kept open. */
import { createHash } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import type { DemoToken, DemoTokens } from '#tools/softhsm/tokens.ts'

/** DigestInfo of SHA-256 up to the digest, RFC 8017 §9.2 note 1. */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex')

export interface DirectSigner {
  /** SHA-256 over the message in node:crypto, then one C_SignInit and C_Sign in the token. */
  readonly sign: (type: 'rsa' | 'ec', message: Buffer) => Buffer
  /** The same with C_OpenSession, C_Login, the search for the key and C_Logout around it. */
  readonly signWithLogin: (type: 'rsa' | 'ec', message: Buffer) => Buffer
  readonly close: () => void
}

/** Loads SoftHSM2 into this process: SOFTHSM2_CONF is set in the process's own environment before. */
export const createDirectSigner = (demo: DemoTokens, token: DemoToken): DirectSigner => {
  const library = new pkcs11.PKCS11()
  Object.assign(process.env, demo.env)
  library.load(demo.modulePath)
  library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
  const slot = library.C_GetSlotList(true).find((each) => library.C_GetTokenInfo(each).serialNumber === token.serial)
  if (!slot) throw new Error(`no token ${token.serial}`)

  const openSession = (): Buffer => library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
  const findKey = (session: Buffer, type: 'rsa' | 'ec'): Buffer => {
    const keyId = token.certificates.find((each) => each.type === type && each.use === 'sign')?.keyId ?? ''
    library.C_FindObjectsInit(session, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
      { type: pkcs11.CKA_ID, value: Buffer.from(keyId, 'hex') },
    ])
    const key = library.C_FindObjects(session, 1)[0]
    library.C_FindObjectsFinal(session)
    if (!key) throw new Error(`no ${type} key`)
    return key
  }
  const signWith = (session: Buffer, key: Buffer, type: 'rsa' | 'ec', message: Buffer): Buffer => {
    const digest = createHash('sha256').update(message).digest()
    if (type === 'rsa') {
      library.C_SignInit(session, { mechanism: pkcs11.CKM_RSA_PKCS }, key)
      return library.C_Sign(session, Buffer.concat([SHA256_PREFIX, digest]), Buffer.alloc(512))
    }
    library.C_SignInit(session, { mechanism: pkcs11.CKM_ECDSA }, key)
    return library.C_Sign(session, digest, Buffer.alloc(512))
  }

  let kept: { session: Buffer; rsa: Buffer; ec: Buffer } | null = null
  const keptSession = (): { session: Buffer; rsa: Buffer; ec: Buffer } => {
    if (kept) return kept
    const session = openSession()
    library.C_Login(session, pkcs11.CKU_USER, token.pin)
    kept = { session, rsa: findKey(session, 'rsa'), ec: findKey(session, 'ec') }
    return kept
  }
  return {
    sign: (type, message) => {
      const { session, [type]: key } = keptSession()
      return signWith(session, key, type, message)
    },
    signWithLogin: (type, message) => {
      // A login holds for all sessions of the process (PKCS#11 v2.40 §5.4), so the kept one has to go first.
      if (kept) library.C_CloseAllSessions(slot)
      kept = null
      const session = openSession()
      library.C_Login(session, pkcs11.CKU_USER, token.pin)
      const signature = signWith(session, findKey(session, type), type, message)
      library.C_Logout(session)
      library.C_CloseSession(session)
      return signature
    },
    close: () => {
      library.C_Finalize()
      library.close()
    },
  }
}
