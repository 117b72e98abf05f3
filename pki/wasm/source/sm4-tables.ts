import { ghashByBitSource } from './ghash.ts'
import { sbox } from './sm4-sbox.ts'

const bytes = (values: readonly number[]): string => values.map((value) => `0x${value.toString(16)}`).join(', ')

const ORDER = [
  ['a', 'b', 'c', 'd'],
  ['b', 'c', 'd', 'a'],
  ['c', 'd', 'a', 'b'],
  ['d', 'a', 'b', 'c'],
] as const

/**
 * SM4 with table lookups, for engines without SIMD and for what cannot run in parallel (CBC encryption). Its time may depend
 * on key and data through the cache, as OpenSSL's does: docs/adr/0010-constant-time.md.
 */
const round = (index: number, keys: string, [a, b, c, d]: (typeof ORDER)[number]): string =>
  // The newest word comes in last: the next round waits for nothing else.
  `t = ${d} ^ (${b} ^ ${c} ^ load<u32>(${keys}, ${4 * index})); ` +
  `${a} = (load<u32>((t >> 22) & 0x3fc, TABLES) ^ load<u32>((t >> 14) & 0x3fc, TABLES + 1024)) ^` +
  ` ((load<u32>((t >> 6) & 0x3fc, TABLES + 2048) ^ ${a}) ^ load<u32>((t << 2) & 0x3fc, TABLES + 3072))`

/** One block at p, in place, in locals. */
const crypt = (keys: string): string => `
    a = bswap<u32>(load<u32>(p, 0)); b = bswap<u32>(load<u32>(p, 4)); c = bswap<u32>(load<u32>(p, 8)); d = bswap<u32>(load<u32>(p, 12))
    ${Array.from({ length: 32 }, (_, index) => round(index, keys, ORDER[index % 4] ?? ORDER[0])).join('\n    ')}
    store<u32>(p, bswap<u32>(d), 0); store<u32>(p, bswap<u32>(c), 4); store<u32>(p, bswap<u32>(b), 8); store<u32>(p, bswap<u32>(a), 12)`

export const sm4TablesSource = `
const SBOX: usize = memory.data<u8>([${bytes(sbox)}])
/** Four tables of 256 words: L(S(x) << 24), and the same turned by 8, 16 and 24 bits. */
const TABLES: usize = 0x20000
export const key: usize = memory.data(16, 16)
const encryptKeys: usize = memory.data(128, 16)
const decryptKeys: usize = memory.data(128, 16)
export const chain: usize = memory.data(16, 16)
const pad: usize = memory.data(16, 16)
const hash: usize = memory.data(16, 16)
export const data: usize = memory.data(65536, 16)

for (let x: u32 = 0; x < 256; x++) {
  const s = <u32>load<u8>(SBOX + x)
  const y = s ^ rotl<u32>(s, 2) ^ rotl<u32>(s, 10) ^ rotl<u32>(s, 18) ^ rotl<u32>(s, 24)
  store<u32>(4 * x, rotl<u32>(y, 24), TABLES); store<u32>(4 * x, rotl<u32>(y, 16), TABLES + 1024)
  store<u32>(4 * x, rotl<u32>(y, 8), TABLES + 2048); store<u32>(4 * x, y, TABLES + 3072)
}

@inline function sboxes(x: u32): u32 {
  return (<u32>load<u8>(SBOX + (x >> 24)) << 24) | (<u32>load<u8>(SBOX + ((x >> 16) & 255)) << 16) |
    (<u32>load<u8>(SBOX + ((x >> 8) & 255)) << 8) | <u32>load<u8>(SBOX + (x & 255))
}

/** The key in \`key\` becomes round keys and is overwritten. GB/T 32907 §7.3. */
export function setKey(): void {
  let k0 = bswap<u32>(load<u32>(key, 0)) ^ 0xa3b1bac6, k1 = bswap<u32>(load<u32>(key, 4)) ^ 0x56aa3350
  let k2 = bswap<u32>(load<u32>(key, 8)) ^ 0x677d9197, k3 = bswap<u32>(load<u32>(key, 12)) ^ 0xb27022dc
  memory.fill(key, 0, 16)
  for (let i: u32 = 0; i < 32; i++) {
    let ck: u32 = 0
    for (let j: u32 = 0; j < 4; j++) ck = (ck << 8) | (((4 * i + j) * 7) & 255)
    const s = sboxes(k1 ^ k2 ^ k3 ^ ck)
    const next = k0 ^ s ^ rotl<u32>(s, 13) ^ rotl<u32>(s, 23)
    k0 = k1; k1 = k2; k2 = k3; k3 = next
    store<u32>(encryptKeys + 4 * i, next); store<u32>(decryptKeys + 4 * (31 - i), next)
  }
}

export function encrypt(p: usize, blocks: u32): void {
  let a: u32, b: u32, c: u32, d: u32, t: u32
  for (; blocks > 0; blocks--, p += 16) {${crypt('encryptKeys')}
  }
}
export function decrypt(p: usize, blocks: u32): void {
  let a: u32, b: u32, c: u32, d: u32, t: u32
  for (; blocks > 0; blocks--, p += 16) {${crypt('decryptKeys')}
  }
}
export function cbcEncrypt(p: usize, blocks: u32): void {
  let a: u32, b: u32, c: u32, d: u32, t: u32, q: usize = chain
  for (; blocks > 0; blocks--, p += 16) {
    store<u64>(p, load<u64>(p, 0) ^ load<u64>(q, 0), 0); store<u64>(p, load<u64>(p, 8) ^ load<u64>(q, 8), 8)${crypt('encryptKeys')}
    q = p
  }
  memory.copy(chain, q, 16)
}
export function cbcDecrypt(p: usize, blocks: u32): void {
  let a: u32, b: u32, c: u32, d: u32, t: u32
  let c0 = load<u64>(chain, 0), c1 = load<u64>(chain, 8)
  for (; blocks > 0; blocks--, p += 16) {
    const n0 = load<u64>(p, 0), n1 = load<u64>(p, 8)${crypt('decryptKeys')}
    store<u64>(p, load<u64>(p, 0) ^ c0, 0); store<u64>(p, load<u64>(p, 8) ^ c1, 8)
    c0 = n0; c1 = n1
  }
  store<u64>(chain, c0, 0); store<u64>(chain, c1, 8)
}
/** \`isWide\`: the counter is all sixteen bytes (CTR), otherwise its last four (GCM, SP 800-38D §6.2). */
export function ctr(q: usize, blocks: u32, isWide: bool): void {
  let a: u32, b: u32, c: u32, d: u32, t: u32
  const p = pad
  for (; blocks > 0; blocks--, q += 16) {
    memory.copy(p, chain, 16)${crypt('encryptKeys')}
    store<u64>(q, load<u64>(q, 0) ^ load<u64>(p, 0), 0); store<u64>(q, load<u64>(q, 8) ^ load<u64>(p, 8), 8)
    const low = bswap<u32>(load<u32>(chain, 12)) + 1
    store<u32>(chain, bswap<u32>(low), 12)
    if (low !== 0 || !isWide) continue
    const upper = bswap<u32>(load<u32>(chain, 8)) + 1
    store<u32>(chain, bswap<u32>(upper), 8)
    if (upper === 0) store<u64>(chain, bswap<u64>(bswap<u64>(load<u64>(chain, 0)) + 1), 0)
  }
}
export function clear(): void { memory.fill(key, 0, 16); memory.fill(encryptKeys, 0, 128); memory.fill(decryptKeys, 0, 128); memory.fill(chain, 0, 16) }
${ghashByBitSource('hash')}
/** Adds whole blocks to \`tag\`. */
export function ghash(p: usize, blocks: u32): void { ghashBlocks(p, blocks) }
/** H is the block at p; the tag begins with zero. */
export function setHash(p: usize): void { memory.fill(tag, 0, 16); memory.copy(hash, p, 16) }
`
