import type { KeyShape } from './signing.ts'

/** The few facts of a certificate that listing a token needs: its key and whether it is an authority. */
export interface CertificateKey extends KeyShape {
  readonly isAuthority: boolean
  /** RSA modulus without leading zeros: finds the private key where a token gives no CKA_ID. */
  readonly modulus: Uint8Array | null
}

interface Element {
  readonly tag: number
  readonly content: Uint8Array
  readonly next: number
}

/** DER, X.690 §8.1 and §10.1. Null when the bytes do not hold a whole element. */
const elementAt = (bytes: Uint8Array, offset: number): Element | null => {
  const tag = bytes[offset]
  const first = bytes[offset + 1]
  if (tag === undefined || first === undefined) return null
  let start = offset + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 3) return null
    length = 0
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[start + index] ?? 0)
    start += count
  }
  const next = start + length
  return next > bytes.length ? null : { tag, content: bytes.subarray(start, next), next }
}

const childrenOf = (bytes: Uint8Array): Element[] => {
  const children: Element[] = []
  for (let offset = 0; offset < bytes.length;) {
    const element = elementAt(bytes, offset)
    if (!element) break
    children.push(element)
    offset = element.next
  }
  return children
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const OID = {
  rsa: '2a864886f70d010101',
  ecPublicKey: '2a8648ce3d0201',
  basicConstraints: '551d13',
} as const
/** RFC 5480 §2.1.1.1, RFC 5639. SM2 (1.2.156.10197.1.301) is left out on purpose: PKCS#11 has no standard for it. */
const CURVE_BITS: Readonly<Record<string, number>> = {
  '2a8648ce3d030107': 256,
  '2b81040022': 384,
  '2b81040023': 521,
  '2b2403030208010107': 256,
  '2b240303020801010b': 384,
  '2b240303020801010d': 512,
}

const withoutLeadingZeros = (integer: Uint8Array): Uint8Array => {
  const start = integer.findIndex((byte) => byte !== 0)
  return start < 0 ? new Uint8Array() : integer.subarray(start)
}

const bitLength = (magnitude: Uint8Array): number =>
  magnitude.length === 0 ? 0 : magnitude.length * 8 - Math.clz32(magnitude[0] ?? 0) + 24

const readKey = (info: Uint8Array): Pick<CertificateKey, 'keyType' | 'keyBits' | 'modulus'> => {
  const [algorithm, key] = childrenOf(info)
  const [oid, parameters] = childrenOf(algorithm?.content ?? new Uint8Array())
  const name = hex(oid?.content ?? new Uint8Array())
  if (name === OID.rsa && key) {
    // BIT STRING: one octet of unused bits, then RSAPublicKey { modulus, publicExponent }.
    const numbers = childrenOf(elementAt(key.content, 1)?.content ?? new Uint8Array())
    const modulus = withoutLeadingZeros(numbers[0]?.content ?? new Uint8Array())
    return { keyType: 'rsa', keyBits: bitLength(modulus), modulus }
  }
  const bits = CURVE_BITS[hex(parameters?.content ?? new Uint8Array())]
  if (name === OID.ecPublicKey && bits !== undefined) return { keyType: 'ec', keyBits: bits, modulus: null }
  const point = key ? (key.content.length - 2) * 4 : 0
  return { keyType: 'other', keyBits: Math.max(0, point), modulus: null }
}

const isAuthorityIn = (extensions: Uint8Array): boolean => {
  const list = childrenOf(elementAt(extensions, 0)?.content ?? new Uint8Array())
  const constraints = list
    .map(({ content }) => childrenOf(content))
    .find(([oid]) => hex(oid?.content ?? new Uint8Array()) === OID.basicConstraints)
  const value = constraints?.at(-1)?.content
  const [first] = childrenOf((value && elementAt(value, 0)?.content) ?? new Uint8Array())
  return first?.tag === 0x01 && first.content[0] !== 0
}

/** RFC 5280 §4.1. Null when the bytes are not a certificate: tokens also hold garbage. */
export const readCertificateKey = (der: Uint8Array): CertificateKey | null => {
  const certificate = elementAt(der, 0)
  const body = certificate?.tag === 0x30 ? elementAt(certificate.content, 0) : null
  if (body?.tag !== 0x30) return null
  const fields = childrenOf(body.content)
  const first = fields[0]?.tag === 0xa0 ? 1 : 0
  const info = fields[first + 5]
  if (info?.tag !== 0x30) return null
  const extensions = fields.find(({ tag }) => tag === 0xa3)
  return { ...readKey(info.content), isAuthority: extensions ? isAuthorityIn(extensions.content) : false }
}
