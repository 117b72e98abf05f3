import * as z from 'zod'

/** Signature algorithms of the bridge. RSA: RFC 8017. ECDSA: FIPS 186-5. SM2: GB/T 32918.2 with the default ID. Digest sizes in bytes stand in `digestLength`. */
export const signatureAlgorithms = [
  'rsa-pkcs1-sha256',
  'rsa-pkcs1-sha384',
  'rsa-pkcs1-sha512',
  'rsa-pss-sha256',
  'rsa-pss-sha384',
  'rsa-pss-sha512',
  'ecdsa-sha256',
  'ecdsa-sha384',
  'ecdsa-sha512',
  'sm2-sm3',
] as const
export const signatureAlgorithmSchema = z.enum(signatureAlgorithms)
export type BridgeSignatureAlgorithm = (typeof signatureAlgorithms)[number]
/** RSA with SM3 is verified and signed by `pki/`; the bridge does not offer it. */
export type SignatureAlgorithm = BridgeSignatureAlgorithm | 'rsa-pkcs1-sm3'

export const digestAlgorithms = ['sha256', 'sha384', 'sha512', 'sm3'] as const
export type DigestAlgorithm = (typeof digestAlgorithms)[number]
export const digestLength = { sha256: 32, sha384: 48, sha512: 64, sm3: 32 } as const satisfies Record<
  DigestAlgorithm,
  number
>

export const digestOf = (algorithm: SignatureAlgorithm): DigestAlgorithm =>
  digestAlgorithms.find((digest) => algorithm.endsWith(digest)) ?? 'sha256'

export const decryptionAlgorithms = ['rsa-pkcs1', 'rsa-oaep-sha1', 'rsa-oaep-sha256'] as const
export type DecryptionAlgorithm = (typeof decryptionAlgorithms)[number]

/** What the token says about tries (PKCS#11 v2.40 CKF_USER_PIN_*): `low` after a wrong PIN, `last` before the lock. */
export const pinStateSchema = z.object({
  state: z.enum(['ok', 'low', 'last', 'locked', 'not_set']),
  /** Exact number where the driver tells it, else null. */
  triesLeft: z.number().int().min(0).nullable(),
  minLength: z.number().int(),
  maxLength: z.number().int(),
})
export type PinState = z.infer<typeof pinStateSchema>

/** A certificate with a private key in a token, found without logging in. `id` is stable over re-plug and restart. */
export const keyCertificateSchema = z.object({
  /** SHA-256 of the DER certificate, hex. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  tokenId: z.string(),
  /** CKA_ID, hex. */
  keyId: z.string(),
  label: z.string(),
  /** DER (RFC 5280), base64. */
  der: z.string(),
  keyType: z.enum(['rsa', 'ec', 'other']),
  keyBits: z.number().int(),
  algorithms: z.array(signatureAlgorithmSchema),
})
export type KeyCertificate = z.infer<typeof keyCertificateSchema>

export const tokenSchema = z.object({
  /** Stable over re-plug: driver id + serial number (+ label where the serial is empty). */
  id: z.string(),
  driverId: z.string(),
  slotId: z.number().int(),
  label: z.string(),
  serial: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  readOnly: z.boolean(),
  /** The reader has its own PIN pad (CKF_PROTECTED_AUTHENTICATION_PATH). */
  hasPinPad: z.boolean(),
  pin: pinStateSchema,
  mechanisms: z.array(z.string()),
  certificates: z.array(keyCertificateSchema),
})
export type Token = z.infer<typeof tokenSchema>

export const driverStateSchema = z.object({
  id: z.string(),
  name: z.string(),
  vendor: z.string(),
  path: z.string(),
  origin: z.enum(['shipped', 'user']),
  state: z.enum(['starting', 'ready', 'not_installed', 'wrong_architecture', 'failed', 'not_responding', 'stopped']),
  /** Code of `contract/errors.ts` where the state is a failure. */
  error: z.string().nullable(),
  restarts: z.number().int(),
})
export type DriverState = z.infer<typeof driverStateSchema>

/** A USB key seen by node-hid. `driverId` null: no driver in the map; `isDriverReady` false: install it. */
export const usbKeySchema = z.object({
  vendorId: z.number().int(),
  productId: z.number().int(),
  name: z.string(),
  vendor: z.string(),
  driverId: z.string().nullable(),
  isDriverReady: z.boolean(),
})
export type UsbKey = z.infer<typeof usbKeySchema>

/** Everything the screens and the bridge know of the keys of this computer at one moment. */
export const keyringSchema = z.object({
  tokens: z.array(tokenSchema),
  drivers: z.array(driverStateSchema),
  usbKeys: z.array(usbKeySchema),
})
export type Keyring = z.infer<typeof keyringSchema>
