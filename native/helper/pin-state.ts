import pkcs11 from 'pkcs11js'
import type { PinState } from '#contract/keys.ts'

/** CKF_USER_PIN_* of PKCS#11 v2.40 §3.2 (CK_TOKEN_INFO). Only "last" and "locked" tell a number. */
export const pinStateOf = ({ flags, minPinLen, maxPinLen }: pkcs11.TokenInfo): PinState => {
  const has = (flag: number): boolean => (flags & flag) !== 0
  // Drivers that do not know answer 0 or CK_UNAVAILABLE_INFORMATION.
  const maxLength = maxPinLen > 0 && maxPinLen <= 255 ? maxPinLen : 255
  const limits = { minLength: Math.max(1, Math.min(minPinLen, maxLength)), maxLength }
  if (has(pkcs11.CKF_USER_PIN_LOCKED)) return { state: 'locked', triesLeft: 0, ...limits }
  if (!has(pkcs11.CKF_USER_PIN_INITIALIZED)) return { state: 'not_set', triesLeft: null, ...limits }
  if (has(pkcs11.CKF_USER_PIN_FINAL_TRY)) return { state: 'last', triesLeft: 1, ...limits }
  if (has(pkcs11.CKF_USER_PIN_COUNT_LOW)) return { state: 'low', triesLeft: null, ...limits }
  return { state: 'ok', triesLeft: null, ...limits }
}
