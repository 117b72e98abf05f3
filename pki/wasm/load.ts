/** What is used of the WebAssembly JavaScript interface; neither Node's types nor the library without DOM name it. */
interface WebAssemblyGlobal {
  readonly value: number
}
interface WebAssemblyInterface {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> }
}
declare const WebAssembly: WebAssemblyInterface

export const decodeBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

/** Whether this engine has the instructions the module uses. */
export const isSupported = (wasm: string): boolean => WebAssembly.validate(decodeBase64(wasm))

export interface WasmModule<Functions> {
  readonly call: Functions
  /** The module's memory; it never grows. */
  readonly memory: Uint8Array
  /** Address of an exported place. */
  readonly at: (name: string) => number
}

/** Bytes that a module takes at once, at its place `data`. */
export const STAGE = 65_536

const refuse = (): never => {
  throw new Error('WebAssembly module aborted')
}

/** One module, compiled and made at once: they are small. */
export const instantiate = <Functions>(wasm: string): WasmModule<Functions> => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(wasm)), { env: { abort: refuse } })
  const { buffer } = exports.memory as { readonly buffer: ArrayBuffer }
  return {
    call: exports as Functions,
    memory: new Uint8Array(buffer),
    at: (name) => (exports[name] as WebAssemblyGlobal).value,
  }
}
