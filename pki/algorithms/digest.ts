import { createHash } from '#platform'

import { createSm3 } from '../gm/sm3.ts'
import type { Hash, PlatformHash } from '../platform/types.ts'

/** Every hash that is known. SHA-1 and SHA-224 only count where a policy says so. */
export type HashName = PlatformHash | 'sm3'

export const createDigest = (name: HashName): Hash => (name === 'sm3' ? createSm3() : createHash(name))

/** The digest of the parts one behind the other. */
export const digest = (name: HashName, ...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createDigest(name)
  for (const part of parts) hash.update(part)
  return hash.digest()
}
