import pkcs11 from 'pkcs11js'
import { AppError } from '#contract/errors.ts'
import type { CallResult, TokenIdentity } from '../protocol.ts'
import { CKR, ckrOf, driverError } from '../ckr.ts'

export interface SlotToken extends TokenIdentity {
  readonly slot: Buffer
  readonly info: pkcs11.TokenInfo
}

/** A loaded and initialised PKCS#11 module. */
export interface DriverLibrary {
  readonly module: pkcs11.PKCS11
  readonly library: CallResult<'load'>
  /** Every slot; `token` null where nothing usable is plugged in. */
  readonly slots: () => { slot: Buffer; description: string; token: SlotToken | null }[]
  /** Which slots have something in them; does not talk to the tokens. */
  readonly presence: () => string
  /** The token plugged in now with this serial and label. @throws token.absent */
  readonly tokenOf: (identity: TokenIdentity) => SlotToken
  readonly finalize: () => void
}

/** Fixed fields are filled with blanks (PKCS#11 v2.40 §3.2), by some drivers with NUL and rubbish behind it. */
export const fixedText = (value: string): string => (value.split('\0')[0] ?? '').replaceAll('\uFFFD', '').trim()

const version = ({ major, minor }: pkcs11.Version): string => `${major}.${minor}`

export const slotNumber = (slot: Buffer): number =>
  Number(slot.length === 8 ? slot.readBigUInt64LE() : slot.readUInt32LE())

/** CK_SLOT_INFO flags; pkcs11js does not export it. */
const CKF_TOKEN_PRESENT = 1

const load = (path: string): pkcs11.PKCS11 => {
  const module = new pkcs11.PKCS11()
  try {
    module.load(path)
  } catch (cause) {
    // dlopen's sentence names the missing file ("libusb-1.0.so.0: cannot open shared object file").
    const missing = /([\w.+-]+\.(?:so[.\d]*|dylib|dll)): cannot open shared object/i.exec(String(cause))?.[1]
    throw new AppError('token.driver_invalid', missing ? { missing } : {}, { cause })
  }
  // Without CKF_OS_LOCKING_OK many modules corrupt their heap as soon as a second thread comes in.
  module.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
  return module
}

/** Nothing usable is plugged in: pulled out since the slot list was read, or a card this module does not know. */
const ABSENT: readonly number[] = [CKR.slotIdInvalid, CKR.deviceRemoved, CKR.tokenNotPresent, CKR.tokenNotRecognized]
const READ_TRIES = 3
const RETRY_MS = 5

/**
 * Drivers answer CKR_GENERAL_ERROR while another program uses the same key (SoftHSM2 once in 400 times under load). A key
 * must not seem pulled out for that, and reading again is harmless.
 */
const readTokenInfo = (module: pkcs11.PKCS11, slot: Buffer): pkcs11.TokenInfo | null => {
  for (let attempt = 1; ; attempt++) {
    try {
      return module.C_GetTokenInfo(slot)
    } catch (error) {
      if (attempt === READ_TRIES || ABSENT.includes(ckrOf(error) ?? 0)) return null
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

const readToken = (module: pkcs11.PKCS11, slot: Buffer): SlotToken | null => {
  const info = readTokenInfo(module, slot)
  // A blank token (SoftHSM2 always shows one) has neither a PIN nor keys.
  if (!info || (info.flags & pkcs11.CKF_TOKEN_INITIALIZED) === 0) return null
  return { slot, info, serial: fixedText(info.serialNumber), label: fixedText(info.label) }
}

export const openDriverLibrary = (path: string): DriverLibrary => {
  const module = load(path)
  const info = module.C_GetInfo()
  const slots: DriverLibrary['slots'] = () =>
    module.C_GetSlotList(false).map((slot) => {
      const { slotDescription, flags } = module.C_GetSlotInfo(slot)
      const token = (flags & CKF_TOKEN_PRESENT) === 0 ? null : readToken(module, slot)
      return { slot, description: fixedText(slotDescription), token }
    })
  return {
    module,
    library: {
      manufacturer: fixedText(info.manufacturerID),
      description: fixedText(info.libraryDescription),
      version: version(info.libraryVersion),
      cryptokiVersion: version(info.cryptokiVersion),
    },
    slots,
    presence: () =>
      module
        .C_GetSlotList(false)
        .map((slot) => `${slotNumber(slot)} ${module.C_GetSlotInfo(slot).flags & CKF_TOKEN_PRESENT}`)
        .join('\n'),
    tokenOf: ({ serial, label }) => {
      const found = slots().find(({ token }) => token?.serial === serial && token.label === label)?.token
      if (!found) throw new AppError('token.absent')
      return found
    },
    finalize: () => {
      try {
        module.C_Finalize()
      } catch (error) {
        throw driverError(error)
      }
    },
  }
}
