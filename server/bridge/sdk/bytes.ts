import type { Content } from './types.ts'

export const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000))
  }
  return btoa(text)
}

export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

export const toBytes = async (content: Content): Promise<Uint8Array> => {
  if (typeof content === 'string') return new TextEncoder().encode(content)
  if (content instanceof Blob) return new Uint8Array(await content.arrayBuffer())
  return content instanceof ArrayBuffer
    ? new Uint8Array(content)
    : new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
}
