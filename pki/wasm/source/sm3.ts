/**
 * SM3 compression function, GB/T 32905-2016 §5.3, as AssemblyScript. The 64 rounds are written out: the constants, the
 * message words and the eight registers are locals then, and the rotation of the registers costs nothing.
 */
const rotateLeft = (word: number, by: number): number => ((word << by) | (word >>> ((32 - by) % 32))) >>> 0

/** T_j <<< (j mod 32). */
const constantOf = (round: number): string => {
  const constant = round < 16 ? 0x79cc4519 : 0x7a879d8a
  return `0x${(round % 32 === 0 ? constant : rotateLeft(constant, round % 32)).toString(16)}`
}

/** The registers as round j sees them: after each round D takes A's place and H takes E's. */
const registersOf = (round: number): readonly string[] => {
  const turn = (four: string): string[] => [0, 1, 2, 3].map((index) => four.charAt((index + 4 - (round % 4)) % 4))
  return [...turn('ABCD'), ...turn('EFGH')]
}

const word = (index: number): string => `w${index % 16}`

const round = (j: number): string => {
  const [a, b, c, d, e, f, g, h] = registersOf(j)
  const ff = j < 16 ? `(${a} ^ ${b} ^ ${c})` : `((${a} & ${b}) | ((${a} | ${b}) & ${c}))`
  const gg = j < 16 ? `(${e} ^ ${f} ^ ${g})` : `(((${f} ^ ${g}) & ${e}) ^ ${g})`
  const next = word(j + 4)
  const expansion =
    `${next} = p1(${next} ^ ${word(j + 11)} ^ rotl<u32>(${word(j + 1)}, 15))` +
    ` ^ rotl<u32>(${word(j + 7)}, 7) ^ ${word(j + 14)}`
  return [
    ...(j >= 12 ? [expansion] : []),
    `a12 = rotl<u32>(${a}, 12)`,
    `ss1 = rotl<u32>(a12 + ${e} + ${constantOf(j)}, 7)`,
    `${d} += ${ff} + (ss1 ^ a12) + (${word(j)} ^ ${next})`,
    `tt2 = ${h} + ${gg} + ss1 + ${word(j)}`,
    `${h} = tt2 ^ rotl<u32>(tt2, 9) ^ rotl<u32>(tt2, 17)`,
    `${b} = rotl<u32>(${b}, 9)`,
    `${f} = rotl<u32>(${f}, 19)`,
  ].join('; ')
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
const REGISTERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const

/** `compress(p, n)`: n blocks of 64 bytes at p into the eight words of `state`, which are in the machine's byte order. */
export const sm3Source = `
export const state: usize = memory.data(32, 16)
export const data: usize = memory.data(65536, 16)

@inline function p1(x: u32): u32 { return x ^ rotl<u32>(x, 15) ^ rotl<u32>(x, 23) }

export function compress(p: usize, blocks: u32): void {
  ${REGISTERS.map((name, index) => `let ${name} = load<u32>(state, ${4 * index})`).join('; ')}
  let a12: u32, ss1: u32, tt2: u32
  for (; blocks > 0; blocks--, p += 64) {
    ${REGISTERS.map((name) => `const ${name}0 = ${name}`).join('; ')}
    ${range(16)
      .map((index) => `let w${index} = bswap<u32>(load<u32>(p, ${4 * index}))`)
      .join('; ')}
    ${range(64).map(round).join('\n    ')}
    ${REGISTERS.map((name) => `${name} ^= ${name}0`).join('; ')}
  }
  ${REGISTERS.map((name, index) => `store<u32>(state, ${name}, ${4 * index})`).join('; ')}
}
`
