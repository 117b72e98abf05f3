/**
 * The S-box of SM4 (GB/T 32907-2016 §6.2) as arithmetic: S(x) = A·(A·x + c)⁻¹ + c over GF(2)[x]/(x⁸+x⁷+x⁶+x⁵+x⁴+x²+1), with A
 * circulant and c = 0xd3. The inverse is taken in a tower over GF(2⁴), whose elements fit the sixteen entries of a byte
 * shuffle, so that no memory is indexed by a secret (M. Hamburg, "Accelerating AES with Vector Permute Instructions",
 * CHES 2009, §4): with y = k + i·τ, τ² + ζτ + ζ = 0 and j = i + k,
 *   io = 1/(1/i + ζ/k) + j,  jo = 1/(1/j + ζ/k) + i,  1/y = L(1/io) + L'(1/jo) for two linear maps.
 * ∞ = 1/0 is a byte with its highest bit set; a shuffle answers 0 for it, which is 1/∞.
 */
const multiply = (a: number, b: number, polynomial: number, degree: number): number => {
  let product = 0
  for (let bit = 0; bit < degree; bit++) if ((b >> bit) & 1) product ^= a << bit
  for (let bit = 2 * degree - 1; bit >= degree; bit--) if ((product >> bit) & 1) product ^= polynomial << (bit - degree)
  return product
}
const multiply8 = (a: number, b: number): number => multiply(a, b, 0x1f5, 8)
const multiply4 = (a: number, b: number): number => multiply(a, b, 0x13, 4)
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
/** 0 for 0. */
const inverses = (size: number, times: (a: number, b: number) => number): number[] =>
  range(size).map((a) =>
    Math.max(
      0,
      range(size).findIndex((b) => times(a, b) === 1),
    ),
  )

const inverse8 = inverses(256, multiply8)
const inverse4 = inverses(16, multiply4)

const CONSTANT = 0xd3
const parity = (byte: number): number => range(8).reduce((sum, bit) => sum ^ (byte >> bit), 0) & 1
const rowOf = (index: number): number => ((0xa7 << index) | (0xa7 >> (8 - index))) & 0xff
const linear = (byte: number): number => range(8).reduce((sum, row) => sum | (parity(rowOf(row) & byte) << row), 0)
const affine = (byte: number): number => linear(byte) ^ CONSTANT

export const sbox: readonly number[] = range(256).map((x) => affine(inverse8[affine(x)] ?? 0))

/** GF(2⁴) inside GF(2⁸): powers of a root of x⁴ + x + 1. */
const root = range(256).find((g) => g > 1 && (multiply8(multiply8(g, g), multiply8(g, g)) ^ g) === 1) ?? 0
const powers = range(4).map((power) => range(power).reduce((product) => multiply8(product, root), 1))
const embed = (nibble: number): number => powers.reduce((sum, power, bit) => sum ^ ((nibble >> bit) & 1 ? power : 0), 0)

const findTower = (): { zeta: number; tau: number } => {
  for (const zeta of range(16).slice(1)) {
    const embedded = embed(zeta)
    const tau = range(256).find(
      (t) =>
        t > 1 &&
        (multiply8(t, t) ^ multiply8(embedded, t) ^ embedded) === 0 &&
        new Set(range(256).map((pair) => embed(pair & 15) ^ multiply8(embed(pair >> 4), t))).size === 256,
    )
    if (tau !== undefined) return { zeta, tau }
  }
  throw new Error('no tower over GF(16)')
}
const { zeta, tau } = findTower()
const zetaInverse = inverse4[zeta] ?? 0

/** y → k | i << 4. */
const coordinates = new Map(range(256).map((pair) => [embed(pair & 15) ^ multiply8(embed(pair >> 4), tau), pair]))
const split = (y: number): number => coordinates.get(y) ?? 0

/** 1/y = p + (i/N)·τ with p = 1/io, q = 1/jo, k/N = (p + q)/ζ and i/N = (p + k/N)/ζ, N the norm of y: linear in p and in q. */
const ofP = (p: number): number => {
  const kOverN = multiply4(p, zetaInverse)
  return embed(p) ^ multiply8(embed(multiply4(p ^ kOverN, zetaInverse)), tau)
}
const ofQ = (q: number): number => multiply8(embed(multiply4(multiply4(q, zetaInverse), zetaInverse)), tau)

const lower = range(16).map((nibble) => split(affine(nibble)))
const upper = range(16).map((nibble) => split(linear(nibble << 4)))
const INFINITE = 0x80

/** Eight tables of sixteen bytes for byte shuffles; `S(x) = sum[io] ^ sum'[jo] ^ constant`. */
export const shuffleTables = {
  kOfLower: lower.map((pair) => pair & 15),
  kOfUpper: upper.map((pair) => pair & 15),
  iOfLower: lower.map((pair) => pair >> 4),
  iOfUpper: upper.map((pair) => pair >> 4),
  inverse: range(16).map((x) => (x === 0 ? INFINITE : (inverse4[x] ?? 0))),
  zetaOver: range(16).map((k) => (k === 0 ? INFINITE : multiply4(zeta, inverse4[k] ?? 0))),
  ofIo: range(16).map((io) => linear(ofP(inverse4[io] ?? 0))),
  ofJo: range(16).map((jo) => linear(ofQ(inverse4[jo] ?? 0))),
} as const satisfies Record<string, readonly number[]>

export const sboxConstant = CONSTANT
