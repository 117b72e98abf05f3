/** R3. What an `Origin` header (RFC 6454 §7, Fetch §3.2) must look like to be a platform. */

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const platform = new RegExp(`^https://(${label}(?:\\.${label})*)(?::([1-9][0-9]{0,4}))?$`)
const developer = /^https?:\/\/(localhost|127\.0\.0\.1)(?::([1-9][0-9]{0,4}))?$/
const maxLength = 8 + 253 + 6

/**
 * Exactly the serialisation a browser sends for an https page with a name. Refused: `null`, http, IP addresses (a last label
 * that is a number, WHATWG URL "ends in a number"), upper case, a trailing dot, user info, a path, a default port written out.
 */
const isPlatformOrigin = (origin: string): boolean => {
  const match = platform.exec(origin)
  const host = match?.[1]
  if (host === undefined || host === 'localhost' || host.endsWith('.localhost')) return false
  if (/(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/.test(host)) return false
  return isCanonical(origin)
}

const isCanonical = (origin: string): boolean => URL.canParse(origin) && new URL(origin).origin === origin

/** Which rule an origin breaks; the origin itself is not repeated. */
export const originIssue = (origin: string | undefined): 'missing' | 'not_https' | 'malformed' => {
  if (origin === undefined) return 'missing'
  return /^http:/i.test(origin) ? 'not_https' : 'malformed'
}

export const isOriginAccepted = (origin: string, allowLoopbackOrigins: boolean): boolean =>
  origin.length <= maxLength &&
  (isPlatformOrigin(origin) || (allowLoopbackOrigins && developer.test(origin) && isCanonical(origin)))
