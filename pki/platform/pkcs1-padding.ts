import { concat } from '../bytes/concat.ts'

/** 00 01 or 00 02, at least eight bytes of padding, 00. */
const OVERHEAD = 11

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2) around a DigestInfo. @throws TypeError when it does not fit */
export const pkcs1Block = (digestInfo: Uint8Array, length: number): Uint8Array => {
  if (length < digestInfo.length + OVERHEAD) throw new TypeError('the modulus is too short')
  const padding = new Uint8Array(length - digestInfo.length - 3).fill(0xff)
  return concat(Uint8Array.of(0, 1), padding, Uint8Array.of(0), digestInfo)
}

/** Bytes of what stands in for a message: as many as the largest content key has. */
const STAND_IN = 32

/**
 * EME-PKCS1-v1_5 decoding (RFC 8017 §7.2.2) without a branch or an address that depends on the block, but for the length of the
 * answer. Where the padding is wrong the last bytes of `random` are answered in place of a message (implicit rejection), so that
 * nobody can tell the two apart. Both have the length of the modulus.
 */
export const unpadPkcs1 = (block: Uint8Array, random: Uint8Array): Uint8Array => {
  const { length } = block
  let wrong = (block[0] ?? 1) | ((block[1] ?? 0) ^ 2)
  let isFound = 0
  let separator = 0
  for (let index = 2; index < length; index++) {
    // 1 for a zero byte: below zero after 1 was taken away.
    const isFirst = (((block[index] ?? 0) - 1) >>> 31) & (isFound ^ 1)
    separator |= index & -isFirst
    isFound |= isFirst
  }
  wrong |= isFound ^ 1
  wrong |= (separator - (OVERHEAD - 1)) >>> 31
  const mask = (wrong | -wrong) >> 31
  const start = ((separator + 1) & ~mask) | ((length - STAND_IN) & mask)
  return block.map((byte, index) => (byte & ~mask) | ((random[index] ?? 0) & mask)).slice(start)
}
