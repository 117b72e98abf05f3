import { aeskw } from '@noble/ciphers/aes.js'

import { AppError } from '#contract/errors.ts'
import type { Platform } from './types.ts'

/** AES key wrap (RFC 3394) for every runtime: BoringSSL and WebCrypto lack it for plain bytes. */
export const wrapAesKey: Platform['wrapAesKey'] = (wrappingKey, key) => aeskw(wrappingKey).encrypt(key)

export const unwrapAesKey: Platform['unwrapAesKey'] = (wrappingKey, wrapped) => {
  try {
    return aeskw(wrappingKey).decrypt(wrapped)
  } catch (error) {
    throw new AppError('key.decryption_failed', {}, { cause: error })
  }
}
