import { tag } from '../asn1/tags.ts'
import { toLatin1 } from '../bytes/encodings.ts'
import { LOGIN_FAMILY } from '../login-token/format.ts'

/** What a message would be signed for, if somebody took its signature for one of another protocol. */
export type ForeignProtocol = 'login_token' | 'der_structure' | 'pdf' | 'tls_handshake'

const startsWith = (bytes: Uint8Array, text: string): boolean => toLatin1(bytes.subarray(0, text.length)) === text

interface Element {
  readonly tag: number
  readonly content: number
  readonly end: number
}

/**
 * One element of BER: more than DER allows, as it is enough that some verifier can read it. An indefinite length runs to
 * the end of what is around. null: no element.
 */
const readElement = (bytes: Uint8Array, start: number, limit: number): Element | null => {
  const identifier = bytes[start]
  let at = start + 1
  if ((identifier ?? 0) % 32 === 31) while ((bytes[at++] ?? 0) >= 0x80 && at < limit);
  const first = bytes[at++]
  if (identifier === undefined || first === undefined || at > limit) return null
  if (first === 0x80) return { tag: identifier, content: at, end: limit }
  let length = first
  if (first > 0x80) {
    length = 0
    for (const last = at + first - 0x80; at < last; at++) length = length * 256 + (bytes[at] ?? 0)
  }
  return at + length <= limit ? { tag: identifier, content: at, end: at + length } : null
}

const MAX_DEPTH = 16
const MAX_ELEMENTS = 1000

/** An object identifier among the elements from `start` on, as far as they can be read. */
const holdsIdentifier = (bytes: Uint8Array, start: number, limit: number): boolean => {
  let elements = 0
  const search = (from: number, end: number, depth: number): boolean => {
    for (let at = from; at < end && ++elements <= MAX_ELEMENTS;) {
      const element = readElement(bytes, at, end)
      if (element === null) return false
      if (element.tag === tag.oid && element.end > element.content) return true
      const isConstructed = (element.tag & 0x20) !== 0
      if (isConstructed && depth < MAX_DEPTH && search(element.content, element.end, depth + 1)) return true
      at = element.end
    }
    return false
  }
  return search(start, limit, 0)
}

/**
 * A SEQUENCE or SET that fills the message and names an object identifier: SignedAttributes (RFC 5652 §5.4),
 * TBSCertificate and TBSCertList (RFC 5280), CertificationRequestInfo (RFC 2986), OCSP requests (RFC 6960). All of them
 * begin with one after a few elements; no text holds its tag.
 */
const isDerStructure = (bytes: Uint8Array): boolean => {
  const outer = readElement(bytes, 0, bytes.length)
  return (
    (outer?.tag === tag.sequence || outer?.tag === tag.set) &&
    outer.end === bytes.length &&
    holdsIdentifier(bytes, outer.content, outer.end)
  )
}

/** As many bytes as a PDF's header may be away from the beginning of the file. */
const HEADER_ROOM = 1024

/** RFC 8446 §4.4.3: 64 spaces and a label. RFC 5246 §7.4.8: all messages from the ClientHello on. */
const isTlsHandshake = (bytes: Uint8Array): boolean =>
  startsWith(bytes, `${' '.repeat(64)}TLS `) || (bytes[0] === 1 && bytes[4] === 3 && (bytes[5] ?? 255) <= 4)

/**
 * A raw signature has no frame of its own that would tell what it was made for (R12): over these bytes it would be a login
 * at another site, a signature over any other content, a request for a certificate. null: nothing of the kind.
 */
export const findForeignProtocol = (bytes: Uint8Array): ForeignProtocol | null => {
  if (startsWith(bytes, LOGIN_FAMILY)) return 'login_token'
  if (isDerStructure(bytes)) return 'der_structure'
  if (/%PDF-\d\.\d/.test(toLatin1(bytes.subarray(0, HEADER_ROOM)))) return 'pdf'
  return isTlsHandshake(bytes) ? 'tls_handshake' : null
}
