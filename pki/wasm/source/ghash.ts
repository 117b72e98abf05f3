/**
 * GHASH, NIST SP 800-38D §6.4, sixteen blocks at a time: lane l of the vectors is the sum of blocks l, l + 16, … in powers of
 * H¹⁶, and a product with H¹⁶ is 512 byte shuffles, one for each nibble of the factor and each byte of the product. No
 * address depends on the data or on H.
 */
export interface GhashAddresses {
  /** 512 bytes. */
  readonly nibbles: number
  /** 16 bytes each. */
  readonly hash: number
  readonly power: number
  /** 2048 bytes: H¹⁶·xⁿ. */
  readonly products: number
  /** 8192 bytes, in the order in which they are read. */
  readonly hashTables: number
  /** 256 bytes. */
  readonly scratch: number
}

const sixteen = Array.from({ length: 16 }, (_, index) => index)

const interleaveBytes = (x: string, y: string, half: 0 | 1): string => {
  const order = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((byte) => [8 * half + byte, 16 + 8 * half + byte])
  return `i8x16.shuffle(${x}, ${y}, ${order.join(', ')})`
}
/** Four perfect shuffles of sixteen vectors turn rows into columns: x0…x15 → x0…x15 by way of y0…y15. */
const transposeBytes = (): string =>
  ['x', 'y', 'x', 'y']
    .map((from) => {
      const to = from === 'x' ? 'y' : 'x'
      return sixteen
        .map(
          (index) =>
            `${to}${index} = ${interleaveBytes(`${from}${index >> 1}`, `${from}${(index >> 1) + 8}`, index % 2 === 0 ? 0 : 1)}`,
        )
        .join('; ')
    })
    .join('\n    ')

/** One block after the other: for the ends, and for engines without SIMD. */
export const ghashByBitSource = (hash: string): string => `
export const tag: usize = memory.data(16, 16)

/** The 16 bytes at p ← themselves × those at q. One bit at a time, none of them decides what is done. */
function multiply(p: usize, q: usize): void {
  let v0 = bswap<u64>(load<u64>(q, 0)), v1 = bswap<u64>(load<u64>(q, 8)), z0: u64 = 0, z1: u64 = 0
  for (let half: u32 = 0; half < 16; half += 8) {
    let x = bswap<u64>(load<u64>(p + half))
    for (let bit = 0; bit < 64; bit++, x <<= 1) {
      const isSet = <u64>(<i64>x >> 63), isCarried: u64 = 0 - (v1 & 1)
      z0 ^= v0 & isSet; z1 ^= v1 & isSet
      v1 = (v1 >> 1) | (v0 << 63); v0 = (v0 >> 1) ^ (isCarried & 0xe100000000000000)
    }
  }
  store<u64>(p, bswap<u64>(z0), 0); store<u64>(p, bswap<u64>(z1), 8)
}
function ghashBlocks(p: usize, blocks: u32): void {
  for (; blocks > 0; blocks--, p += 16) {
    store<u64>(tag, load<u64>(tag, 0) ^ load<u64>(p, 0), 0); store<u64>(tag, load<u64>(tag, 8) ^ load<u64>(p, 8), 8)
    multiply(tag, ${hash})
  }
}
`

export const ghashSource = (at: GhashAddresses, swizzle: string): string => {
  const declare = `let ${sixteen.flatMap((index) => [`x${index}: v128`, `y${index}: v128`]).join(', ')}`
  const pass = (n: number): string => {
    const sums = [0, 1, 2, 3].map((index) => 4 * n + index)
    return `
    for (let q: usize = ${at.nibbles}; q < ${at.nibbles + 512}; q += 16, t += 64) {
      const nibble = v128.load(q)
      ${sums.map((sum, index) => `x${sum} = v128.xor(x${sum}, ${swizzle}(v128.load(t, ${16 * index}), nibble))`).join('\n      ')}
    }`
  }
  return `
${ghashByBitSource(String(at.hash))}
/** H is the block at p; the tag begins with zero. */
export function setHash(p: usize): void {
  v128.store(tag, i64x2.splat(0))
  v128.store(${at.hash}, v128.load(p)); v128.store(${at.power}, v128.load(p))
  for (let square = 0; square < 4; square++) multiply(${at.power}, ${at.power})
  let v0 = bswap<u64>(load<u64>(${at.power}, 0)), v1 = bswap<u64>(load<u64>(${at.power}, 8))
  for (let n: usize = 0; n < 2048; n += 16) {
    store<u64>(n, bswap<u64>(v0), ${at.products}); store<u64>(n, bswap<u64>(v1), ${at.products + 8})
    const isCarried: u64 = 0 - (v1 & 1)
    v1 = (v1 >> 1) | (v0 << 63); v0 = (v0 >> 1) ^ (isCarried & 0xe100000000000000)
  }
  // For nibble position w (the upper one of a byte first) and byte s of the product: sixteen multiples.
  for (let s: usize = 0; s < 16; s++) for (let w: usize = 0; w < 32; w++) {
    const table: usize = ${at.hashTables} + ((((s >> 2) * 32 + w) * 4 + (s & 3)) << 4)
    const base: usize = ${at.products} + (w << 6) + s
    const b3 = load<u8>(base, 0), b2 = load<u8>(base, 16), b1 = load<u8>(base, 32), b0 = load<u8>(base, 48)
    for (let nibble: u32 = 0; nibble < 16; nibble++) {
      store<u8>(table + nibble, (b0 & (0 - (nibble & 1))) ^ (b1 & (0 - ((nibble >> 1) & 1))) ^
        (b2 & (0 - ((nibble >> 2) & 1))) ^ (b3 & (0 - (nibble >> 3))))
    }
  }
}

function ghashGroups(p: usize, groups: u32): void {
  const low = i8x16.splat(15)
  ${declare}
  v128.store(p, v128.xor(v128.load(p), v128.load(tag)))
  memory.fill(${at.nibbles}, 0, 512)
  for (; groups > 0; groups--, p += 256) {
    ${sixteen.map((index) => `x${index} = v128.load(p, ${16 * index})`).join('; ')}
    ${transposeBytes()}
    let t: usize = ${at.hashTables}
    ${[0, 1, 2, 3].map(pass).join('')}
    if (groups > 1) {
      ${sixteen
        .map(
          (index) =>
            `v128.store(${at.nibbles + 32 * index}, v128.and(i16x8.shr_u(x${index}, 4), low)); v128.store(${at.nibbles + 32 * index + 16}, v128.and(x${index}, low))`,
        )
        .join('\n      ')}
    } else {
      ${transposeBytes()}
      ${sixteen.map((index) => `v128.store(${at.scratch + 16 * index}, x${index})`).join('; ')}
    }
  }
  v128.store(tag, i64x2.splat(0))
  ghashBlocks(${at.scratch}, 16)
}

/** Adds whole blocks to \`tag\`. */
export function ghash(p: usize, blocks: u32): void {
  const groups = blocks >> 4
  if (groups > 0) {
    const first = v128.load(p)
    ghashGroups(p, groups)
    v128.store(p, first)
    p += groups << 8
  }
  ghashBlocks(p, blocks & 15)
}
`
}
