import { wasm } from '../wasm/generated/sm2.ts'
import { instantiate } from '../wasm/load.ts'

/** Arithmetic of SM2's curve (GB/T 32918.5-2017) on numbers of 32 bytes and points of 64 (x‖y), big-endian. */
const { call, memory, at } = instantiate<{
  readonly prepare: () => void
  readonly clear: () => void
  readonly isOnCurve: (point: number) => number
  readonly multiplyBase: (out: number, scalar: number) => void
  readonly multiplyPoint: (out: number, scalar: number, point: number) => void
  readonly combineVariable: (out: number, s: number, t: number, point: number) => void
  readonly addMultipleVariable: (out: number, x: number, q: number, p: number) => void
  readonly multiplyModuloN: (out: number, a: number, b: number) => void
  readonly addModuloN: (out: number, a: number, b: number) => void
  readonly signatureS: (out: number, d: number, k: number, r: number) => void
}>(wasm)

export const NUMBER = 32
export const POINT = 64
const io = at('io')
const OUT = io + 160

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
export const order = bytesOf('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123')
const prime = bytesOf('fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff')
/** a ‖ b ‖ Gx ‖ Gy as Z hashes them. */
export const curveParameters = bytesOf(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
)

let isPrepared = false

/** Puts the inputs one behind the other, runs, takes what is at OUT and leaves nothing behind. */
const run = (inputs: readonly Uint8Array[], length: number, compute: (...addresses: number[]) => void): Uint8Array => {
  if (!isPrepared) call.prepare()
  isPrepared = true
  let address = io
  const addresses = inputs.map((input) => {
    const here = address
    memory.set(input, here)
    address += input.length
    return here
  })
  compute(...addresses)
  const result = new Uint8Array(memory.subarray(OUT, OUT + length))
  call.clear()
  return result
}

/** a < b without a branch on what they are: both of one length. */
export const isBelow = (a: Uint8Array, b: Uint8Array): boolean => {
  let borrow = 0
  for (let index = a.length - 1; index >= 0; index--) borrow = (((a[index] ?? 0) - (b[index] ?? 0) + borrow) >> 31) | 0
  return borrow !== 0
}
export const isZero = (bytes: Uint8Array): boolean => bytes.reduce((sum, byte) => sum | byte, 0) === 0
/** 1 … n − 1. */
export const isScalar = (bytes: Uint8Array): boolean =>
  bytes.length === NUMBER && !isZero(bytes) && isBelow(bytes, order)

export const isPoint = (point: Uint8Array): boolean => {
  const isReduced =
    point.length === POINT && isBelow(point.subarray(0, NUMBER), prime) && isBelow(point.subarray(NUMBER), prime)
  if (!isReduced) return false
  let isOn = false
  run([point], 0, (address = 0) => {
    isOn = call.isOnCurve(address) !== 0
  })
  return isOn
}

/** k·G in time that does not depend on k. */
export const multiplyBase = (k: Uint8Array): Uint8Array =>
  run([k], POINT, (scalar = 0) => call.multiplyBase(OUT, scalar))
/** k·Q for a checked point, in time that does not depend on k. */
export const multiplyPoint = (k: Uint8Array, point: Uint8Array): Uint8Array =>
  run([k, point], POINT, (scalar = 0, base = 0) => call.multiplyPoint(OUT, scalar, base))
/** s·G + t·Q of public numbers; zeros for the point at infinity. */
export const combinePublic = (s: Uint8Array, t: Uint8Array, point: Uint8Array): Uint8Array =>
  run([s, t, point], POINT, (first = 0, second = 0, base = 0) => call.combineVariable(OUT, first, second, base))
/** P + x·Q of public numbers; zeros for the point at infinity. */
export const addPublicMultiple = (p: Uint8Array, x: Uint8Array, q: Uint8Array): Uint8Array =>
  run([x, q, p], POINT, (scalar = 0, second = 0, first = 0) => call.addMultipleVariable(OUT, scalar, second, first))
export const multiplyModuloOrder = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  run([a, b], NUMBER, (first = 0, second = 0) => call.multiplyModuloN(OUT, first, second))
export const addModuloOrder = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  run([a, b], NUMBER, (first = 0, second = 0) => call.addModuloN(OUT, first, second))
/** (1 + d)⁻¹·(k − r·d) mod n. */
export const signatureS = (d: Uint8Array, k: Uint8Array, r: Uint8Array): Uint8Array =>
  run([d, k, r], NUMBER, (key = 0, nonce = 0, first = 0) => call.signatureS(OUT, key, nonce, first))

/** A random number from 1 to below the limit, n − 1 for keys (GB/T 32918.1 §6.1) and n for nonces. */
export const randomScalar = (limit: Uint8Array = order): Uint8Array => {
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(NUMBER))
    if (!isZero(bytes) && isBelow(bytes, limit)) return bytes
  }
}
