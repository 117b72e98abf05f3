import pkcs11 from 'pkcs11js'
import { AppError } from '#contract/errors.ts'
import type { PinState } from '#contract/keys.ts'
import { CKR, ckrOf, driverError } from '../ckr.ts'
import type { CallArguments, TokenIdentity } from '../protocol.ts'
import { findPrivateKey } from './certificates.ts'
import type { TokenCertificate } from './certificates.ts'
import type { DriverLibrary, SlotToken } from './driver-library.ts'
import { decryptBytes, signDigest } from './key-operations.ts'
import type { KeyHandle } from './key-operations.ts'
import { pinStateOf } from './pin-state.ts'
import { withPinText } from './pin-text.ts'

interface OpenSession {
  readonly handle: Buffer
  readonly certificates: readonly TokenCertificate[]
  readonly keys: Map<string, KeyHandle>
}

export interface Sessions {
  open(token: TokenIdentity, pin: Uint8Array | null): { session: number; pin: PinState }
  sign(request: CallArguments<'sign'>): Uint8Array
  decrypt(request: CallArguments<'decrypt'>): Uint8Array
  close(session: number): void
  changePin(token: TokenIdentity, oldPin: Uint8Array, newPin: Uint8Array): PinState
  unlockPin(token: TokenIdentity, soPin: Uint8Array, newPin: Uint8Array): PinState
}

const READ_ONLY = pkcs11.CKF_SERIAL_SESSION
const READ_WRITE = pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION

const attempt = (run: () => unknown): boolean => {
  try {
    run()
    return true
  } catch {
    return false
  }
}

/** A length the token would refuse anyway is not offered to it: some count that as a wrong try. */
const checkPinLength = (pin: Uint8Array, { minLength, maxLength }: PinState): void => {
  if (pin.length < minLength || pin.length > maxLength) throw new AppError('pin.length', { minLength, maxLength })
}

export const createSessions = (
  driver: DriverLibrary,
  certificatesOf: (token: SlotToken) => readonly TokenCertificate[],
): Sessions => {
  const { module } = driver
  const sessions = new Map<number, OpenSession>()
  let lastNumber = 0

  const pinState = (slot: Buffer): PinState => pinStateOf(module.C_GetTokenInfo(slot))

  const logoutAndClose = (handle: Buffer): void => {
    // Fails when nobody was logged in, or when the token is gone and took its sessions along: both are what is wanted.
    attempt(() => module.C_Logout(handle))
    attempt(() => module.C_CloseSession(handle))
  }

  /** An error of a PIN call with what the token says about tries now. The PIN itself is never in it. */
  const pinError = (error: unknown, slot: Buffer, who: 'user' | 'so'): AppError => {
    const mapped = driverError(error, { who })
    if (!mapped.code.startsWith('pin.') || who === 'so') return mapped
    try {
      const { state, triesLeft } = pinState(slot)
      const details = { ...mapped.details, pinState: state, triesLeft }
      return new AppError(mapped.code, details, { cause: error })
    } catch {
      return mapped
    }
  }

  const login = (handle: Buffer, { slot, info }: SlotToken, pin: Uint8Array | null): void => {
    const hasPinPad = (info.flags & pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH) !== 0
    if ((info.flags & pkcs11.CKF_LOGIN_REQUIRED) === 0) return
    if (pin === null && !hasPinPad) throw new AppError('pin.length')
    if (pin !== null) checkPinLength(pin, pinStateOf(info))
    const tryLogin = (text: string): void => {
      try {
        module.C_Login(handle, pkcs11.CKU_USER, text)
      } catch (error) {
        // A login left behind was not this task's: end it, and let the token judge this PIN. No try was spent so far.
        if (ckrOf(error) !== CKR.userAlreadyLoggedIn) throw error
        module.C_Logout(handle)
        module.C_Login(handle, pkcs11.CKU_USER, text)
      }
    }
    try {
      withPinText(pin ?? new Uint8Array(), tryLogin)
    } catch (error) {
      throw pinError(error, slot, 'user')
    }
  }

  const sessionOf = (number: number): OpenSession => {
    const session = sessions.get(number)
    if (!session) throw new AppError('token.error', { reason: 'session_closed' })
    return session
  }

  const keyOf = (session: OpenSession, certificateId: string): KeyHandle => {
    const cached = session.keys.get(certificateId)
    if (cached) return cached
    const certificate = session.certificates.find(({ id }) => id === certificateId)
    if (!certificate) throw new AppError('certificate.not_found')
    const handle = findPrivateKey(module, session.handle, certificate)
    if (!handle) throw new AppError('key.not_found')
    const { keyType, keyBits } = certificate.key
    const key = { handle, keyType, keyBits }
    session.keys.set(certificateId, key)
    return key
  }

  /** At rest every session is closed and nobody is logged in, whatever the call in between did. */
  const inWritableSession = (token: SlotToken, run: (handle: Buffer) => void): PinState => {
    const handle = module.C_OpenSession(token.slot, READ_WRITE)
    try {
      run(handle)
    } finally {
      logoutAndClose(handle)
    }
    return pinState(token.slot)
  }

  return {
    open: (identity, pin) => {
      const token = driver.tokenOf(identity)
      const certificates = certificatesOf(token)
      const handle = module.C_OpenSession(token.slot, READ_ONLY)
      try {
        login(handle, token, pin)
      } catch (error) {
        logoutAndClose(handle)
        throw error
      }
      lastNumber += 1
      sessions.set(lastNumber, { handle, certificates, keys: new Map() })
      return { session: lastNumber, pin: pinState(token.slot) }
    },
    sign: ({ session: number, certificateId, algorithm, digest }) => {
      const session = sessionOf(number)
      return signDigest(module, session.handle, keyOf(session, certificateId), algorithm, digest)
    },
    decrypt: ({ session: number, certificateId, algorithm, ciphertext }) => {
      const session = sessionOf(number)
      return decryptBytes(module, session.handle, keyOf(session, certificateId), algorithm, ciphertext)
    },
    close: (number) => {
      const session = sessions.get(number)
      if (!session) return
      sessions.delete(number)
      logoutAndClose(session.handle)
    },
    changePin: (identity, oldPin, newPin) => {
      const token = driver.tokenOf(identity)
      const state = pinStateOf(token.info)
      checkPinLength(oldPin, state)
      checkPinLength(newPin, state)
      const change = (handle: Buffer, oldText: string, newText: string): void => {
        try {
          // Without a login C_SetPIN changes the user PIN (PKCS#11 v2.40 §5.5): the token judges the old PIN once.
          module.C_SetPIN(handle, oldText, newText)
        } catch (error) {
          if (ckrOf(error) !== CKR.userNotLoggedIn) throw error
          module.C_Login(handle, pkcs11.CKU_USER, oldText)
          module.C_SetPIN(handle, oldText, newText)
        }
      }
      try {
        return inWritableSession(token, (handle) =>
          withPinText(oldPin, (oldText) => withPinText(newPin, (newText) => change(handle, oldText, newText))),
        )
      } catch (error) {
        throw pinError(error, token.slot, 'user')
      }
    },
    unlockPin: (identity, soPin, newPin) => {
      const token = driver.tokenOf(identity)
      checkPinLength(newPin, pinStateOf(token.info))
      try {
        return inWritableSession(token, (handle) => {
          withPinText(soPin, (text) => module.C_Login(handle, pkcs11.CKU_SO, text))
          withPinText(newPin, (text) => module.C_InitPIN(handle, text))
        })
      } catch (error) {
        throw pinError(error, token.slot, 'so')
      }
    },
  }
}
