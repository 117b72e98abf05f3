/** Texts of bytes, without Buffer: for Node and browsers alike. */

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower case. */
export const toHex = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += hexPairs[byte] ?? ''
  return text
}

/** @throws TypeError for anything but pairs of hex digits */
export const fromHex = (text: string): Uint8Array<ArrayBuffer> => {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new TypeError('not hex digits in pairs')
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  )
}

/** Arguments of one call. */
const CHUNK = 0x2000

/** A character a byte: ISO 8859-1 as browsers do not decode it (they take Windows-1252). */
export const toLatin1 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return text
}

/** The low octet of each character. */
export const fromLatin1 = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}

/** RFC 4648 §4. */
export const toBase64 = (bytes: Uint8Array): string => btoa(toLatin1(bytes))

/** RFC 4648 §4, white space let through as in PEM. @throws TypeError */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  try {
    return fromLatin1(atob(text))
  } catch (error) {
    throw new TypeError('not base64', { cause: error })
  }
}

/** RFC 4648 §5 without padding. */
export const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/** RFC 4648 §5, padded or not. @throws TypeError */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))

const encoder = new TextEncoder()
export const fromUtf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** As memcmp: below 0, 0 or above 0; a beginning sorts before the whole. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

export const bytesEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && compareBytes(a, b) === 0

/** Takes the same time wherever two secrets of one length differ. */
export const secretsEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0
