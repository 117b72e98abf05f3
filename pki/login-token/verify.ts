import { AppError } from '#contract/errors.ts'
import { verifySignature } from '../algorithms/public-key.ts'
import { parseSchemeName } from '../algorithms/signature-scheme.ts'
import type { SignatureScheme } from '../algorithms/signature-scheme.ts'
import { fromBase64, fromBase64Url, fromUtf8, secretsEqual, toBase64Url } from '../bytes/encodings.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { PathReport } from '../path/types.ts'
import { validatePath } from '../path/validate.ts'
import { LOGIN_TYPE, MAX_LOGIN_TOKEN, loginSignedBytes, writeHeader, writePayload } from './format.ts'
import type { LoginTokenPayload } from './format.ts'

/** Why a token is refused; each is also told apart in docs/login-token.md. */
type LoginTokenProblem =
  | 'malformed'
  | 'algorithm_unsupported'
  | 'certificate_malformed'
  | 'origin_mismatch'
  | 'challenge_mismatch'
  | 'too_old'
  | 'from_the_future'
  | 'signature_mismatch'
  | 'key_usage'
  | 'chain_invalid'

export interface VerifyLoginTokenOptions {
  /** The platform's own origin, `https://platform.example`. */
  readonly origin: string
  /** The challenge this server drew for this session. It must be forgotten after one use, whatever the outcome. */
  readonly challenge: Uint8Array
  /** Certificates of the CAs the platform accepts. */
  readonly anchors: readonly Certificate[]
  readonly now?: Date
  /** Default: 300. */
  readonly maxAgeSeconds?: number
  /** How far the signer's clock may be ahead. Default: 60. */
  readonly clockSkewSeconds?: number
}

export type LoginTokenReport =
  | { readonly isValid: true; readonly certificate: Certificate; readonly chain: PathReport; readonly time: Date }
  | {
      readonly isValid: false
      readonly problem: LoginTokenProblem
      /** The part, field or rule concerned. */
      readonly reason: string
      readonly chain: PathReport | null
    }

interface ParsedToken {
  readonly scheme: SignatureScheme | undefined
  readonly certificates: readonly Certificate[]
  readonly payload: LoginTokenPayload
  readonly signedBytes: Uint8Array
  readonly signature: Uint8Array
}

interface Refusal {
  readonly problem: LoginTokenProblem
  readonly reason: string
}

const refuse = (problem: LoginTokenProblem, reason: string): Refusal => ({ problem, reason })

const utf8 = new TextDecoder()

const parsePart = (part: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(utf8.decode(fromBase64Url(part)))
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    // Neither base64 nor JSON: the caller reports which part.
    return null
  }
}

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const isPayload = (value: Record<string, unknown>): boolean =>
  [value.origin, value.challenge, value.time].every((field) => typeof field === 'string')

const parseToken = (token: string): ParsedToken | Refusal => {
  if (token.length > MAX_LOGIN_TOKEN) return refuse('malformed', 'too_long')
  const [header, payload, signature, ...rest] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return refuse('malformed', 'parts')
  }
  const head = parsePart(header)
  if (head?.v !== 1 || head.typ !== LOGIN_TYPE) return refuse('malformed', 'header')
  const { alg, x5c } = head
  if (typeof alg !== 'string' || !isStrings(x5c)) return refuse('malformed', 'header')
  const body = parsePart(payload)
  if (body === null || !isPayload(body)) return refuse('malformed', 'payload')
  const fields = { origin: String(body.origin), challenge: String(body.challenge), time: String(body.time) }
  // One spelling only: no second reading of the same bytes by another parser (repeated keys, blanks, other encodings).
  if (toBase64Url(fromUtf8(writeHeader({ alg, x5c }))) !== header) return refuse('malformed', 'header')
  if (toBase64Url(fromUtf8(writePayload(fields))) !== payload) return refuse('malformed', 'payload')
  if (x5c.length === 0 || x5c.length > 10) return refuse('malformed', 'x5c')
  try {
    const certificates = x5c.map((item) => parseCertificate(fromBase64(item)))
    return {
      scheme: parseSchemeName(alg),
      certificates,
      payload: fields,
      signedBytes: loginSignedBytes(header, payload),
      signature: fromBase64Url(signature),
    }
  } catch (error) {
    if (error instanceof TypeError) return refuse('malformed', 'base64')
    if (error instanceof AppError) return refuse('certificate_malformed', String(error.details.reason ?? 'x5c'))
    throw error
  }
}

const checkContext = (payload: LoginTokenPayload, options: VerifyLoginTokenOptions, now: Date): Refusal | null => {
  if (payload.origin !== options.origin) return refuse('origin_mismatch', payload.origin.slice(0, 200))
  if (!secretsEqual(fromUtf8(payload.challenge), fromUtf8(toBase64Url(options.challenge)))) {
    return refuse('challenge_mismatch', 'challenge')
  }
  const time = Date.parse(payload.time)
  if (Number.isNaN(time) || new Date(time).toISOString() !== payload.time) return refuse('malformed', 'time')
  const age = (now.getTime() - time) / 1000
  if (age > (options.maxAgeSeconds ?? 300)) return refuse('too_old', `${Math.round(age)} s`)
  if (-age > (options.clockSkewSeconds ?? 60)) return refuse('from_the_future', `${Math.round(-age)} s`)
  return null
}

/**
 * Verifies a login token: form, origin, challenge, age, signature, key usage, then the path to one of the platform's
 * anchors at `now`. Revocation is not asked for here; `chain.revocation` says so. Never throws for a bad token.
 */
export const verifyLoginToken = (token: string, options: VerifyLoginTokenOptions): LoginTokenReport => {
  const now = options.now ?? new Date()
  const fail = ({ problem, reason }: Refusal, chain: PathReport | null = null): LoginTokenReport => ({
    isValid: false,
    problem,
    reason,
    chain,
  })
  const parsed = parseToken(token)
  if ('problem' in parsed) return fail(parsed)
  const [certificate, ...others] = parsed.certificates
  if (certificate === undefined) return fail(refuse('malformed', 'x5c'))
  if (parsed.scheme === undefined) return fail(refuse('algorithm_unsupported', 'alg'))
  const context = checkContext(parsed.payload, options, now)
  if (context !== null) return fail(context)
  if (!verifySignature(certificate.spki, parsed.scheme, parsed.signedBytes, parsed.signature)) {
    return fail(refuse('signature_mismatch', certificate.subject.text))
  }
  const usage = certificate.keyUsage
  if (usage !== null && !usage.includes('digitalSignature') && !usage.includes('nonRepudiation')) {
    return fail(refuse('key_usage', usage.join(' ')))
  }
  const chain = validatePath({ certificate, intermediates: others, anchors: options.anchors, at: now })
  if (!chain.isValid) {
    const [failure] = chain.failures
    return fail(refuse('chain_invalid', failure === undefined ? '' : `${failure.rule}: ${failure.subject}`), chain)
  }
  return { isValid: true, certificate, chain, time: new Date(parsed.payload.time) }
}
