/** Character classes of ISO 32000-1 §7.2.2: 1 white space, 2 delimiter. */
export const classes = new Uint8Array(256)
for (const code of [0, 9, 10, 12, 13, 32]) classes[code] = 1
for (const character of '()<>[]{}/%') classes[character.charCodeAt(0)] = 2

const code = (character: string): number => character.charCodeAt(0)
export const SLASH = code('/')
export const OPEN = code('(')
export const CLOSE = code(')')
export const LESS = code('<')
export const GREATER = code('>')
export const SQUARE = code('[')
export const SQUARE_END = code(']')
export const PERCENT = code('%')
export const BACKSLASH = code('\\')
export const LETTER_R = code('R')

export const hexValue = (byte: number): number =>
  byte >= 48 && byte <= 57
    ? byte - 48
    : byte >= 65 && byte <= 70
      ? byte - 55
      : byte >= 97 && byte <= 102
        ? byte - 87
        : -1

export const escapes: ReadonlyMap<number, number> = new Map([
  [code('n'), 10],
  [code('r'), 13],
  [code('t'), 9],
  [code('b'), 8],
  [code('f'), 12],
])

export const integerPattern = /^-?\d+$/
export const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)$/
