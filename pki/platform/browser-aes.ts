import { GHASH } from '@noble/ciphers/_polyval.js'
import { cbc, ctr, ecb } from '@noble/ciphers/aes.js'

import { AppError } from '#contract/errors.ts'
import { concat } from '../bytes/concat.ts'
import { secretsEqual } from '../bytes/encodings.ts'
import type { BulkCipher, CipherOptions, Platform } from './types.ts'

/** AES over streams for runtimes whose own AES takes whole messages only (WebCrypto). */

const BLOCK = 16

const refuse = (): never => {
  throw new AppError('key.decryption_failed')
}
const noTag = (): never => {
  throw new TypeError('only an encryption with GCM makes a tag')
}

/** Hands on whole blocks; with `keepsLast` one of them stays behind, as it may hold the padding. */
const createBlocks = (keepsLast: boolean) => {
  let rest = new Uint8Array(0)
  return {
    take: (bytes: Uint8Array): Uint8Array => {
      const all = concat(rest, bytes)
      const spare = all.length % BLOCK
      const kept = spare === 0 && keepsLast && all.length > 0 ? BLOCK : spare
      rest = all.slice(all.length - kept)
      return all.subarray(0, all.length - kept)
    },
    rest: (): Uint8Array => rest,
  }
}

const NO_PADDING = { disablePadding: true } as const

const pad = (bytes: Uint8Array): Uint8Array => {
  const count = BLOCK - (bytes.length % BLOCK)
  return concat(bytes, new Uint8Array(count).fill(count))
}

const unpad = (bytes: Uint8Array): Uint8Array => {
  const count = bytes.at(-1) ?? 0
  const isPadded = count >= 1 && count <= BLOCK && bytes.subarray(-count).every((byte) => byte === count)
  return isPadded && bytes.length > 0 ? bytes.subarray(0, bytes.length - count) : refuse()
}

const createCbc = (key: Uint8Array, iv: Uint8Array, options: CipherOptions, isEncryption: boolean): BulkCipher => {
  const hasPadding = options.padding !== 'none'
  const blocks = createBlocks(hasPadding && !isEncryption)
  let chain = iv.slice()
  const transform = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === 0) return new Uint8Array(0)
    const cipher = cbc(key, chain, NO_PADDING)
    const result = isEncryption ? cipher.encrypt(bytes) : cipher.decrypt(bytes)
    chain = (isEncryption ? result : bytes).slice(-BLOCK)
    return result
  }
  return {
    update: (bytes) => transform(blocks.take(bytes)),
    finish: () => {
      const last = blocks.rest()
      if (isEncryption && hasPadding) return transform(pad(last))
      if (last.length % BLOCK !== 0) return refuse()
      return hasPadding ? unpad(transform(last)) : transform(last)
    },
    tag: noTag,
    close: () => undefined,
  }
}

const lengths = (aad: number, text: number): Uint8Array => {
  const block = new Uint8Array(BLOCK)
  const view = new DataView(block.buffer)
  view.setBigUint64(0, BigInt(aad) * 8n)
  view.setBigUint64(8, BigInt(text) * 8n)
  return block
}

/** Bytes, as OpenSSL has it. The standard forbids an empty one, with which two messages share a mask. */
const MAX_IV = 128

/** NIST SP 800-38D §7. Counter mode over whole blocks, the tag over what was encrypted. */
const createGcm = (key: Uint8Array, iv: Uint8Array, options: CipherOptions, isEncryption: boolean): BulkCipher => {
  const { aad = new Uint8Array(0), tagLength = BLOCK } = options
  if (iv.length === 0 || iv.length > MAX_IV) throw new AppError('key.decryption_failed', { reason: 'iv_length' })
  const hashKey = ecb(key, NO_PADDING).encrypt(new Uint8Array(BLOCK))
  const first = new Uint8Array(BLOCK)
  if (iv.length === 12) {
    first.set(iv)
    first[BLOCK - 1] = 1
  } else first.set(new GHASH(hashKey).update(iv).update(lengths(0, iv.length)).digest())
  const mask = ecb(key, NO_PADDING).encrypt(first)
  const hash = new GHASH(hashKey).update(aad)
  const blocks = createBlocks(false)
  const start = new DataView(first.buffer).getUint32(BLOCK - 4)
  let [length, counter] = [0, 1]
  let tag: Uint8Array | undefined
  const transform = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === 0) return new Uint8Array(0)
    // The counter has 32 bits (inc32); a carry must not reach the bytes before it, so a piece never runs over its end.
    const parts: Uint8Array[] = []
    for (let at = 0; at < bytes.length;) {
      const position = (start + counter) >>> 0
      const room = Math.min((2 ** 32 - position) * BLOCK, bytes.length - at)
      const block = first.slice()
      new DataView(block.buffer).setUint32(BLOCK - 4, position)
      parts.push(ctr(key, block).encrypt(bytes.subarray(at, at + room)))
      counter += Math.ceil(room / BLOCK)
      at += room
    }
    const result = concat(...parts)
    hash.update(isEncryption ? result : bytes)
    length += bytes.length
    return result
  }
  return {
    update: (bytes) => transform(blocks.take(bytes)),
    finish: (expected) => {
      const last = transform(blocks.rest())
      const actual = hash
        .update(lengths(aad.length, length))
        .digest()
        .map((byte, index) => byte ^ (mask[index] ?? 0))
        .subarray(0, tagLength)
      if (isEncryption) tag = actual
      else if (!secretsEqual(actual, expected ?? new Uint8Array(0))) return refuse()
      return last
    },
    tag: () => tag ?? noTag(),
    close: () => undefined,
  }
}

const create =
  (isEncryption: boolean): Platform['createEncryptor'] =>
  (name, key, iv, options = {}) => {
    if (name === 'des-ede3-cbc') throw new AppError('key.mechanism_unsupported', { algorithm: name })
    return name.endsWith('gcm') ? createGcm(key, iv, options, isEncryption) : createCbc(key, iv, options, isEncryption)
  }

export const createEncryptor = create(true)
export const createDecryptor = create(false)
