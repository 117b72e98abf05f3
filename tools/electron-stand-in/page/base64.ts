import type { Base64 } from '../shared/codec.ts'

interface NativeBase64 {
  toBase64?: () => string
}
const fromBase64 = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array }).fromBase64

/** Chromium has had base64 on Uint8Array since version 140; an older Chrome or Edge takes the long way. */
export const base64: Base64 = {
  toText(bytes) {
    const native = (bytes as NativeBase64).toBase64
    if (native) return native.call(bytes)
    let text = ''
    for (let start = 0; start < bytes.length; start += 0x8000) {
      text += String.fromCharCode(...bytes.subarray(start, start + 0x8000))
    }
    return btoa(text)
  },
  toBytes(text) {
    return fromBase64 ? fromBase64.call(Uint8Array, text) : Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  },
}
