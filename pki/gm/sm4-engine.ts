import { wasm as relaxed } from '../wasm/generated/sm4-relaxed.ts'
import { wasm as tables } from '../wasm/generated/sm4-tables.ts'
import { wasm as vectors } from '../wasm/generated/sm4-vectors.ts'
import { instantiate, isSupported, STAGE } from '../wasm/load.ts'

/** Blocks at an address, in place. `chain` and `tag` are carried on in the module's memory. */
interface BlockFunctions {
  readonly setKey: () => void
  readonly encrypt: (address: number, blocks: number) => void
  readonly decrypt: (address: number, blocks: number) => void
  readonly cbcDecrypt: (address: number, blocks: number) => void
  readonly ctr: (address: number, blocks: number, isWide: boolean) => void
  readonly setHash: (address: number) => void
  readonly ghash: (address: number, blocks: number) => void
  readonly clear: () => void
}

/** Whoever uses an engine: its key and chain are put in place when somebody else was there in between. */
export interface Tenant {
  readonly key: Uint8Array
  /** IV, last block or counter: 16 bytes. */
  readonly chain: Uint8Array
  /** GHASH state and its key, in GCM. */
  readonly tag?: Uint8Array
  readonly hashKey?: Uint8Array
}

export interface Engine<Functions extends BlockFunctions> {
  /** Runs over the bytes, which must be whole blocks, and answers new ones of the same length. */
  readonly transform: (
    tenant: Tenant,
    bytes: Uint8Array,
    run: (call: Functions, at: number, blocks: number) => void,
  ) => Uint8Array
  /** Overwrites everything that is left of the tenant. */
  readonly leave: (tenant: Tenant) => void
}

export const BLOCK = 16

const createEngine = <Functions extends BlockFunctions>(wasm: string): Engine<Functions> => {
  const { call, memory, at } = instantiate<Functions>(wasm)
  const [key, chain, tag, stage] = [at('key'), at('chain'), at('tag'), at('data')]
  let current: Tenant | null = null
  let used = 0

  const store = (tenant: Tenant): void => {
    tenant.chain.set(memory.subarray(chain, chain + BLOCK))
    tenant.tag?.set(memory.subarray(tag, tag + BLOCK))
  }
  const enter = (tenant: Tenant): void => {
    if (current === tenant) return
    if (current !== null) store(current)
    current = tenant
    memory.set(tenant.key, key)
    call.setKey()
    if (tenant.hashKey && tenant.tag) {
      memory.set(tenant.hashKey, stage)
      call.setHash(stage)
      memory.set(tenant.tag, tag)
    }
    memory.set(tenant.chain, chain)
  }

  return {
    transform: (tenant, bytes, run) => {
      enter(tenant)
      const result = new Uint8Array(bytes.length)
      for (let offset = 0; offset < bytes.length; offset += STAGE) {
        const piece = bytes.subarray(offset, offset + STAGE)
        memory.set(piece, stage)
        used = Math.max(used, piece.length)
        run(call, stage, piece.length / BLOCK)
        result.set(memory.subarray(stage, stage + piece.length), offset)
      }
      return result
    },
    leave: (tenant) => {
      if (current !== tenant) return
      store(tenant)
      current = null
      call.clear()
      memory.fill(0, stage, stage + used)
      used = 0
    },
  }
}

const best = [relaxed, vectors].find(isSupported)

/** For everything that runs in parallel: vectors without secret-dependent look-ups where the engine has SIMD. */
export const parallelEngine = createEngine<BlockFunctions>(best ?? tables)
/** For CBC encryption, where each block waits for the one before. */
export const serialEngine = createEngine<BlockFunctions & { cbcEncrypt: BlockFunctions['encrypt'] }>(tables)
