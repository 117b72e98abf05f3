import { AppError } from '#contract/errors.ts'
import { concat } from '../bytes/concat.ts'
import { BLOCK, parallelEngine, serialEngine } from './sm4-engine.ts'
import type { Tenant } from './sm4-engine.ts'

/** SM4 (GB/T 32907-2016): keys and blocks of 16 bytes. Wrong lengths of keys and IVs are programming errors: TypeError. */
export interface Sm4Cipher {
  /** What is ready: at most 31 bytes less than was given. */
  readonly update: (bytes: Uint8Array) => Uint8Array
  /** The rest. Overwrites the key. @throws key.decryption_failed when padding or tag is wrong */
  readonly finish: (tag?: Uint8Array) => Uint8Array
  /** Overwrites the key when there will be no `finish`. */
  readonly close: () => void
}

/** Not `slice`, which for a Buffer is a view of the caller's bytes. */
const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

const checked = (bytes: Uint8Array, name: string): Uint8Array => {
  if (bytes.length !== BLOCK) throw new TypeError(`${name} of SM4 has 16 bytes, not ${bytes.length}`)
  return copy(bytes)
}
const tenantOf = (key: Uint8Array, chain: Uint8Array): Tenant => ({
  key: checked(key, 'the key'),
  chain: checked(chain, 'the initial block'),
})

const erase = ({ key, chain, tag, hashKey }: Tenant): void => {
  for (const bytes of [key, chain, tag, hashKey]) bytes?.fill(0)
}
const refuse = (): never => {
  throw new AppError('key.decryption_failed')
}

/** Hands on whole blocks; the last one waits too when `keepsLast`, as it holds the padding. */
const createBlocks = (keepsLast: boolean) => {
  let rest = new Uint8Array(0)
  return {
    take: (bytes: Uint8Array): Uint8Array => {
      const all = rest.length === 0 ? bytes : concat(rest, bytes)
      const spare = all.length % BLOCK
      const kept = spare === 0 && keepsLast && all.length > 0 ? BLOCK : spare
      rest = copy(all.subarray(all.length - kept))
      return all.subarray(0, all.length - kept)
    },
    rest: (): Uint8Array => rest,
  }
}

/** A cipher that ends once, whatever comes of it, and leaves nothing of the tenant behind. */
const cipherOf = (
  engine: { readonly leave: (tenant: Tenant) => void },
  tenant: Tenant,
  update: (bytes: Uint8Array) => Uint8Array,
  finish: (tag?: Uint8Array) => Uint8Array,
): Sm4Cipher => {
  let isOpen = true
  const check = (): void => {
    if (!isOpen) throw new TypeError('the cipher has ended')
  }
  const close = (): void => {
    isOpen = false
    engine.leave(tenant)
    erase(tenant)
  }
  return {
    update: (bytes) => {
      check()
      return update(bytes)
    },
    finish: (tag) => {
      check()
      try {
        return finish(tag)
      } finally {
        close()
      }
    },
    close,
  }
}

const toBlocks = (bytes: Uint8Array): Uint8Array =>
  concat(bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK))

const electronicCodeBook = (key: Uint8Array, blocks: Uint8Array, direction: 'encrypt' | 'decrypt'): Uint8Array => {
  if (blocks.length % BLOCK !== 0) throw new TypeError('ECB takes whole blocks')
  const tenant = tenantOf(key, new Uint8Array(BLOCK))
  const result = parallelEngine.transform(tenant, blocks, (call, at, count) => call[direction](at, count))
  parallelEngine.leave(tenant)
  erase(tenant)
  return result
}
/** Whole blocks without padding: for wrapping keys (GB/T 35276 SM2EnvelopedKey), not for messages. */
export const encryptSm4Ecb = (key: Uint8Array, blocks: Uint8Array): Uint8Array =>
  electronicCodeBook(key, blocks, 'encrypt')
export const decryptSm4Ecb = (key: Uint8Array, blocks: Uint8Array): Uint8Array =>
  electronicCodeBook(key, blocks, 'decrypt')

/** CTR, GB/T 17964: the counter is the whole block, big-endian. Encryption and decryption are the same. */
export const createSm4Ctr = (key: Uint8Array, counter: Uint8Array): Sm4Cipher => {
  const tenant = tenantOf(key, counter)
  const blocks = createBlocks(false)
  const run = (bytes: Uint8Array): Uint8Array =>
    parallelEngine.transform(tenant, bytes, (call, at, count) => call.ctr(at, count, true))
  const finish = (): Uint8Array => run(toBlocks(blocks.rest())).slice(0, blocks.rest().length)
  return cipherOf(parallelEngine, tenant, (bytes) => run(blocks.take(bytes)), finish)
}

export type Sm4Padding = 'pkcs7' | 'none'

/** CBC, GB/T 17964. Without padding `finish` wants whole blocks (TypeError). */
export const createSm4CbcEncryptor = (key: Uint8Array, iv: Uint8Array, padding: Sm4Padding = 'pkcs7'): Sm4Cipher => {
  const tenant = tenantOf(key, iv)
  const blocks = createBlocks(false)
  const run = (bytes: Uint8Array): Uint8Array =>
    serialEngine.transform(tenant, bytes, (call, at, count) => call.cbcEncrypt(at, count))
  const finish = (): Uint8Array => {
    const rest = blocks.rest()
    if (padding === 'none' && rest.length > 0) throw new TypeError('the message is not whole blocks')
    const size = BLOCK - rest.length
    return padding === 'none' ? rest : run(concat(rest, new Uint8Array(size).fill(size)))
  }
  return cipherOf(serialEngine, tenant, (bytes) => run(blocks.take(bytes)), finish)
}

/** RFC 5652 §6.3, without telling what was wrong. */
const unpad = (block: Uint8Array): Uint8Array => {
  const size = block[BLOCK - 1] ?? 0
  const isPossible = size >= 1 && size <= BLOCK
  const isPadding = isPossible && block.subarray(BLOCK - size).every((byte) => byte === size)
  return isPadding ? block.subarray(0, BLOCK - size) : refuse()
}

/** What it hands out is not authenticated: a wrong key or a changed message may decrypt to anything. */
export const createSm4CbcDecryptor = (key: Uint8Array, iv: Uint8Array, padding: Sm4Padding = 'pkcs7'): Sm4Cipher => {
  const tenant = tenantOf(key, iv)
  const blocks = createBlocks(padding === 'pkcs7')
  const run = (bytes: Uint8Array): Uint8Array =>
    parallelEngine.transform(tenant, bytes, (call, at, count) => call.cbcDecrypt(at, count))
  const finish = (): Uint8Array => {
    const rest = blocks.rest()
    if (padding === 'none') return rest.length === 0 ? rest : refuse()
    return rest.length === BLOCK ? unpad(run(rest)) : refuse()
  }
  return cipherOf(parallelEngine, tenant, (bytes) => run(blocks.take(bytes)), finish)
}

const TAG = 16
/** In time that does not tell where they differ. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0
const bigEndian64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}
/** What both directions of GCM share, NIST SP 800-38D §7 (SM4: RFC 8998 §2). */
const createGcm = (key: Uint8Array, iv: Uint8Array, additionalData: Uint8Array) => {
  if (iv.length === 0) throw new TypeError('GCM wants an IV')
  const hashKey = encryptSm4Ecb(key, new Uint8Array(BLOCK))
  const tenant = { ...tenantOf(key, new Uint8Array(BLOCK)), hashKey, tag: new Uint8Array(BLOCK) }
  const hash = (bytes: Uint8Array): void => {
    parallelEngine.transform(tenant, bytes, (call, at, count) => call.ghash(at, count))
  }
  const takeTag = (): Uint8Array => {
    parallelEngine.leave(tenant)
    const tag = tenant.tag.slice()
    tenant.tag.fill(0)
    return tag
  }
  const firstCounter = (): Uint8Array => {
    if (iv.length === 12) return concat(iv, Uint8Array.of(0, 0, 0, 1))
    hash(concat(toBlocks(iv), bigEndian64(0), bigEndian64(iv.length * 8)))
    return takeTag()
  }
  const counter = firstCounter()
  const mask = encryptSm4Ecb(key, counter)
  tenant.chain.set(counter)
  const view = new DataView(tenant.chain.buffer)
  view.setUint32(12, (view.getUint32(12) + 1) >>> 0)
  hash(toBlocks(additionalData))

  const blocks = createBlocks(false)
  let length = 0
  return {
    tenant,
    blocks,
    transform: (bytes: Uint8Array, isEncryption: boolean): Uint8Array => {
      length += bytes.length
      return parallelEngine.transform(tenant, bytes, (call, at, count) => {
        if (!isEncryption) call.ghash(at, count)
        call.ctr(at, count, false)
        if (isEncryption) call.ghash(at, count)
      })
    },
    /** The begun block: ciphered, and its ciphertext hashed with zeros behind it. */
    last: (isEncryption: boolean): Uint8Array => {
      const rest = blocks.rest()
      if (rest.length === 0) return rest
      length += rest.length
      if (!isEncryption) hash(toBlocks(rest))
      const result = parallelEngine
        .transform(tenant, toBlocks(rest), (call, at, count) => call.ctr(at, count, false))
        .slice(0, rest.length)
      if (isEncryption) hash(toBlocks(result))
      return result
    },
    tag: (): Uint8Array => {
      hash(concat(bigEndian64(additionalData.length * 8), bigEndian64(length * 8)))
      const tag = takeTag().map((byte, index) => byte ^ (mask[index] ?? 0))
      mask.fill(0)
      return tag
    },
  }
}

export interface Sm4GcmOptions {
  readonly additionalData?: Uint8Array
  /** Decryption: the tag is given to `finish` and does not stand behind the ciphertext. Saves copies. */
  readonly isTagApart?: boolean
}

/** `finish` answers the rest of the ciphertext and the tag of 16 bytes behind it. */
export const createSm4GcmEncryptor = (
  key: Uint8Array,
  iv: Uint8Array,
  { additionalData = new Uint8Array(0) }: Sm4GcmOptions = {},
): Sm4Cipher => {
  const gcm = createGcm(key, iv, additionalData)
  const update = (bytes: Uint8Array): Uint8Array => gcm.transform(gcm.blocks.take(bytes), true)
  const finish = (): Uint8Array => {
    const last = gcm.last(true)
    return concat(last, gcm.tag())
  }
  return cipherOf(parallelEngine, gcm.tenant, update, finish)
}

/**
 * Takes ciphertext and tag. What `update` hands out is not authenticated yet: keep it from everybody until `finish` has
 * returned. A tag of another length than 16 bytes is never right.
 */
export const createSm4GcmDecryptor = (
  key: Uint8Array,
  iv: Uint8Array,
  { additionalData = new Uint8Array(0), isTagApart = false }: Sm4GcmOptions = {},
): Sm4Cipher => {
  const gcm = createGcm(key, iv, additionalData)
  let held = new Uint8Array(0)
  /** Everything but the last 16 bytes, which may be the tag. */
  const beforeTag = (bytes: Uint8Array): Uint8Array => {
    const all = held.length === 0 ? bytes : concat(held, bytes)
    held = copy(all.subarray(Math.max(0, all.length - TAG)))
    return all.subarray(0, Math.max(0, all.length - TAG))
  }
  const update = (bytes: Uint8Array): Uint8Array =>
    gcm.transform(gcm.blocks.take(isTagApart ? bytes : beforeTag(bytes)), false)
  const finish = (tag: Uint8Array = held): Uint8Array => {
    const last = gcm.last(false)
    return isSame(gcm.tag(), tag) ? last : refuse()
  }
  return cipherOf(parallelEngine, gcm.tenant, update, finish)
}
