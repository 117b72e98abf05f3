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

const stageView = new DataView(memory.buffer)

/**
 * The digest of a message of `length` bytes, whose last `filled` bytes stand on the stage and the rest in `words`. §5.2: a one
 * bit, zeros, the length in bits as 64 bits, big-endian.
 */
const close = (words: Uint32Array, filled: number, length: number): Uint8Array => {
  const size = (filled + 8 + BLOCK) & ~(BLOCK - 1)
  memory[stage + filled] = 0x80
  memory.fill(0, stage + filled + 1, stage + size - 8)
  stageView.setUint32(stage + size - 8, Math.floor(length / 2 ** 29))
  stageView.setUint32(stage + size - 4, length * 8)
  moduleState.set(words)
  call.compress(stage, size / BLOCK)
  const digest = new Uint8Array(LENGTH)
  for (let index = 0; index < 8; index++) {
    const word = moduleState[index] ?? 0
    digest[4 * index] = word >>> 24
    digest[4 * index + 1] = word >>> 16
    digest[4 * index + 2] = word >>> 8
    digest[4 * index + 3] = word
  }
  moduleState.fill(0)
  memory.fill(0, stage, stage + Math.max(used, size))
  used = 0
  return digest
}

const finish = (state: State): Uint8Array => {
  const filled = state.length % BLOCK
  memory.set(state.rest.subarray(0, filled), stage)
  const digest = close(state.words, filled, state.length)
  state.words.fill(0)
  state.rest.fill(0)
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
    clone: () => {
      if (isEnded) throw new TypeError('the digest was already taken')
      return from({ words: state.words.slice(), rest: state.rest.slice(), length: state.length })
    },
  }
  return sm3
}

export const createSm3 = (): Sm3 => from({ words: INITIAL.slice(), rest: new Uint8Array(BLOCK), length: 0 })

/** Leaves room on the stage for the padding. */
const AT_ONCE = STAGE - 2 * BLOCK

/** SM3 of the parts one behind the other. */
export const sm3 = (...parts: readonly Uint8Array[]): Uint8Array => {
  let length = 0
  for (const part of parts) length += part.length
  if (length > AT_ONCE) {
    const hash = createSm3()
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  let filled = 0
  for (const part of parts) {
    memory.set(part, stage + filled)
    filled += part.length
  }
  return close(INITIAL, filled, length)
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
