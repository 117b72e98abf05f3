import { ghashSource } from './ghash.ts'
import { sboxConstant, shuffleTables } from './sm4-sbox.ts'

/**
 * SM4 on 128-bit vectors, sixteen blocks at a time, and GHASH for GCM. Nothing is looked up at an address that depends on a
 * secret, and there is no branch on one. Round keys hold the constant of the S-box where it has arrived by that round
 * (each word collects it in four rounds and loses it in the next four), so that the rounds need not add it.
 */
const PARALLEL = 4
const WORDS = ['a', 'b', 'c', 'd'] as const
const lanes = Array.from({ length: PARALLEL }, (_, n) => n)

/** Fixed addresses, behind the staging area, so that they are constants in the instructions. */
const AT = {
  tables: 0x20000,
  encryptKeys: 0x20100,
  decryptKeys: 0x20180,
  scratch: 0x20200,
  nibbles: 0x20400,
  hash: 0x20600,
  power: 0x20610,
  products: 0x20800,
  hashTables: 0x21000,
} as const
/** Keys and what was made from them lie between the tables and here. */
const END = AT.hashTables + 8192
const table = Object.fromEntries(
  Object.keys(shuffleTables).map((name, index) => [name, `v128.load(0, ${AT.tables + 16 * index})`]),
) as Record<keyof typeof shuffleTables, string>

const bytes = (values: readonly number[]): string => values.join(', ')

const rotateBytes = (x: string, by: 1 | 2 | 3): string => {
  const order = [0, 1, 2, 3].flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + ((byte + 4 - by) % 4)))
  return `i8x16.shuffle(${x}, ${x}, ${bytes(order)})`
}
const xor = (...terms: readonly string[]): string => {
  const [first = '', second = '', ...rest] = terms
  const pair = `v128.xor(${first}, ${second})`
  return rest.length === 0 ? pair : xor(pair, ...rest)
}

/** The words of the first (second) half of two vectors in turn, each with its bytes turned round. */
const interleave = (x: string, y: string, half: 0 | 1): string => {
  const order = [0, 1].flatMap((word) =>
    [0, 16].flatMap((base) => [3, 2, 1, 0].map((byte) => base + 8 * half + 4 * word + byte)),
  )
  return `i8x16.shuffle(${x}, ${y}, ${bytes(order)})`
}
const halves = (x: string, y: string, half: 0 | 1): string => {
  const order = [0, 16].flatMap((base) => [0, 1, 2, 3, 4, 5, 6, 7].map((byte) => base + 8 * half + byte))
  return `i8x16.shuffle(${x}, ${y}, ${bytes(order)})`
}
/** Four vectors ↔ their transposed words, from the machine's byte order to that of the standard and back. */
const transpose = (into: readonly string[], [p = '', q = '', r = '', s = '']: readonly string[]): string => `{
      const u0 = ${interleave(p, q, 0)}, u1 = ${interleave(p, q, 1)}
      const v0 = ${interleave(r, s, 0)}, v1 = ${interleave(r, s, 1)}
      ${into[0]} = ${halves('u0', 'v0', 0)}; ${into[1]} = ${halves('u0', 'v0', 1)}
      ${into[2]} = ${halves('u1', 'v1', 0)}; ${into[3]} = ${halves('u1', 'v1', 1)}
    }`

export const sm4VectorsSource = (swizzle: 'i8x16.swizzle' | 'i8x16.relaxed_swizzle'): string => {
  const pick = (name: keyof typeof shuffleTables, index: string): string => `${swizzle}(${table[name]}, ${index})`

  /** t ← S(t) without the constant; h, i, j are used up. */
  const sboxSteps = (n: string): readonly string[] => [
    `h${n} = v128.and(i16x8.shr_u(t${n}, 4), low); t${n} = v128.and(t${n}, low)`,
    `i${n} = ${xor(pick('iOfLower', `t${n}`), pick('iOfUpper', `h${n}`))}`,
    `t${n} = ${xor(pick('kOfLower', `t${n}`), pick('kOfUpper', `h${n}`))}`,
    `j${n} = ${xor(`i${n}`, `t${n}`)}`,
    `t${n} = ${pick('zetaOver', `t${n}`)}`,
    `h${n} = ${xor(pick('inverse', xor(pick('inverse', `i${n}`), `t${n}`)), `j${n}`)}`,
    `j${n} = ${xor(pick('inverse', xor(pick('inverse', `j${n}`), `t${n}`)), `i${n}`)}`,
    `t${n} = ${xor(pick('ofIo', `h${n}`), pick('ofJo', `j${n}`))}`,
  ]

  const round = (index: number, [a = '', b = '', c = '', d = '']: readonly string[]): string => {
    const steps = lanes.map((n) => [
      `t${n} = ${xor(`v128.xor(${b}${n}, ${c}${n})`, `v128.xor(${d}${n}, k)`)}`,
      ...sboxSteps(String(n)),
      `h${n} = ${xor(`t${n}`, rotateBytes(`t${n}`, 1), rotateBytes(`t${n}`, 2))}`,
      `${a}${n} = ${xor(xor(`${a}${n}`, `t${n}`), xor(rotateBytes(`t${n}`, 3), xor(`i32x4.shl(h${n}, 2)`, `i32x4.shr_u(h${n}, 30)`)))}`,
    ])
    const inTurn = (steps[0] ?? []).flatMap((_, step) => steps.map((lane) => lane[step]))
    return [`k = v128.load_splat<u32>(r, ${4 * index})`, ...inTurn].join('\n      ')
  }

  const declare = `let k: v128; const low = i8x16.splat(15)
    ${lanes.map((n) => `let ${[...WORDS, 't', 'h', 'i', 'j'].map((name) => `${name}${n}: v128`).join(', ')}`).join('\n    ')}`
  const rounds = (keys: string): string => `for (let r: usize = ${keys}; r < ${keys} + 128; r += 16) {
      ${WORDS.map((_, index) => round(index, [...WORDS.slice(index), ...WORDS.slice(0, index)])).join('\n      ')}
    }`
  const block = (n: number, index: number): string => `v128.load(p, ${64 * n + 16 * index})`
  const readBlocks = lanes
    .map((n) =>
      transpose(
        WORDS.map((word) => `${word}${n}`),
        [0, 1, 2, 3].map((index) => block(n, index)),
      ),
    )
    .join('\n    ')
  const inOrder = lanes
    .map((n) =>
      transpose(
        WORDS.map((word) => `${word}${n}`),
        WORDS.toReversed().map((word) => `${word}${n}`),
      ),
    )
    .join('\n    ')
  const writeBlocks = (value: (n: number, word: string, index: number) => string): string =>
    lanes
      .flatMap((n) => WORDS.map((word, index) => `v128.store(p, ${value(n, word, index)}, ${64 * n + 16 * index})`))
      .join('\n    ')

  const electronicCodeBook = (name: string, keys: number): string => `
function ${name}Groups(p: usize, groups: u32): void {
  ${declare}
  for (; groups > 0; groups--, p += 256) {
    ${readBlocks}
    ${rounds(String(keys))}
    ${inOrder}
    ${writeBlocks((n, word) => `${word}${n}`)}
  }
}
export function ${name}(p: usize, blocks: u32): void {
  ${name}Groups(p, blocks >> 4)
  const left = (blocks & 15) << 4
  if (left === 0) return
  p += (blocks >> 4) << 8
  memory.copy(${AT.scratch}, p, left); ${name}Groups(${AT.scratch}, 1); memory.copy(p, ${AT.scratch}, left)
}`

  return `
export const key: usize = memory.data(16, 16)
export const chain: usize = memory.data(16, 16)
export const data: usize = memory.data(65536, 16)

${Object.values(shuffleTables)
  .map(
    (values, index) =>
      `v128.store(0, i8x16(${values.map((value) => (value << 24) >> 24).join(', ')}), ${AT.tables + 16 * index})`,
  )
  .join('\n')}

function sboxes(x: u32): u32 {
  const low = i8x16.splat(15)
  let t0 = i32x4.splat(x), h0: v128, i0: v128, j0: v128
  ${sboxSteps('0').join('; ')}
  return i32x4.extract_lane(t0, 0) ^ 0x${sboxConstant.toString(16).repeat(4)}
}

/** The key in \`key\` becomes round keys and is overwritten. GB/T 32907 §7.3. */
export function setKey(): void {
  let k0 = bswap<u32>(load<u32>(key, 0)) ^ 0xa3b1bac6, k1 = bswap<u32>(load<u32>(key, 4)) ^ 0x56aa3350
  let k2 = bswap<u32>(load<u32>(key, 8)) ^ 0x677d9197, k3 = bswap<u32>(load<u32>(key, 12)) ^ 0xb27022dc
  memory.fill(key, 0, 16)
  const s: u32 = 0x${sboxConstant.toString(16).repeat(4)}
  const constant = s ^ rotl<u32>(s, 2) ^ rotl<u32>(s, 10) ^ rotl<u32>(s, 18) ^ rotl<u32>(s, 24)
  for (let i: u32 = 0; i < 32; i++) {
    let ck: u32 = 0
    for (let j: u32 = 0; j < 4; j++) ck = (ck << 8) | (((4 * i + j) * 7) & 255)
    const t = sboxes(k1 ^ k2 ^ k3 ^ ck)
    const next = k0 ^ t ^ rotl<u32>(t, 13) ^ rotl<u32>(t, 23)
    k0 = k1; k1 = k2; k2 = k3; k3 = next
    store<u32>(4 * i, next, ${AT.encryptKeys}); store<u32>(4 * (31 - i), next, ${AT.decryptKeys})
  }
  for (let i: u32 = 0; i < 32; i++) {
    // Of the three words of round i, those changed an odd number of times carry the constant.
    const carried = (((i + 1) >> 2) + ((i + 2) >> 2) + ((i + 3) >> 2)) & 1
    const correction = constant & (0 - carried)
    store<u32>(4 * i, load<u32>(4 * i, ${AT.encryptKeys}) ^ correction, ${AT.encryptKeys})
    store<u32>(4 * i, load<u32>(4 * i, ${AT.decryptKeys}) ^ correction, ${AT.decryptKeys})
  }
}
${electronicCodeBook('encrypt', AT.encryptKeys)}
${electronicCodeBook('decrypt', AT.decryptKeys)}

function cbcDecryptGroups(p: usize, groups: u32): void {
  ${declare}
  let last = v128.load(chain)
  for (; groups > 0; groups--, p += 256) {
    ${readBlocks}
    ${rounds(String(AT.decryptKeys))}
    ${inOrder}
    ${[...lanes]
      .flatMap((n) => WORDS.map((word, index) => ({ n, word, at: 64 * n + 16 * index })))
      .map(
        ({ n, word, at }) => `${word}${n} = v128.xor(${word}${n}, ${at === 0 ? 'last' : `v128.load(p, ${at - 16})`})`,
      )
      .join('\n    ')}
    last = v128.load(p, 240)
    ${writeBlocks((n, word) => `${word}${n}`)}
  }
  v128.store(chain, last)
}
export function cbcDecrypt(p: usize, blocks: u32): void {
  cbcDecryptGroups(p, blocks >> 4)
  const left = (blocks & 15) << 4
  if (left === 0) return
  p += (blocks >> 4) << 8
  memory.copy(${AT.scratch}, p, left)
  const next = v128.load(p + left - 16)
  cbcDecryptGroups(${AT.scratch}, 1); memory.copy(p, ${AT.scratch}, left)
  v128.store(chain, next)
}

/** \`isWide\`: the counter is all sixteen bytes (CTR), otherwise its last four (GCM, SP 800-38D §6.2). */
function ctrGroups(p: usize, groups: u32, isWide: bool): void {
  ${declare}
  let w0 = bswap<u32>(load<u32>(chain, 0)), w1 = bswap<u32>(load<u32>(chain, 4))
  let w2 = bswap<u32>(load<u32>(chain, 8)), w3 = bswap<u32>(load<u32>(chain, 12))
  const step = i32x4(0, 1, 2, 3), wide = i32x4.splat(isWide ? -1 : 0), zero = i32x4.splat(0)
  for (; groups > 0; groups--, p += 256) {
    ${lanes
      .map(
        (
          n,
        ) => `d${n} = i32x4.add(i32x4.splat(w3 + ${4 * n}), step); t${n} = v128.and(i32x4.lt_u(d${n}, i32x4.splat(w3)), wide)
    c${n} = i32x4.sub(i32x4.splat(w2), t${n}); t${n} = v128.and(t${n}, i32x4.eq(c${n}, zero))
    b${n} = i32x4.sub(i32x4.splat(w1), t${n}); t${n} = v128.and(t${n}, i32x4.eq(b${n}, zero))
    a${n} = i32x4.sub(i32x4.splat(w0), t${n})`,
      )
      .join('\n    ')}
    w3 += 16
    if (isWide && w3 < 16) { w2 += 1; if (w2 === 0) { w1 += 1; if (w1 === 0) w0 += 1 } }
    ${rounds(String(AT.encryptKeys))}
    ${inOrder}
    ${writeBlocks((n, word, index) => `v128.xor(${word}${n}, ${block(n, index)})`)}
  }
  store<u32>(chain, bswap<u32>(w0), 0); store<u32>(chain, bswap<u32>(w1), 4)
  store<u32>(chain, bswap<u32>(w2), 8); store<u32>(chain, bswap<u32>(w3), 12)
}
function forward(by: u32, isWide: bool): void {
  const w3 = bswap<u32>(load<u32>(chain, 12)) + by
  store<u32>(chain, bswap<u32>(w3), 12)
  if (!isWide || w3 >= by) return
  const upper = bswap<u32>(load<u32>(chain, 8)) + 1
  store<u32>(chain, bswap<u32>(upper), 8)
  if (upper === 0) store<u64>(chain, bswap<u64>(bswap<u64>(load<u64>(chain, 0)) + 1), 0)
}
export function ctr(p: usize, blocks: u32, isWide: bool): void {
  ctrGroups(p, blocks >> 4, isWide)
  const left = (blocks & 15) << 4
  if (left === 0) return
  p += (blocks >> 4) << 8
  const c0 = load<u64>(chain, 0), c1 = load<u64>(chain, 8)
  memory.copy(${AT.scratch}, p, left); ctrGroups(${AT.scratch}, 1, isWide); memory.copy(p, ${AT.scratch}, left)
  store<u64>(chain, c0, 0); store<u64>(chain, c1, 8)
  forward(blocks & 15, isWide)
}
export function clear(): void {
  memory.fill(key, 0, 16); memory.fill(chain, 0, 16); memory.fill(tag, 0, 16); memory.fill(${AT.encryptKeys}, 0, ${END - AT.encryptKeys})
}
${ghashSource(AT, swizzle)}`
}
