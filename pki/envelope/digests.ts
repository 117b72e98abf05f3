import { createDigest, digest } from '../algorithms/digest.ts'
import { toHex } from '../bytes/encodings.ts'

/** Both hashes of a stream, as it passes. */
export const createDigests = () => {
  const sm3 = createDigest('sm3')
  const sha256 = createDigest('sha256')
  let size = 0
  return {
    update: (chunk: Uint8Array): void => {
      size += chunk.length
      sm3.update(chunk)
      sha256.update(chunk)
    },
    digest: () => ({ size, sm3: sm3.digest(), sha256: sha256.digest() }),
  }
}
export type Digests = ReturnType<ReturnType<typeof createDigests>['digest']>

export const describeDigests = ({ size, sm3, sha256 }: Digests) => ({ size, sm3: toHex(sm3), sha256: toHex(sha256) })

export const sha256Hex = (bytes: Uint8Array): string => toHex(digest('sha256', bytes))

/** SHA-256 of each `size` bytes of a stream, hex. */
export const createSegments = (size: number) => {
  const finished: string[] = []
  let hash = createDigest('sha256')
  let filled = 0
  const end = (): void => {
    finished.push(toHex(hash.digest()))
    hash = createDigest('sha256')
    filled = 0
  }
  return {
    update: (chunk: Uint8Array): void => {
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + size - filled)
        hash.update(part)
        filled += part.length
        at += part.length
        if (filled === size) end()
      }
    },
    digests: (): string[] => {
      if (filled > 0) end()
      return finished
    },
  }
}
