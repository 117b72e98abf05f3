/**
 * SM2's curve (GB/T 32918.5-2017) in ten signed limbs of 26 bits, as AssemblyScript. Numbers stand in Montgomery form with
 * R = 2²⁸⁶: one step more than the limbs need, so that sums of a dozen products' results may be multiplied unreduced. Points
 * are projective and added by the complete formulas of Renes, Costello and Batina (EUROCRYPT 2016, algorithms 4 and 6): no
 * exception, no branch. Only what ends in `Variable` may take time that depends on its numbers.
 */
const LIMBS = 10
const BITS = 26n
const MASK = (1n << BITS) - 1n
const R = 1n << 286n
export const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn
export const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n
const G = [
  0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
] as const

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
const limbsOf = (value: bigint): readonly bigint[] =>
  range(LIMBS).map((index) => (value >> (BITS * BigInt(index))) & MASK)
/** Twelve places, so that three vectors hold a number. */
const element = (value: bigint): string => [...limbsOf(value), 0n, 0n].join(', ')
const montgomery = (value: bigint, modulus: bigint): bigint => (value * R) % modulus

/** 48 bytes a number, 144 a point; sixteen multiples for each of 52 windows of five bits. */
const SIZE = 48
const POINT = 3 * SIZE
const WINDOWS = 52
const TABLE = 0x20000

const product = (reduce: (t: readonly string[]) => string): string => {
  let names: readonly string[] = range(LIMBS).map((index) => `t${index}`)
  const rows: string[] = []
  for (let row = 0; row <= LIMBS; row++) {
    const t = names
    if (row < LIMBS) {
      rows.push(
        range(LIMBS)
          .map((column) => `${t[column]} ${row === 0 ? '=' : '+='} a${row} * b${column}`)
          .join('; '),
      )
    }
    rows.push(reduce(t), `${t[1]} += (${t[0]} + low) >> ${BITS}; ${t[0]} = 0`)
    names = [...t.slice(1), t[0] ?? '']
  }
  const carries = range(LIMBS - 1).map((index) => {
    const [here = '', next = ''] = names.slice(index)
    return `store<i32>(o, <i32>(${here} & ${MASK}), ${4 * index}); ${next} += ${here} >> ${BITS}`
  })
  const load = (name: string): string =>
    range(LIMBS)
      .map((index) => `${name}${index} = <i64>load<i32>(${name}, ${4 * index})`)
      .join(', ')
  return `
  const ${load('a')}
  const ${load('b')}
  let ${range(LIMBS)
    .map((index) => `t${index}: i64`)
    .join(', ')}, q: i64, low: i64
  ${rows.join('\n  ')}
  ${carries.join('\n  ')}
  store<i32>(o, <i32>${names[LIMBS - 1]}, ${4 * (LIMBS - 1)})`
}

/** −p⁻¹ = 1 mod 2²⁶ and p = 2²⁵⁶ − 2²²⁴ − 2⁹⁶ + 2⁶⁴ − 1: q·p is shifts. */
const reduceP = (t: readonly string[]): string =>
  `q = ${t[0]} & ${MASK}; low = 0 - q; ${t[2]} += q << 12; ${t[3]} -= q << 18; ${t[8]} -= q << 16; ${t[9]} += q << 22`

const inverseModuloBase = (value: bigint): bigint => {
  let inverse = 1n
  for (let step = 0; step < 5; step++) inverse = (inverse * (2n - value * inverse)) & MASK
  return inverse & MASK
}
const negatedInverse = ((1n << BITS) - inverseModuloBase(N)) & MASK
const reduceN = (t: readonly string[]): string =>
  [
    `q = (${t[0]} * ${negatedInverse}) & ${MASK}`,
    ...limbsOf(N).map((limb, index) => (index === 0 ? `low = q * ${limb}` : `${t[index]} += q * ${limb}`)),
  ].join('; ')

/** Steps `o = a op b` of the formulas; what they name is an address. */
const formula = (steps: string): string =>
  steps
    .trim()
    .split(/\s*\n\s*/)
    .map((step) => {
      const [, to = '', left = '', operator = '', right = ''] = /^(\w+) = (\w+) ([+*-]) (\w+)$/.exec(step) ?? []
      return `${{ '+': 'add', '-': 'subtract', '*': 'multiply' }[operator] ?? 'unknown'}(${to}, ${left}, ${right})`
    })
    .join('; ')

const ADD = `
  t0 = x1 * x2
  t1 = y1 * y2
  t2 = z1 * z2
  t3 = x1 + y1
  t4 = x2 + y2
  t3 = t3 * t4
  t4 = t0 + t1
  t3 = t3 - t4
  t4 = y1 + z1
  x3 = y2 + z2
  t4 = t4 * x3
  x3 = t1 + t2
  t4 = t4 - x3
  x3 = x1 + z1
  y3 = x2 + z2
  x3 = x3 * y3
  y3 = t0 + t2
  y3 = x3 - y3
  z3 = curveB * t2
  x3 = y3 - z3
  z3 = x3 + x3
  x3 = x3 + z3
  z3 = t1 - x3
  x3 = t1 + x3
  y3 = curveB * y3
  t1 = t2 + t2
  t2 = t1 + t2
  y3 = y3 - t2
  y3 = y3 - t0
  t1 = y3 + y3
  y3 = t1 + y3
  t1 = t0 + t0
  t0 = t1 + t0
  t0 = t0 - t2
  t1 = t4 * y3
  t2 = t0 * y3
  y3 = x3 * z3
  y3 = y3 + t2
  x3 = t3 * x3
  x3 = x3 - t1
  z3 = t4 * z3
  t1 = t3 * t0
  z3 = z3 + t1`

const DOUBLE = `
  t0 = x1 * x1
  t1 = y1 * y1
  t2 = z1 * z1
  t3 = x1 * y1
  t3 = t3 + t3
  z3 = x1 * z1
  z3 = z3 + z3
  y3 = curveB * t2
  y3 = y3 - z3
  x3 = y3 + y3
  y3 = x3 + y3
  x3 = t1 - y3
  y3 = t1 + y3
  y3 = x3 * y3
  x3 = x3 * t3
  t3 = t2 + t2
  t2 = t2 + t3
  z3 = curveB * z3
  z3 = z3 - t2
  z3 = z3 - t0
  t3 = z3 + z3
  z3 = z3 + t3
  t3 = t0 + t0
  t0 = t3 + t0
  t0 = t0 - t2
  t0 = t0 * z3
  y3 = y3 + t0
  t0 = y1 * z1
  t0 = t0 + t0
  z3 = t0 * z3
  x3 = x3 - z3
  z3 = t0 * t1
  z3 = z3 + z3
  z3 = z3 + z3`

const temporaries = ['t0', 't1', 't2', 't3', 't4', 'x3', 'y3', 'z3'] as const

/** Exponent modulus − 2, read in windows of four bits: it is public and the same for all. */
const power = (name: string, exponent: bigint, multiply: string): string => `
/** o ← a⁻¹ (Fermat); 0 for 0. */
function ${name}(o: usize, a: usize): void {
  memory.copy(powers + ${SIZE}, a, ${SIZE})
  for (let n: usize = 2; n < 16; n++) ${multiply}(powers + n * ${SIZE}, powers + (n - 1) * ${SIZE}, a)
  memory.copy(o, powers + ${SIZE} * ${Number(exponent >> 252n)}, ${SIZE})
  ${range(63)
    .map((index) => Number((exponent >> BigInt(4 * (62 - index))) & 15n))
    .map(
      (digit) =>
        `for (let s = 0; s < 4; s++) ${multiply}(o, o, o)${digit === 0 ? '' : `; ${multiply}(o, o, powers + ${SIZE * digit})`}`,
    )
    .join('\n  ')}
}`

export const sm2Source = `
const curveB: usize = memory.data<i32>([${element(montgomery(B, P))}], 16)
const oneP: usize = memory.data<i32>([${element(R % P)}], 16)
const squareP: usize = memory.data<i32>([${element((R * R) % P)}], 16)
const limbsP: usize = memory.data<i32>([${element(P)}], 16)
const limbsN: usize = memory.data<i32>([${element(N)}], 16)
const oneN: usize = memory.data<i32>([${element(R % N)}], 16)
const squareN: usize = memory.data<i32>([${element((R * R) % N)}], 16)
const plainOne: usize = memory.data<i32>([${element(1n)}], 16)
const base: usize = memory.data<i32>([${G.map((coordinate) => element(montgomery(coordinate, P))).join(', ')}, ${element(R % P)}], 16)
const identity: usize = memory.data<i32>([${element(0n)}, ${element(R % P)}, ${element(0n)}], 16)

/** Where numbers come in and go out: eight places of 32 bytes, big-endian. */
export const io: usize = memory.data(256, 16)

/** From here to \`end\` lies what is computed with. */
const begin: usize = memory.data(16, 16)
${temporaries.map((name) => `const ${name}: usize = memory.data(${SIZE}, 16)`).join('\n')}
const powers: usize = memory.data(${16 * SIZE}, 16)
const multiples: usize = memory.data(${16 * POINT}, 16)
const picked: usize = memory.data(${POINT}, 16)
const sum: usize = memory.data(${POINT}, 16)
const point: usize = memory.data(${POINT}, 16)
const digits: usize = memory.data(64, 16)
const u0: usize = memory.data(${SIZE}, 16)
const u1: usize = memory.data(${SIZE}, 16)
const u2: usize = memory.data(${SIZE}, 16)
const u3: usize = memory.data(${SIZE}, 16)
const end: usize = memory.data(16, 16)

function multiply(o: usize, a: usize, b: usize): void {${product(reduceP)}
}
function multiplyN(o: usize, a: usize, b: usize): void {${product(reduceN)}
}
@inline function add(o: usize, a: usize, b: usize): void {
  ${[0, 16, 32].map((at) => `v128.store(o, i32x4.add(v128.load(a, ${at}), v128.load(b, ${at})), ${at})`).join('; ')}
}
@inline function subtract(o: usize, a: usize, b: usize): void {
  ${[0, 16, 32].map((at) => `v128.store(o, i32x4.sub(v128.load(a, ${at}), v128.load(b, ${at})), ${at})`).join('; ')}
}
function clean(): void { memory.fill(begin, 0, end - begin) }

/** 32 bytes, big-endian → limbs. */
function read(o: usize, p: usize): void {
  ${range(LIMBS)
    .map((index) => {
      const bit = 26 * index
      // The eight bytes that end where the limb's lowest byte lies; the first limbs of all are read from a copy with zeros in front.
      return `store<i32>(o, <i32>((bswap<u64>(load<u64>(p + ${24 - Math.min(24, 8 * Math.floor(bit / 64))})) >> ${bit % 64}) & ${MASK})${
        (bit % 64) + 26 > 64 && bit < 192
          ? ` | <i32>((bswap<u64>(load<u64>(p + ${16 - 8 * Math.floor(bit / 64)})) << ${64 - (bit % 64)}) & ${MASK})`
          : ''
      }, ${4 * index})`
    })
    .join('\n  ')}
  store<u64>(o, 0, 40)
}
/** a·R⁻¹ of a Montgomery number, in [0, m), as 32 bytes, big-endian. */
function leave(p: usize, a: usize, m: usize): void {
  if (m === limbsP) multiply(u3, a, plainOne)
  else multiplyN(u3, a, plainOne)
  // [0, m] by now: m itself is 0.
  let borrow: i64 = 0
  for (let n: usize = 0; n < 40; n += 4) {
    const d = <i64>load<i32>(u3 + n) - <i64>load<i32>(m + n) + borrow
    store<i32>(u2 + n, <i32>(d & ${MASK})); borrow = d >> 26
  }
  const keep = <i32>borrow
  for (let n: usize = 0; n < 40; n += 4) store<i32>(u3 + n, (load<i32>(u3 + n) & keep) | (load<i32>(u2 + n) & ~keep))
  let held: u64 = 0, bits: u32 = 0, at: usize = 32
  for (let n: usize = 0; n < 40; n += 4) {
    held |= <u64>load<u32>(u3 + n) << bits; bits += 26
    for (; bits >= 8 && at > 0; bits -= 8, held >>= 8) { at -= 1; store<u8>(p + at, <u8>held) }
  }
}
${power('invert', P - 2n, 'multiply')}
${power('invertN', N - 2n, 'multiplyN')}

/** r ← a + b. r may be one of them. */
function addPoints(r: usize, a: usize, b: usize): void {
  const x1 = a, y1 = a + ${SIZE}, z1 = a + ${2 * SIZE}, x2 = b, y2 = b + ${SIZE}, z2 = b + ${2 * SIZE}
  ${formula(ADD)}
  memory.copy(r, x3, ${SIZE}); memory.copy(r + ${SIZE}, y3, ${SIZE}); memory.copy(r + ${2 * SIZE}, z3, ${SIZE})
}
function doublePoint(r: usize, a: usize): void {
  const x1 = a, y1 = a + ${SIZE}, z1 = a + ${2 * SIZE}
  ${formula(DOUBLE)}
  memory.copy(r, x3, ${SIZE}); memory.copy(r + ${SIZE}, y3, ${SIZE}); memory.copy(r + ${2 * SIZE}, z3, ${SIZE})
}

/** 1…16 times a. */
function fill(table: usize, a: usize): void {
  memory.copy(table, a, ${POINT})
  for (let n: usize = 1; n < 16; n++) addPoints(table + n * ${POINT}, table + (n - 1) * ${POINT}, a)
}

/** 32 bytes, big-endian → 52 digits from −15 to 16 for powers of 32. */
function recode(p: usize): void {
  let carry: i32 = 0
  for (let n: u32 = 0; n < ${WINDOWS}; n++) {
    const bit = 5 * n, byte = 31 - (bit >> 3)
    let word = <u32>load<u8>(p + byte)
    if (byte > 0) word |= <u32>load<u8>(p + byte - 1) << 8
    const digit = <i32>((word >> (bit & 7)) & 31) + carry
    carry = (16 - digit) >>> 31
    store<i8>(digits + n, <i8>(digit - (carry << 5)))
  }
}

/** The multiple of a table for a digit, every entry looked at. */
function pick(table: usize, digit: i32): void {
  const sign = digit >> 31, size = (digit ^ sign) - sign
  const isNone = i32x4.splat(0 - <i32>(size === 0))
  ${range(9)
    .map((index) => `let p${index} = v128.and(v128.load(identity, ${16 * index}), isNone)`)
    .join('; ')}
  for (let n: i32 = 1; n <= 16; n++, table += ${POINT}) {
    const isIt = i32x4.splat(0 - <i32>(n === size))
    ${range(9)
      .map((index) => `p${index} = v128.or(p${index}, v128.and(v128.load(table, ${16 * index}), isIt))`)
      .join('; ')}
  }
  const minus = i32x4.splat(sign)
  ${[3, 4, 5].map((index) => `p${index} = i32x4.sub(v128.xor(p${index}, minus), minus)`).join('; ')}
  ${range(9)
    .map((index) => `v128.store(picked, p${index}, ${16 * index})`)
    .join('; ')}
}
/** The same for public digits. */
function pickVariable(table: usize, digit: i32): void {
  memory.copy(picked, table + ((digit < 0 ? -digit : digit) - 1) * ${POINT}, ${POINT})
  if (digit < 0) subtract(picked + ${SIZE}, identity, picked + ${SIZE})
}

/** Sixteen multiples of 32ⁿ·G for each n. */
export function prepare(): void {
  memory.copy(point, base, ${POINT})
  for (let n: usize = 0; n < ${WINDOWS}; n++) {
    fill(${TABLE} + n * ${16 * POINT}, point)
    for (let s = 0; s < 5; s++) doublePoint(point, point)
  }
}

function timesBase(r: usize, scalar: usize): void {
  recode(scalar)
  memory.copy(r, identity, ${POINT})
  for (let n: usize = 0; n < ${WINDOWS}; n++) {
    pick(${TABLE} + n * ${16 * POINT}, load<i8>(digits + n))
    addPoints(r, r, picked)
  }
}
function timesBaseVariable(r: usize, scalar: usize): void {
  recode(scalar)
  memory.copy(r, identity, ${POINT})
  for (let n: usize = 0; n < ${WINDOWS}; n++) {
    const digit = <i32>load<i8>(digits + n)
    if (digit === 0) continue
    pickVariable(${TABLE} + n * ${16 * POINT}, digit)
    addPoints(r, r, picked)
  }
}
function timesPoint(r: usize, scalar: usize, a: usize, isVariable: bool): void {
  fill(multiples, a)
  recode(scalar)
  memory.copy(r, identity, ${POINT})
  for (let n: i32 = ${WINDOWS - 1}; n >= 0; n--) {
    for (let s = 0; s < 5; s++) doublePoint(r, r)
    const digit = <i32>load<i8>(digits + n)
    if (!isVariable) { pick(multiples, digit); addPoints(r, r, picked) }
    else if (digit !== 0) { pickVariable(multiples, digit); addPoints(r, r, picked) }
  }
}

function isZero(p: usize): bool {
  return (load<u64>(p, 0) | load<u64>(p, 8) | load<u64>(p, 16) | load<u64>(p, 24)) === 0
}
/** Projective → 64 bytes x‖y at p; all zero for the point at infinity. */
function toAffine(p: usize, a: usize): void {
  invert(u0, a + ${2 * SIZE})
  multiply(u1, a, u0); leave(p, u1, limbsP)
  multiply(u1, a + ${SIZE}, u0); leave(p + 32, u1, limbsP)
}
function fromAffine(o: usize, p: usize): void {
  read(u0, p); multiply(o, u0, squareP)
  read(u0, p + 32); multiply(o + ${SIZE}, u0, squareP)
  memory.copy(o + ${2 * SIZE}, oneP, ${SIZE})
}
/** y² = x³ − 3x + b for 64 bytes x‖y, each of them already known to be below p. */
export function isOnCurve(p: usize): bool {
  fromAffine(point, p)
  multiply(u0, point, point); subtract(u0, u0, oneP); subtract(u0, u0, oneP); subtract(u0, u0, oneP)
  multiply(u0, u0, point); add(u0, u0, curveB)
  multiply(u1, point + ${SIZE}, point + ${SIZE}); subtract(u0, u0, u1)
  leave(picked, u0, limbsP)
  const isOn = isZero(picked)
  clean()
  return isOn
}

/** o (64 bytes) ← k·G. */
export function multiplyBase(o: usize, k: usize): void {
  timesBase(sum, k); toAffine(o, sum); clean()
}
/** o (64 bytes) ← k·Q for the point of 64 bytes at q. */
export function multiplyPoint(o: usize, k: usize, q: usize): void {
  fromAffine(point, q); timesPoint(sum, k, point, false); toAffine(o, sum); clean()
}
/** o (64 bytes) ← s·G + t·Q, all of them public; zeros for infinity. */
export function combineVariable(o: usize, s: usize, t: usize, q: usize): void {
  fromAffine(point, q); timesPoint(sum, t, point, true)
  timesBaseVariable(point, s); addPoints(sum, sum, point); toAffine(o, sum); clean()
}
/** o (64 bytes) ← P + x·Q, all of them public; zeros for infinity. */
export function addMultipleVariable(o: usize, x: usize, q: usize, p: usize): void {
  fromAffine(point, q); timesPoint(sum, x, point, true)
  fromAffine(point, p); addPoints(sum, sum, point); toAffine(o, sum); clean()
}
/** o ← a + b mod n. */
export function addModuloN(o: usize, a: usize, b: usize): void {
  read(u0, a); multiplyN(u0, u0, squareN); read(u1, b); multiplyN(u1, u1, squareN)
  add(u0, u0, u1); leave(o, u0, limbsN); clean()
}
/** o ← (1 + d)⁻¹·(k − r·d) mod n: s of GB/T 32918.2 §6.1. */
export function signatureS(o: usize, d: usize, k: usize, r: usize): void {
  read(u0, d); multiplyN(u0, u0, squareN)
  read(u1, r); multiplyN(u1, u1, squareN); multiplyN(u1, u1, u0)
  read(u2, k); multiplyN(u2, u2, squareN); subtract(u1, u2, u1)
  add(u0, u0, oneN); invertN(u2, u0); multiplyN(u0, u1, u2)
  leave(o, u0, limbsN); clean()
}
/** o ← a·b mod n. */
export function multiplyModuloN(o: usize, a: usize, b: usize): void {
  read(u0, a); multiplyN(u0, u0, squareN); read(u1, b); multiplyN(u0, u0, u1)
  multiplyN(u0, u0, squareN); leave(o, u0, limbsN); clean()
}
export function clear(): void { memory.fill(io, 0, 256); clean() }
`
