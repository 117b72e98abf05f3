import { wasm } from '../wasm/generated/sm3.ts'
import { instantiate, STAGE } from '../wasm/load.ts'

const BLOCK = 64
const LENGTH = 32
/** GB/T 32905-2016 §4.1. */
const INITIAL = Uint32Array.of(
  ...[0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600],
  ...[0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e],
)

const { call, memory, at } = instantiate<{ compress: (address: number, blocks: number) => void }>(wasm)
const stage = at('data')
const moduleState = new Uint32Array(memory.buffer, at('state'), 8)

/** SM3, GB/T 32905-2016, fed in pieces. */
export interface Sm3 {
  readonly update: (bytes: Uint8Array) => Sm3
  /** 32 bytes. Ends the computation: nothing can be added afterwards. */
  readonly digest: () => Uint8Array
  /** One that goes on from here by itself. */
  readonly clone: () => Sm3
}

/** How much of the stage holds somebody's bytes. */
let used = 0

interface State {
  readonly words: Uint32Array
  /** Begun block; `length % 64` bytes of it are filled. */
  readonly rest: Uint8Array
  length: number
}

/** n whole blocks of `bytes`. */
const compress = (words: Uint32Array, bytes: Uint8Array): void => {
  moduleState.set(words)
  for (let offset = 0; offset < bytes.length; offset += STAGE) {
    const piece = bytes.subarray(offset, offset + STAGE)
    memory.set(piece, stage)
    used = Math.max(used, piece.length)
    call.compress(stage, piece.length / BLOCK)
  }
  words.set(moduleState)
}

const absorb = (state: State, bytes: Uint8Array): void => {
  const filled = state.length % BLOCK
  state.length += bytes.length
  let offset = 0
  if (filled > 0) {
    offset = Math.min(BLOCK - filled, bytes.length)
    state.rest.set(bytes.subarray(0, offset), filled)
    if (filled + offset < BLOCK) return
    compress(state.words, state.rest)
  }
  const whole = (bytes.length - offset) & ~(BLOCK - 1)
  if (whole > 0) compress(state.words, bytes.subarray(offset, offset + whole))
  state.rest.set(bytes.subarray(offset + whole))
}

/** §5.2: a one bit, zeros, the length in bits as 64 bits, big-endian. */
const paddingOf = (length: number): Uint8Array => {
  const size = BLOCK - ((length + 8) % BLOCK) + 8
  const padding = new Uint8Array(size)
  padding[0] = 0x80
  new DataView(padding.buffer).setBigUint64(size - 8, BigInt(length) * 8n)
  return padding
}

const finish = (state: State): Uint8Array => {
  absorb(state, paddingOf(state.length))
  const digest = new Uint8Array(LENGTH)
  const view = new DataView(digest.buffer)
  state.words.forEach((word, index) => view.setUint32(4 * index, word))
  state.words.fill(0)
  state.rest.fill(0)
  moduleState.fill(0)
  memory.fill(0, stage, stage + used)
  used = 0
  return digest
}

const from = (state: State): Sm3 => {
  let isEnded = false
  const sm3: Sm3 = {
    update: (bytes) => {
      if (isEnded) throw new TypeError('the digest was already taken')
      absorb(state, bytes)
      return sm3
    },
    digest: () => {
      if (isEnded) throw new TypeError('the digest was already taken')
      isEnded = true
      return finish(state)
    },
    clone: () => from({ words: state.words.slice(), rest: state.rest.slice(), length: state.length }),
  }
  return sm3
}

export const createSm3 = (): Sm3 => from({ words: INITIAL.slice(), rest: new Uint8Array(BLOCK), length: 0 })

/** SM3 of the parts one behind the other. */
export const sm3 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createSm3()
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export interface HmacSm3 {
  readonly update: (bytes: Uint8Array) => HmacSm3
  readonly digest: () => Uint8Array
}

/** HMAC (RFC 2104) over SM3. What was made from the key is overwritten by `digest`. */
export const createHmacSm3 = (key: Uint8Array): HmacSm3 => {
  const block = new Uint8Array(BLOCK)
  block.set(key.length > BLOCK ? sm3(key) : key)
  const inner = createSm3().update(block.map((byte) => byte ^ 0x36))
  const outer = createSm3().update(block.map((byte) => byte ^ 0x5c))
  block.fill(0)
  const hmac: HmacSm3 = {
    update: (bytes) => {
      inner.update(bytes)
      return hmac
    },
    digest: () => outer.update(inner.digest()).digest(),
  }
  return hmac
}
