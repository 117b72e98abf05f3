import * as platform from '#platform'

import { AppError } from '#contract/errors.ts'
import { createDigest } from '../algorithms/digest.ts'
import type { HashName } from '../algorithms/digest.ts'
import { concat } from '../bytes/concat.ts'
import { createSm3, sm3 } from '../gm/sm3.ts'

/** What the key derivations of one file may cost, so that a hostile count of iterations ends at once. */
export interface WorkLimit {
  /** @throws key.unsupported when the file asks for more than is left */
  spend(units: number): void
  /** What is weak in the protections that were met. */
  readonly weaknesses: Set<Weakness>
}

/** What makes a key file easier to break than those that are written now. Closed list. */
export type Weakness =
  `${'mac' | 'encryption'}_${'sha1' | 'few_iterations'}` | 'encryption_triple_des' | 'encryption_rc2'

/** RFC 8018 §4.2: a thousand iterations are the least. */
const FEW_ITERATIONS = 1000

export const noteWeaknesses = (
  { weaknesses }: WorkLimit,
  part: 'mac' | 'encryption',
  { hash, iterations }: Pick<DerivationInput, 'hash' | 'iterations'>,
): void => {
  if (hash === 'sha1') weaknesses.add(`${part}_sha1`)
  if (iterations < FEW_ITERATIONS) weaknesses.add(`${part}_few_iterations`)
}

/**
 * In iterations of HMAC-SHA-256 by the runtime: about a second of work. NSS (Firefox) writes 600,000 iterations for the MAC and
 * for each key and bag; two keys of it must still open.
 */
const MAX_WORK = 8_000_000
/** What an iteration costs elsewhere, as measured: hashes on 64-bit words, digests called one by one, HMAC-SM3. */
const HMAC_WIDE = 4
const SINGLE_DIGEST = 9
const HMAC_SM3 = 30

export const createWorkLimit = (): WorkLimit => {
  let left = MAX_WORK
  return {
    weaknesses: new Set(),
    spend: (units) => {
      left -= units
      if (left < 0) throw new AppError('key.unsupported', { reason: 'too_many_iterations' })
    },
  }
}

export const hashLength: Readonly<Record<HashName, number>> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  sm3: 32,
}
/** Block of the compression function in bytes. */
const hashBlock = (hash: HashName): number => (hash === 'sha384' || hash === 'sha512' ? 128 : 64)

/** Lets other work run after so many iterations, about ten milliseconds. */
const BREATH = 2048
const breathe = (iteration: number): Promise<void> | undefined =>
  iteration % BREATH === 0 ? new Promise((resolve) => setTimeout(resolve)) : undefined

const SM3_BLOCK = 64

/** PBKDF2 (RFC 8018 §5.2) with HMAC-SM3, whose key is taken in once. */
const pbkdf2Sm3 = async (
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> => {
  const pad = new Uint8Array(SM3_BLOCK)
  pad.set(password.length > SM3_BLOCK ? sm3(password) : password)
  const inner = createSm3().update(pad.map((byte) => byte ^ 0x36))
  const outer = createSm3().update(pad.map((byte) => byte ^ 0x5c))
  pad.fill(0)
  const hmac = (bytes: Uint8Array): Uint8Array => outer.clone().update(inner.clone().update(bytes).digest()).digest()
  const key = new Uint8Array(length)
  for (let block = 0; block * hashLength.sm3 < length; block++) {
    const counter = new Uint8Array(4)
    new DataView(counter.buffer).setUint32(0, block + 1)
    let last = hmac(concat(salt, counter))
    const sum = Uint8Array.from(last)
    for (let iteration = 1; iteration < iterations; iteration++) {
      last = hmac(last)
      for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) ^ (last[index] ?? 0)
      await breathe(iteration)
    }
    key.set(sum.subarray(0, length - block * sum.length), block * sum.length)
    sum.fill(0)
    last.fill(0)
  }
  inner.digest()
  outer.digest()
  return key
}

export interface DerivationInput {
  readonly hash: HashName
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
  /** Bytes of the key. */
  readonly length: number
}

/** PBKDF2 (RFC 8018 §5.2). */
export const pbkdf2 = async (input: DerivationInput, limit: WorkLimit): Promise<Uint8Array> => {
  const { hash, password, salt, iterations, length } = input
  const blocks = Math.ceil(length / hashLength[hash])
  limit.spend(iterations * blocks * (hash === 'sm3' ? HMAC_SM3 : hashBlock(hash) === 128 ? HMAC_WIDE : 1))
  return hash === 'sm3'
    ? pbkdf2Sm3(password, salt, iterations, length)
    : platform.pbkdf2(hash, password, salt, iterations, length)
}

/** `bytes` over and over, up to the next multiple of the block. */
const repeated = (bytes: Uint8Array, block: number): Uint8Array => {
  const whole = new Uint8Array(Math.ceil(bytes.length / block) * block)
  return whole.map((_, index) => bytes[index % bytes.length] ?? 0)
}

/** In place: the block of `blocks` at `at` plus `addend` plus one, modulo 2^(8·length) (RFC 7292 B.2 step 6 C). */
const addPlusOne = (blocks: Uint8Array, at: number, addend: Uint8Array): void => {
  let carry = 1
  for (let index = addend.length - 1; index >= 0; index--) {
    const sum = (blocks[at + index] ?? 0) + (addend[index] ?? 0) + carry
    blocks[at + index] = sum & 0xff
    carry = sum >> 8
  }
}

/** What the derived bytes are for, RFC 7292 B.3. */
export const purposes = { key: 1, iv: 2, mac: 3 } as const

/** RFC 7292 appendix B.2. The password is a BMPString with its two zero bytes, or nothing at all. */
export const derivePkcs12 = async (
  purpose: keyof typeof purposes,
  { hash, password, salt, iterations, length }: DerivationInput,
  limit: WorkLimit,
): Promise<Uint8Array> => {
  limit.spend(iterations * Math.ceil(length / hashLength[hash]) * SINGLE_DIGEST)
  const block = hashBlock(hash)
  const diversifier = new Uint8Array(block).fill(purposes[purpose])
  const input = concat(repeated(salt, block), repeated(password, block))
  const key = new Uint8Array(length)
  for (let at = 0; at < length; at += hashLength[hash]) {
    let last = createDigest(hash).update(diversifier).update(input).digest()
    for (let iteration = 1; iteration < iterations; iteration++) {
      last = createDigest(hash).update(last).digest()
      await breathe(iteration)
    }
    key.set(last.subarray(0, length - at), at)
    const addend = repeated(last, block).subarray(0, block)
    for (let start = 0; start < input.length; start += block) addPlusOne(input, start, addend)
    last.fill(0)
    addend.fill(0)
  }
  input.fill(0)
  return key
}
