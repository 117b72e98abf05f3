import type { HashName } from '../algorithms/digest.ts'
import type { ContentCipher } from '../cms/enveloped/content-encryption.ts'

/**
 * Both make an AuthEnvelopedData (RFC 5083), which has a tag. `cms` is for certificates of any kind and opens with
 * `openssl cms -decrypt`; `gm` is SM2, SM3 and SM4 throughout (docs/adr/0011-bid-envelope.md).
 */
export const profiles = {
  cms: { cipher: 'aes-256-gcm', hash: 'sha256' },
  gm: { cipher: 'sm4-gcm', hash: 'sm3' },
} as const satisfies Record<string, { readonly cipher: ContentCipher; readonly hash: HashName }>
export type EnvelopeProfile = keyof typeof profiles
