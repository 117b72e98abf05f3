/**
 * Runs as a child process: loads SoftHSM2 with the SOFTHSM2_CONF of its environment, makes tokens and key pairs in
 * them, and writes certificates. A process of its own because two loads of one PKCS#11 module in one process disturb
 * each other, and because SOFTHSM2_CONF is read once.
 */
import { createPublicKey } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import pkcs11 from 'pkcs11js'

export interface KeyPlan {
  /** CKA_ID, hex. */
  readonly id: string
  readonly label: string
  readonly type: 'rsa' | 'ec'
  readonly use: 'sign' | 'decrypt'
}
interface TokenPlan {
  readonly label: string
  readonly pin: string
  readonly soPin: string
  readonly keys: readonly KeyPlan[]
}
export interface MadeToken {
  readonly label: string
  readonly serial: string
  /** SubjectPublicKeyInfo in PEM, in the order of the plan's keys. */
  readonly publicKeys: readonly string[]
}
export interface CertificatePlan {
  readonly serial: string
  readonly pin: string
  readonly id: string
  readonly label: string
  readonly der: Uint8Array
  readonly subject: Uint8Array
}
export type ProvisionRequest =
  | { readonly call: 'create'; readonly modulePath: string; readonly tokens: readonly TokenPlan[] }
  | { readonly call: 'certificates'; readonly certificates: readonly CertificatePlan[] }
export type ProvisionReply = { readonly tokens: readonly MadeToken[] } | { readonly error: string }

/** secp256r1, RFC 5480 §2.1.1.1. */
const P256_PARAMETERS = Buffer.from('06082a8648ce3d030107', 'hex')
const library = new pkcs11.PKCS11()

const withSession = <T>(slot: Buffer, userType: number, pin: string, run: (session: Buffer) => T): T => {
  const session = library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
  try {
    library.C_Login(session, userType, pin)
    return run(session)
  } finally {
    library.C_CloseAllSessions(slot)
  }
}

const slotWhere = (matches: (info: pkcs11.TokenInfo) => boolean): Buffer => {
  const slot = library.C_GetSlotList(true).find((candidate) => matches(library.C_GetTokenInfo(candidate)))
  if (!slot) throw new Error('SoftHSM2 has no such token')
  return slot
}

const spkiPem = (key: JsonWebKey): string =>
  createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()

const publicKeyPem = (session: Buffer, handle: Buffer, type: KeyPlan['type']): string => {
  const attribute = (kind: number): Buffer => {
    const value = library.C_GetAttributeValue(session, handle, [{ type: kind }])[0]?.value
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
  }
  if (type === 'rsa') {
    const n = attribute(pkcs11.CKA_MODULUS).toString('base64url')
    return spkiPem({ kty: 'RSA', n, e: attribute(pkcs11.CKA_PUBLIC_EXPONENT).toString('base64url') })
  }
  // CKA_EC_POINT is the point inside an OCTET STRING: 04 41, then 04 X Y.
  const point = attribute(pkcs11.CKA_EC_POINT).subarray(3)
  const x = point.subarray(0, 32).toString('base64url')
  return spkiPem({ kty: 'EC', crv: 'P-256', x, y: point.subarray(32).toString('base64url') })
}

const makeKey = (session: Buffer, plan: KeyPlan): string => {
  const isRsa = plan.type === 'rsa'
  const signs = plan.use === 'sign'
  const common = [
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_ID, value: Buffer.from(plan.id, 'hex') },
    { type: pkcs11.CKA_LABEL, value: plan.label },
  ]
  const pair = library.C_GenerateKeyPair(
    session,
    { mechanism: isRsa ? pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN : pkcs11.CKM_EC_KEY_PAIR_GEN },
    [
      ...common,
      { type: pkcs11.CKA_VERIFY, value: signs },
      { type: pkcs11.CKA_ENCRYPT, value: !signs },
      ...(isRsa
        ? [
            { type: pkcs11.CKA_MODULUS_BITS, value: 2048 },
            { type: pkcs11.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
          ]
        : [{ type: pkcs11.CKA_EC_PARAMS, value: P256_PARAMETERS }]),
    ],
    [
      ...common,
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_EXTRACTABLE, value: false },
      { type: pkcs11.CKA_SIGN, value: signs },
      { type: pkcs11.CKA_DECRYPT, value: !signs },
    ],
  )
  return publicKeyPem(session, pair.publicKey, plan.type)
}

const makeToken = (plan: TokenPlan): MadeToken => {
  const blank = slotWhere(({ flags }) => (flags & pkcs11.CKF_TOKEN_INITIALIZED) === 0)
  const known = new Set(library.C_GetSlotList(true).map((other) => library.C_GetTokenInfo(other).serialNumber))
  // The label is a fixed field of 32 bytes filled with blanks (PKCS#11 v2.40 §5.5); pkcs11js does not fill it.
  library.C_InitToken(blank, plan.soPin, plan.label + ' '.repeat(32 - Buffer.byteLength(plan.label)))
  const slot = slotWhere(({ serialNumber }) => serialNumber.trim() !== '' && !known.has(serialNumber))
  withSession(slot, pkcs11.CKU_SO, plan.soPin, (session) => {
    library.C_InitPIN(session, plan.pin)
  })
  const publicKeys = withSession(slot, pkcs11.CKU_USER, plan.pin, (session) =>
    plan.keys.map((key) => makeKey(session, key)),
  )
  return { label: plan.label, serial: library.C_GetTokenInfo(slot).serialNumber.trim(), publicKeys }
}

const writeCertificate = ({ serial, pin, id, label, der, subject }: CertificatePlan): void => {
  const slot = slotWhere((info) => info.serialNumber.trim() === serial)
  withSession(slot, pkcs11.CKU_USER, pin, (session) => {
    library.C_CreateObject(session, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_CERTIFICATE },
      { type: pkcs11.CKA_CERTIFICATE_TYPE, value: pkcs11.CKC_X_509 },
      { type: pkcs11.CKA_TOKEN, value: true },
      { type: pkcs11.CKA_PRIVATE, value: false },
      { type: pkcs11.CKA_ID, value: Buffer.from(id, 'hex') },
      { type: pkcs11.CKA_LABEL, value: label },
      { type: pkcs11.CKA_SUBJECT, value: Buffer.from(subject) },
      { type: pkcs11.CKA_VALUE, value: Buffer.from(der) },
    ])
  })
}

const serve = (request: ProvisionRequest): readonly MadeToken[] => {
  if (request.call === 'certificates') {
    request.certificates.forEach(writeCertificate)
    return []
  }
  library.load(request.modulePath)
  library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
  return request.tokens.map(makeToken)
}

process.on('message', (request: ProvisionRequest) => {
  let reply: ProvisionReply
  try {
    reply = { tokens: serve(request) }
  } catch (error) {
    reply = { error: error instanceof Error ? error.message : String(error) }
  }
  process.send?.(reply)
})
process.on('disconnect', () => process.exit(0))
