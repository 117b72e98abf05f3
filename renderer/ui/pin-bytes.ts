/** PIN bytes are compared, judged and overwritten; they are never turned into a string of the program's own. */

export const wipe = (...buffers: readonly Uint8Array[]): void => {
  for (const buffer of buffers) buffer.fill(0)
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])

const differences = (bytes: Uint8Array): Set<number> => {
  const found = new Set<number>()
  for (let index = 1; index < bytes.length; index += 1) found.add((bytes[index] ?? 0) - (bytes[index - 1] ?? 0))
  return found
}

/** All characters alike, or a run such as 123456, 654321, abcdef (F9.2). */
export const isWeakPin = (bytes: Uint8Array): boolean => {
  const steps = differences(bytes)
  if (steps.size > 1) return false
  const [step = 0] = steps
  return Math.abs(step) <= 1
}
