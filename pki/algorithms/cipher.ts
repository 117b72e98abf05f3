import * as platform from '#platform'

import { AppError } from '#contract/errors.ts'
import {
  createSm4CbcDecryptor,
  createSm4CbcEncryptor,
  createSm4GcmDecryptor,
  createSm4GcmEncryptor,
} from '../gm/sm4.ts'
import { platformCiphers } from '../platform/types.ts'
import type { BulkCipher, CipherOptions, PlatformCipher } from '../platform/types.ts'

/** Block ciphers for content, with the lengths of key and IV in bytes. */
export const ciphers = {
  ...platformCiphers,
  'sm4-cbc': { keyLength: 16, ivLength: 16 },
  'sm4-gcm': { keyLength: 16, ivLength: 12 },
} as const satisfies Record<string, { readonly keyLength: number; readonly ivLength: number }>
export type CipherName = PlatformCipher | 'sm4-cbc' | 'sm4-gcm'

export const isAuthenticated = (name: CipherName): boolean => name.endsWith('gcm')

const TAG = 16

const withoutTag = (): never => {
  throw new TypeError('only an encryption with GCM makes a tag')
}

const checkTagLength = ({ tagLength = TAG }: CipherOptions): void => {
  if (tagLength !== TAG) throw new AppError('key.decryption_failed', { reason: 'tag_length' })
}

const sm4GcmEncryptor = (key: Uint8Array, iv: Uint8Array, options: CipherOptions): BulkCipher => {
  checkTagLength(options)
  const cipher = createSm4GcmEncryptor(key, iv, options.aad === undefined ? {} : { additionalData: options.aad })
  let tag: Uint8Array | undefined
  return {
    update: cipher.update,
    finish: () => {
      const end = cipher.finish()
      tag = end.subarray(end.length - TAG)
      return end.subarray(0, end.length - TAG)
    },
    tag: () => tag ?? withoutTag(),
    close: cipher.close,
  }
}

const sm4GcmDecryptor = (key: Uint8Array, iv: Uint8Array, options: CipherOptions): BulkCipher => {
  checkTagLength(options)
  const { aad } = options
  const cipher = createSm4GcmDecryptor(key, iv, {
    ...(aad === undefined ? {} : { additionalData: aad }),
    isTagApart: true,
  })
  return { ...cipher, tag: withoutTag }
}

export const createEncryptor = (
  name: CipherName,
  key: Uint8Array,
  iv: Uint8Array,
  options: CipherOptions = {},
): BulkCipher => {
  if (name === 'sm4-gcm') return sm4GcmEncryptor(key, iv, options)
  if (name === 'sm4-cbc') return { ...createSm4CbcEncryptor(key, iv, options.padding), tag: withoutTag }
  return platform.createEncryptor(name, key, iv, options)
}

export const createDecryptor = (
  name: CipherName,
  key: Uint8Array,
  iv: Uint8Array,
  options: CipherOptions = {},
): BulkCipher => {
  if (name === 'sm4-gcm') return sm4GcmDecryptor(key, iv, options)
  if (name === 'sm4-cbc') return { ...createSm4CbcDecryptor(key, iv, options.padding), tag: withoutTag }
  return platform.createDecryptor(name, key, iv, options)
}
