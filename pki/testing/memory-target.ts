import { memorySink } from '../io/byte-sink.ts'
import { bufferSource } from '../io/byte-source.ts'
import type { ReadableSink } from '../io/file-sink.ts'
import { concat } from '../bytes/concat.ts'

/** A target for `encryptBid` in memory. `bytes` is empty until it was committed. */
export const memoryTarget = (): ReadableSink & { bytes(): Uint8Array } => {
  const sink = memorySink()
  const parts: Uint8Array[] = []
  return {
    ...sink,
    write: (chunk) => {
      parts.push(new Uint8Array(chunk))
      return sink.write(chunk)
    },
    written: () => bufferSource(concat(...parts)),
  }
}
