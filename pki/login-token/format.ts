import { fromLatin1 } from '../bytes/encodings.ts'

/**
 * Format of the login token, version 1 (docs/login-token.md). It is signed over a label, a NUL and the two encoded
 * parts: no page chooses what is hashed. Nothing else with this label is signed, raw messages neither
 * (`raw-message/raw-message.ts`).
 */
export const LOGIN_FAMILY = 'YZT-LOGIN-V'
const LOGIN_LABEL = `${LOGIN_FAMILY}1`
export const LOGIN_TYPE = 'yzt-login'
export const MAX_LOGIN_TOKEN = 64 * 1024
export const MIN_CHALLENGE = 32
export const MAX_CHALLENGE = 128

export interface LoginTokenHeader {
  /** A `SignatureAlgorithm`. */
  readonly alg: string
  /** Base64 of DER (as in RFC 7515 §4.1.6): the signer's certificate, then its issuers. */
  readonly x5c: readonly string[]
}

export interface LoginTokenPayload {
  /** Serialized origin (RFC 6454 §6.2) of the page that asked. */
  readonly origin: string
  /** base64url of the platform's challenge. */
  readonly challenge: string
  /** Clock of the signing computer, ISO 8601 in UTC. */
  readonly time: string
}

/** The only accepted spelling of each part: these fields, in this order, no blanks. */
export const writeHeader = ({ alg, x5c }: LoginTokenHeader): string =>
  JSON.stringify({ v: 1, typ: LOGIN_TYPE, alg, x5c })

export const writePayload = ({ origin, challenge, time }: LoginTokenPayload): string =>
  JSON.stringify({ origin, challenge, time })

/** The bytes under the signature. */
export const loginSignedBytes = (header: string, payload: string): Uint8Array =>
  fromLatin1(`${LOGIN_LABEL}\0${header}.${payload}`)
