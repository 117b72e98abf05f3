/**
 * What the stand-in does not implement must say so. A guarded object throws when a member it lacks is read;
 * symbols, private-looking names and what the language itself probes for stay quiet.
 */
const PROBED = new Set([
  'then',
  'toJSON',
  'constructor',
  'inspect',
  'nodeType',
  'tagName',
  'asymmetricMatch',
  '$$typeof',
])

const isQuiet = (key: string | symbol): boolean => typeof key === 'symbol' || key.startsWith('_') || PROBED.has(key)

export const notImplemented = (name: string): Error =>
  new Error(`${name} is not implemented in the Electron stand-in (docs/electron-stand-in.md)`)

/** Puts a proxy between the class and its parent in the prototype chain, so instances keep their identity. */
export function guardClass(constructor: { prototype: object }, name: string): void {
  const parent = Object.getPrototypeOf(constructor.prototype) as object
  Object.setPrototypeOf(constructor.prototype, guardedLayer(Object.create(parent) as object, name))
}

/** The same for a single object, whose prototype is replaced. */
export function guardObject<T extends object>(object: T, name: string): T {
  const parent = Object.getPrototypeOf(object) as object
  return Object.setPrototypeOf(object, guardedLayer(Object.create(parent) as object, name)) as T
}

/** Stands for a whole export or class that does not exist here: any use throws. */
export function missingExport(name: string): unknown {
  // a function that can stand behind `new`
  const refuse = function (): never {
    throw notImplemented(name)
  }
  return new Proxy(refuse, {
    get: (target, key) => (isQuiet(key) || key === 'prototype' ? (Reflect.get(target, key) as unknown) : refuse()),
    construct: refuse,
    apply: refuse,
    set: refuse,
  })
}

function guardedLayer(layer: object, name: string): object {
  return new Proxy(layer, {
    get(target, key, receiver): unknown {
      if (key in target || isQuiet(key)) return Reflect.get(target, key, receiver)
      throw notImplemented(`${name}.${String(key)}`)
    },
  })
}
