import { createHash } from 'node:crypto'

const MAX_CHARACTERS = 4000
const HEX_BYTES = 256

export interface MessagePreview {
  readonly size: number
  readonly sha256: string
  readonly preview: string
  readonly isText: boolean
  readonly isTruncated: boolean
}

/** Control characters, and those that turn the direction of text or hide in it (UAX 9, UTS 39), make it "not text". */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]/u

const decodeText = (bytes: Uint8Array): string | null => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return UNPRINTABLE.test(text.replaceAll(/[\t\r\n]/g, '')) ? null : text
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

const hexDump = (bytes: Uint8Array): string =>
  Buffer.from(bytes.subarray(0, HEX_BYTES))
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ')

/** What the person sees of a message: the text itself, or the beginning of its bytes. */
export const previewMessage = (bytes: Uint8Array): MessagePreview => {
  const text = decodeText(bytes)
  const shared = { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  if (text === null) {
    return { ...shared, preview: hexDump(bytes), isText: false, isTruncated: bytes.length > HEX_BYTES }
  }
  return {
    ...shared,
    preview: text.slice(0, MAX_CHARACTERS),
    isText: true,
    isTruncated: text.length > MAX_CHARACTERS,
  }
}
