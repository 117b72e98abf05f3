/**
 * Gives the memory of a stream's chunk back as soon as it was written: every chunk has a new buffer, and the garbage
 * collector lets 64 MiB of them pile up before it looks. Bytes that share their buffer with others are left alone; the
 * others are empty afterwards.
 */
export const discard = (chunk: Uint8Array): void => {
  const { buffer } = chunk
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === chunk.byteLength && !buffer.detached
  if (isAlone) buffer.transfer(0)
}
