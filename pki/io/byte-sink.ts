import { concatAll } from '../bytes/concat.ts'
import { discard } from './discard.ts'

/**
 * Takes bytes in order and shows nothing of them to anybody before `commit`: what is written may turn out to be forged or
 * incomplete.
 */
export interface ByteSink {
  /** A chunk is only good until the promise is settled. */
  write(chunk: Uint8Array): Promise<void> | void
  /** Everything was written and may be seen. */
  commit(): Promise<void> | void
  /** Removes what was written. */
  abort(): Promise<void> | void
}

/** Commits what `fill` writes; whatever fails, and even if removing fails too, the first error is thrown. */
export const fillSink = async <Value>(sink: ByteSink, fill: () => Promise<Value>): Promise<Value> => {
  try {
    const value = await fill()
    await sink.commit()
    return value
  } catch (error) {
    const abort = async (): Promise<void> => sink.abort()
    await abort().catch(() => undefined)
    throw error
  }
}

/**
 * Writes one chunk while the next one is made. Takes the chunks over. A failed write is thrown by the next call; before the
 * sink is given up, `settle` waits until nothing is written any more.
 */
export const writeBehind = (sink: Pick<ByteSink, 'write'>) => {
  let pending = Promise.resolve()
  return {
    write: async (chunk: Uint8Array): Promise<void> => {
      await pending
      pending = Promise.resolve(sink.write(chunk)).then(() => discard(chunk))
      pending.catch(() => undefined)
    },
    flush: (): Promise<void> => pending,
    settle: (): Promise<void> => pending.catch(() => undefined),
  }
}

/** For small content. `bytes` is empty until it was committed. */
export const memorySink = (): ByteSink & { bytes(): Uint8Array } => {
  let chunks: Uint8Array[] = []
  let committed = new Uint8Array(0)
  const wipe = (): void => {
    for (const chunk of chunks) chunk.fill(0)
    chunks = []
  }
  return {
    write: (chunk) => void chunks.push(new Uint8Array(chunk)),
    commit: () => {
      committed = concatAll(chunks)
      wipe()
    },
    abort: wipe,
    bytes: () => committed,
  }
}
