/**
 * Structured-clone-like encoding of IPC arguments as JSON text. Runs on both sides (Node and page), so it uses neither's
 * own globals; bytes travel as base64 through the two functions each side brings.
 *
 * Every non-primitive is a tagged array, numbered in order of appearance so that shared and circular references survive.
 */
export interface Base64 {
  toText(bytes: Uint8Array): string
  toBytes(text: string): Uint8Array
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const VIEWS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
} as const

const ERRORS: Record<string, ErrorConstructor> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
}

const isViewName = (name: string): name is keyof typeof VIEWS => Object.hasOwn(VIEWS, name)
const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)

export function createCodec(base64: Base64) {
  return {
    encode: (value: unknown): string => JSON.stringify(createEncoder(base64)(value)),
    decode: (text: string): unknown => createDecoder(base64)(JSON.parse(text) as Json),
  }
}

export type Codec = ReturnType<typeof createCodec>

function createEncoder(base64: Base64): (value: unknown) => Json {
  const seen = new Map<object, number>()

  function encode(value: unknown): Json {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'undefined':
        return ['u']
      case 'bigint':
        return ['i', value.toString()]
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : ['n', Object.is(value, -0) ? '-0' : String(value)]
      case 'object':
        return value === null ? null : encodeObject(value)
      default:
        throw new Error('An object could not be cloned.')
    }
  }

  function encodeObject(value: object): Json {
    const known = seen.get(value)
    if (known !== undefined) return ['&', known]
    seen.set(value, seen.size)
    if (Array.isArray(value)) return ['a', Array.from(value as unknown[], encode)]
    const tag = tagOf(value)
    if (ArrayBuffer.isView(value)) {
      const name = value instanceof DataView ? 'DataView' : tag
      if (!isViewName(name)) throw new Error('An object could not be cloned.')
      return ['v', name, base64.toText(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))]
    }
    switch (tag) {
      case 'ArrayBuffer':
        return ['x', base64.toText(new Uint8Array(value as ArrayBuffer))]
      case 'Date':
        return ['d', encode((value as Date).getTime())]
      case 'RegExp':
        return ['r', (value as RegExp).source, (value as RegExp).flags]
      case 'Map':
        return ['m', Array.from(value as Map<unknown, unknown>, ([key, item]) => [encode(key), encode(item)])]
      case 'Set':
        return ['s', Array.from(value as Set<unknown>, encode)]
      case 'Error':
        return encodeError(value as Error)
      case 'Promise':
      case 'WeakMap':
      case 'WeakSet':
      case 'Blob':
      case 'File':
        throw new Error('An object could not be cloned.')
      default:
        return ['o', Object.keys(value).map((key) => [key, encode((value as Record<string, unknown>)[key])])]
    }
  }

  function encodeError(error: Error): Json {
    const cause = 'cause' in error ? [encode(error.cause)] : []
    return ['e', error.name, error.message, error.stack ?? '', ...cause]
  }

  return encode
}

function createDecoder(base64: Base64): (json: Json) => unknown {
  const known: unknown[] = []
  const keep = <T>(value: T): T => {
    known.push(value)
    return value
  }
  const text = (json: Json | undefined): string => (typeof json === 'string' ? json : JSON.stringify(json))
  const list = (json: Json | undefined): Json[] => (Array.isArray(json) ? json : [])

  function decode(json: Json | undefined): unknown {
    if (!Array.isArray(json)) return json
    switch (json[0]) {
      case 'u':
        return undefined
      case 'i':
        return BigInt(text(json[1]))
      case 'n':
        return Number(json[1])
      case '&':
        return known[Number(json[1])]
      case 'a': {
        const array: unknown[] = keep([])
        for (const item of list(json[1])) array.push(decode(item))
        return array
      }
      case 'o':
        return decodePlain(list(json[1]))
      case 'v': {
        const name = text(json[1])
        if (!isViewName(name)) throw new Error(`unknown view ${name}`)
        const bytes = base64.toBytes(text(json[2]))
        const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
        return keep(new (VIEWS[name] as new (buffer: ArrayBuffer) => ArrayBufferView)(buffer))
      }
      case 'x': {
        const bytes = base64.toBytes(text(json[1]))
        return keep(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
      }
      case 'd':
        return keep(new Date(decode(json[1]) as number))
      case 'r':
        return keep(new RegExp(text(json[1]), text(json[2])))
      case 'm': {
        const map = keep(new Map<unknown, unknown>())
        for (const entry of list(json[1])) map.set(decode(list(entry)[0]), decode(list(entry)[1]))
        return map
      }
      case 's': {
        const set = keep(new Set<unknown>())
        for (const item of list(json[1])) set.add(decode(item))
        return set
      }
      case 'e':
        return decodeError(json)
      default:
        throw new Error(`unknown tag ${text(json[0])}`)
    }
  }

  function decodePlain(entries: Json[]): object {
    const object = keep({})
    for (const entry of entries) {
      const [key, item] = list(entry)
      // defineProperty, so that a key named __proto__ stays a key
      Object.defineProperty(object, text(key), {
        value: decode(item),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
    return object
  }

  function decodeError(json: Json[]): Error {
    const name = text(json[1])
    const error = keep(new (ERRORS[name] ?? Error)(text(json[2])))
    error.stack = text(json[3])
    if (json.length > 4) error.cause = decode(json[4])
    return error
  }

  return decode
}
