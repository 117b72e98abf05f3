/** The parts one behind the other in a new array; without Buffer, for browsers. However many there are. */
export const concatAll = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** The same for a few: what others may make many of are no arguments, whose number has a limit. */
export const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => concatAll(parts)
