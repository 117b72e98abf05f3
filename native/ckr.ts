import { AppError } from '#contract/errors.ts'
import type { ErrorCode, ErrorDetails } from '#contract/errors.ts'

/** Every return value of PKCS#11 v2.40 (pkcs11t.h) that a driver may answer, with the error code the program shows. */
const RETURN_VALUES: Readonly<Record<number, readonly [name: string, code: ErrorCode]>> = {
  0x01: ['CKR_CANCEL', 'operation.cancelled_by_user'],
  0x02: ['CKR_HOST_MEMORY', 'token.error'],
  0x03: ['CKR_SLOT_ID_INVALID', 'token.removed'],
  0x05: ['CKR_GENERAL_ERROR', 'token.error'],
  0x06: ['CKR_FUNCTION_FAILED', 'token.error'],
  0x07: ['CKR_ARGUMENTS_BAD', 'token.error'],
  0x08: ['CKR_NO_EVENT', 'token.error'],
  0x09: ['CKR_NEED_TO_CREATE_THREADS', 'token.driver_invalid'],
  0x0a: ['CKR_CANT_LOCK', 'token.driver_invalid'],
  0x10: ['CKR_ATTRIBUTE_READ_ONLY', 'token.read_only'],
  0x11: ['CKR_ATTRIBUTE_SENSITIVE', 'token.error'],
  0x12: ['CKR_ATTRIBUTE_TYPE_INVALID', 'token.error'],
  0x13: ['CKR_ATTRIBUTE_VALUE_INVALID', 'token.error'],
  0x20: ['CKR_DATA_INVALID', 'token.error'],
  0x21: ['CKR_DATA_LEN_RANGE', 'key.digest_length'],
  0x30: ['CKR_DEVICE_ERROR', 'token.error'],
  0x31: ['CKR_DEVICE_MEMORY', 'token.error'],
  0x32: ['CKR_DEVICE_REMOVED', 'token.removed'],
  0x40: ['CKR_ENCRYPTED_DATA_INVALID', 'key.decryption_failed'],
  0x41: ['CKR_ENCRYPTED_DATA_LEN_RANGE', 'key.decryption_failed'],
  0x50: ['CKR_FUNCTION_CANCELED', 'operation.cancelled_by_user'],
  0x51: ['CKR_FUNCTION_NOT_PARALLEL', 'token.error'],
  0x54: ['CKR_FUNCTION_NOT_SUPPORTED', 'key.mechanism_unsupported'],
  0x60: ['CKR_KEY_HANDLE_INVALID', 'key.not_found'],
  0x62: ['CKR_KEY_SIZE_RANGE', 'key.mechanism_unsupported'],
  0x63: ['CKR_KEY_TYPE_INCONSISTENT', 'key.mechanism_unsupported'],
  0x64: ['CKR_KEY_NOT_NEEDED', 'token.error'],
  0x68: ['CKR_KEY_FUNCTION_NOT_PERMITTED', 'certificate.usage_refused'],
  0x70: ['CKR_MECHANISM_INVALID', 'key.mechanism_unsupported'],
  0x71: ['CKR_MECHANISM_PARAM_INVALID', 'key.mechanism_unsupported'],
  0x82: ['CKR_OBJECT_HANDLE_INVALID', 'key.not_found'],
  0x90: ['CKR_OPERATION_ACTIVE', 'token.error'],
  0x91: ['CKR_OPERATION_NOT_INITIALIZED', 'token.error'],
  0xa0: ['CKR_PIN_INCORRECT', 'pin.incorrect'],
  0xa1: ['CKR_PIN_INVALID', 'pin.length'],
  0xa2: ['CKR_PIN_LEN_RANGE', 'pin.length'],
  0xa3: ['CKR_PIN_EXPIRED', 'pin.expired'],
  0xa4: ['CKR_PIN_LOCKED', 'pin.locked'],
  0xb0: ['CKR_SESSION_CLOSED', 'token.removed'],
  0xb1: ['CKR_SESSION_COUNT', 'token.error'],
  0xb3: ['CKR_SESSION_HANDLE_INVALID', 'token.removed'],
  0xb4: ['CKR_SESSION_PARALLEL_NOT_SUPPORTED', 'token.error'],
  0xb5: ['CKR_SESSION_READ_ONLY', 'token.read_only'],
  0xb6: ['CKR_SESSION_EXISTS', 'token.error'],
  0xb7: ['CKR_SESSION_READ_ONLY_EXISTS', 'token.error'],
  0xb8: ['CKR_SESSION_READ_WRITE_SO_EXISTS', 'token.error'],
  0xd0: ['CKR_TEMPLATE_INCOMPLETE', 'token.error'],
  0xd1: ['CKR_TEMPLATE_INCONSISTENT', 'token.error'],
  0xe0: ['CKR_TOKEN_NOT_PRESENT', 'token.removed'],
  0xe1: ['CKR_TOKEN_NOT_RECOGNIZED', 'token.error'],
  0xe2: ['CKR_TOKEN_WRITE_PROTECTED', 'token.read_only'],
  0x100: ['CKR_USER_ALREADY_LOGGED_IN', 'token.error'],
  0x101: ['CKR_USER_NOT_LOGGED_IN', 'token.error'],
  0x102: ['CKR_USER_PIN_NOT_INITIALIZED', 'pin.locked'],
  0x103: ['CKR_USER_TYPE_INVALID', 'key.mechanism_unsupported'],
  0x104: ['CKR_USER_ANOTHER_ALREADY_LOGGED_IN', 'token.error'],
  0x105: ['CKR_USER_TOO_MANY_TYPES', 'token.error'],
  0x130: ['CKR_DOMAIN_PARAMS_INVALID', 'key.mechanism_unsupported'],
  0x150: ['CKR_BUFFER_TOO_SMALL', 'token.error'],
  0x170: ['CKR_INFORMATION_SENSITIVE', 'token.error'],
  0x190: ['CKR_CRYPTOKI_NOT_INITIALIZED', 'token.error'],
  0x191: ['CKR_CRYPTOKI_ALREADY_INITIALIZED', 'token.error'],
  0x1b7: ['CKR_FUNCTION_REJECTED', 'operation.cancelled_by_user'],
}

export const CKR = {
  slotIdInvalid: 0x03,
  deviceRemoved: 0x32,
  tokenNotPresent: 0xe0,
  tokenNotRecognized: 0xe1,
  userAlreadyLoggedIn: 0x100,
  userNotLoggedIn: 0x101,
} as const

export const ckrName = (value: number): string =>
  RETURN_VALUES[value]?.[0] ?? `CKR_0x${value.toString(16).toUpperCase()}`

export const ckrCode = (value: number): ErrorCode => RETURN_VALUES[value]?.[1] ?? 'token.error'

/** pkcs11js puts the return value into the message as `CKR_NAME:160`, and only some of its functions parse it. */
const RETURN_VALUE = /CKR_[^:\n]*:(\d+)/

/** The CKR number behind something that pkcs11js threw, or null when no driver function failed. */
export const ckrOf = (error: unknown): number | null => {
  if (!(error instanceof Error)) return null
  const found = RETURN_VALUE.exec(error.message) ?? RETURN_VALUE.exec(error.stack ?? '')
  if (found) return Number(found[1])
  return 'code' in error && typeof error.code === 'number' && error.code !== 0 ? error.code : null
}

/** What a driver call threw, as an error of the closed list with the CKR name in its details. */
export const driverError = (error: unknown, details: ErrorDetails = {}): AppError => {
  if (error instanceof AppError) return error
  const value = ckrOf(error)
  if (value === null) return new AppError('token.error', details, { cause: error })
  return new AppError(ckrCode(value), { ...details, ckr: ckrName(value) }, { cause: error })
}
