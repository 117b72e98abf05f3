import { createHmac } from '#platform'

import { fromUtf8 } from '../bytes/encodings.ts'
import { createHmacSm3 } from '../gm/sm3.ts'
import { profiles } from './profiles.ts'
import type { EnvelopeProfile } from './profiles.ts'

const LABEL = fromUtf8('bid envelope: commitment to key and plaintext, version 1')

/**
 * HMAC(content key, label ‖ digest of the plaintext) with the profile's hash. GCM binds neither: a sender can make a
 * ciphertext that opens to two plaintexts under two keys (Dodis et al., CRYPTO 2018), and at the opening choose which bid to
 * show. With this value deposited before, only one key and one plaintext fit; without the key it tells nothing.
 */
export const commitmentOf = (profile: EnvelopeProfile, contentKey: Uint8Array, digest: Uint8Array): Uint8Array => {
  const hmac = profiles[profile].hash === 'sm3' ? createHmacSm3(contentKey) : createHmac('sha256', contentKey)
  return hmac.update(LABEL).update(digest).digest()
}
