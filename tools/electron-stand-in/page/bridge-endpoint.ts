/* eslint-disable @typescript-eslint/unbound-method -- built-ins are captured to be called with `apply` */
/**
 * Two worlds of one page share DOM events only. One endpoint lives in each: values pass as structured clones in the
 * `detail` of a synchronous CustomEvent whose name is a random secret; functions and promises pass as numbers.
 *
 * The main world's endpoint outlives page scripts that patch built-ins, so everything that touches the secret is
 * captured when the document starts.
 */
type Callable = (...args: unknown[]) => unknown

type Node =
  { v: unknown } | { f: number } | { p: number } | { a: Node[] } | { o: (readonly [key: string, value: Node])[] }

type Packet =
  | { kind: 'call'; call: number; id: number; args: Node[] }
  | { kind: 'return'; call: number; value: Node }
  | { kind: 'throw'; call: number; value: Node }
  | { kind: 'settle'; id: number; ok: boolean; value: Node }
  | { kind: 'expose'; key: string; value: Node }
  | { kind: 'open'; url: string; frameName: string; features: string }

interface Settler {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

export interface EndpointHandlers {
  expose?: (key: string, value: unknown) => void
  open?: (request: { url: string; frameName: string; features: string }) => void
}

const isFunction = (value: unknown): value is Callable => typeof value === 'function'
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

export function createBridgeEndpoint(secret: string, side: 'main' | 'preload', handlers: EndpointHandlers) {
  const send = secret + (side === 'main' ? ':to-preload' : ':to-main')
  const receive = secret + (side === 'main' ? ':to-main' : ':to-preload')
  const target = globalThis as unknown as EventTarget
  const apply = Reflect.apply.bind(Reflect)
  const construct = Reflect.construct.bind(Reflect)
  const freeze = Object.freeze.bind(Object)
  const dispatchEvent = EventTarget.prototype.dispatchEvent
  const readDetail = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')?.get
  const NativeEvent = CustomEvent
  const NativePromise = Promise
  const then = Promise.prototype.then

  const functions = new Map<number, Callable>()
  const ids = new WeakMap<Callable, number>()
  const proxies = new Map<number, Callable>()
  const settlers = new Map<number, Settler>()
  const answers = new Map<number, Packet>()
  let lastId = 0
  let lastCall = 0

  const post = (packet: Packet): void => {
    apply(dispatchEvent, target, [construct(NativeEvent, [send, { detail: packet }])])
  }

  function needsWalk(value: unknown, path: Set<object>): boolean {
    if (isFunction(value)) return true
    if (!isObject(value) || path.has(value)) return false
    if (value instanceof NativePromise) return true
    // to look at every element of a long array of bytes takes longer than to send it
    if (ArrayBuffer.isView(value)) return false
    path.add(value)
    if (Array.isArray(value)) return value.some((item) => needsWalk(item, path))
    const prototype: unknown = Object.getPrototypeOf(value)
    const isClassInstance =
      Object.prototype.toString.call(value) === '[object Object]' && prototype !== Object.prototype
    return isClassInstance || Object.values(value).some((item) => needsWalk(item, path))
  }

  function encode(value: unknown): Node {
    if (isFunction(value)) {
      let id = ids.get(value)
      if (id === undefined) {
        id = ++lastId
        ids.set(value, id)
        functions.set(id, value)
      }
      return { f: id }
    }
    if (!isObject(value) || !needsWalk(value, new Set())) return { v: value }
    if (value instanceof NativePromise) return encodePromise(value)
    if (Array.isArray(value)) return { a: value.map(encode) }
    return { o: Object.keys(value).map((key) => [key, encode((value as Record<string, unknown>)[key])] as const) }
  }

  function encodePromise(promise: Promise<unknown>): Node {
    const id = ++lastId
    const settle = (ok: boolean) => (value: unknown) => post({ kind: 'settle', id, ok, value: encode(value) })
    void apply(then, promise, [settle(true), settle(false)])
    return { p: id }
  }

  function decode(node: Node, frozen: boolean): unknown {
    if ('f' in node) return decodeFunction(node.f)
    if ('p' in node) {
      return new NativePromise((resolve, reject) => {
        settlers.set(node.p, { resolve, reject })
      })
    }
    if ('a' in node) {
      const array = node.a.map((item) => decode(item, frozen))
      return frozen ? freeze(array) : array
    }
    if ('o' in node) {
      const object = {}
      for (const [key, item] of node.o) {
        Object.defineProperty(object, key, {
          value: decode(item, frozen),
          writable: true,
          enumerable: true,
          configurable: true,
        })
      }
      return frozen ? freeze(object) : object
    }
    return frozen ? deepFreeze(node.v) : node.v
  }

  function deepFreeze(value: unknown): unknown {
    // typed arrays cannot be frozen
    if (!isObject(value) || ArrayBuffer.isView(value)) return value
    for (const item of Object.values(value)) deepFreeze(item)
    return freeze(value)
  }

  function decodeFunction(id: number): Callable {
    const known = proxies.get(id)
    if (known) return known
    const proxy: Callable = (...args) => {
      const call = ++lastCall
      post({ kind: 'call', call, id, args: args.map(encode) })
      const answer = answers.get(call)
      answers.delete(call)
      if (answer?.kind === 'return') return decode(answer.value, false)
      if (answer?.kind === 'throw') throw decode(answer.value, false)
      throw new Error('An object could not be cloned.')
    }
    proxies.set(id, freeze(proxy))
    return proxy
  }

  function answer(packet: Extract<Packet, { kind: 'call' }>): void {
    try {
      const fn = functions.get(packet.id)
      if (!fn) throw new Error('The function is gone.')
      const args = packet.args.map((arg) => decode(arg, false))
      post({ kind: 'return', call: packet.call, value: encode(fn(...args)) })
    } catch (error) {
      post({ kind: 'throw', call: packet.call, value: encode(error) })
    }
  }

  target.addEventListener(receive, (event) => {
    const packet = (readDetail ? apply(readDetail, event, []) : null) as Packet | null
    if (!packet) return
    switch (packet.kind) {
      case 'call': {
        answer(packet)
        return
      }
      case 'return':
      case 'throw':
        answers.set(packet.call, packet)
        return
      case 'settle': {
        const settler = settlers.get(packet.id)
        settlers.delete(packet.id)
        if (packet.ok) settler?.resolve(decode(packet.value, false))
        else settler?.reject(decode(packet.value, false))
        return
      }
      case 'expose':
        return handlers.expose?.(packet.key, decode(packet.value, true))
      case 'open':
        return handlers.open?.(packet)
    }
  })

  return {
    expose: (key: string, value: unknown): void => post({ kind: 'expose', key, value: encode(value) }),
    open: (url: string, frameName: string, features: string): void => post({ kind: 'open', url, frameName, features }),
  }
}
