/** The DER subject of a certificate, for CKA_SUBJECT (PKCS#11 v2.40 §4.6.3 makes it a required attribute). */

interface Element {
  readonly start: number
  readonly content: number
  readonly end: number
}

const elementAt = (der: Uint8Array, start: number): Element => {
  const first = der[start + 1] ?? 0
  if (first < 0x80) return { start, content: start + 2, end: start + 2 + first }
  const count = first & 0x7f
  let length = 0
  for (let index = 0; index < count; index++) length = length * 256 + (der[start + 2 + index] ?? 0)
  return { start, content: start + 2 + count, end: start + 2 + count + length }
}

/** RFC 5280 §4.1: version [0], serialNumber, signature, issuer, validity, then subject. */
export const subjectOf = (certificate: Uint8Array): Uint8Array => {
  const tbs = elementAt(certificate, elementAt(certificate, 0).content)
  let field = elementAt(certificate, tbs.content)
  const before = certificate[field.start] === 0xa0 ? 5 : 4
  for (let skipped = 0; skipped < before; skipped++) field = elementAt(certificate, field.end)
  return certificate.subarray(field.start, field.end)
}
