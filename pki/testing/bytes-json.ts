import { fromBase64, toBase64 } from '../bytes/encodings.ts'

/** JSON in which bytes are `{ "bytes": base64 }`. Large integers become text, and functions are left out, as are undefined ones. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_name, item: unknown) => {
    if (item instanceof Uint8Array) return { bytes: toBase64(item) }
    return typeof item === 'bigint' ? String(item) : item
  })

const isBytes = (item: unknown): item is { bytes: string } =>
  typeof item === 'object' && item !== null && Object.keys(item).join() === 'bytes' && 'bytes' in item

export const fromJson = (text: string): unknown =>
  JSON.parse(text, (_name, item: unknown) => (isBytes(item) ? fromBase64(item.bytes) : item))
