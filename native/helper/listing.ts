import pkcs11 from 'pkcs11js'
import type { Listing, TokenIdentity } from '../protocol.ts'
import { readCertificates } from './certificates.ts'
import type { TokenCertificate } from './certificates.ts'
import { slotNumber, fixedText } from './driver-library.ts'
import type { DriverLibrary, SlotToken } from './driver-library.ts'
import { mechanismName } from './mechanism-names.ts'
import { pinStateOf } from './pin-state.ts'

export interface TokenListing {
  readonly list: (isFresh: boolean) => Listing
  readonly certificatesOf: (token: SlotToken) => readonly TokenCertificate[]
  readonly mechanisms: (token: TokenIdentity) => string[]
  /** True when slots, tokens or their flags differ from the last look. */
  readonly hasChanged: () => boolean
}

export const createTokenListing = (driver: DriverLibrary, usesSlotEvents: boolean): TokenListing => {
  const { module } = driver
  /** Reading certificates takes seconds on slow cards: kept per slot until another token, or the same again, is put in. */
  const cache = new Map<number, { identity: string; certificates: readonly TokenCertificate[] }>()
  let lastLook: string | null = null
  let hasSlotEvents = usesSlotEvents

  const certificatesOf = (token: SlotToken): readonly TokenCertificate[] => {
    const slotId = slotNumber(token.slot)
    const identity = `${token.serial}\n${token.label}`
    const known = cache.get(slotId)
    if (known?.identity === identity) return known.certificates
    const certificates = readCertificates(module, token.slot)
    cache.set(slotId, { identity, certificates })
    return certificates
  }

  /**
   * Where the driver tells slot events, what lies in the slots is enough; asking each token costs a card several
   * commands. Where it does not, a token that was exchanged between two looks shows by its serial number only.
   */
  const look = (): string => {
    if (hasSlotEvents) return driver.presence()
    const seen = driver
      .slots()
      .map(
        ({ slot, token }) =>
          `${slotNumber(slot)} ${token ? `${token.serial} ${token.label} ${token.info.flags}` : '-'}`,
      )
    return seen.join('\n')
  }

  /** A token that was pulled out and put in again between two looks is seen only by the driver's own events. */
  const takeSlotEvents = (): boolean => {
    let hasEvent = false
    for (let count = 0; hasSlotEvents && count < 16; count++) {
      try {
        const slot = module.C_WaitForSlotEvent(pkcs11.CKF_DONT_BLOCK)
        if (slot === null) break
        cache.delete(slotNumber(slot))
        hasEvent = true
      } catch {
        // CKR_FUNCTION_NOT_SUPPORTED and worse: the looks alone must do.
        hasSlotEvents = false
      }
    }
    return hasEvent
  }

  return {
    certificatesOf,
    list: (isFresh) => {
      if (isFresh) cache.clear()
      takeSlotEvents()
      lastLook = look()
      const slots = driver.slots()
      for (const { slot, token } of slots) if (!token) cache.delete(slotNumber(slot))
      const tokens = slots.flatMap(({ token }) => (token ? [token] : []))
      return {
        slots: slots.map(({ description, token }) => ({ description, tokenLabel: token?.label ?? null })),
        tokens: tokens.map((token) => ({
          serial: token.serial,
          label: token.label,
          slotId: slotNumber(token.slot),
          manufacturer: fixedText(token.info.manufacturerID),
          model: fixedText(token.info.model),
          readOnly: (token.info.flags & pkcs11.CKF_WRITE_PROTECTED) !== 0,
          hasPinPad: (token.info.flags & pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH) !== 0,
          pin: pinStateOf(token.info),
          certificates: certificatesOf(token).map(({ id, keyId, label, der, key }) => ({
            id,
            keyId: Buffer.from(keyId).toString('hex'),
            label,
            der,
            keyType: key.keyType,
            keyBits: key.keyBits,
          })),
        })),
      }
    },
    mechanisms: (identity) => module.C_GetMechanismList(driver.tokenOf(identity).slot).map(mechanismName),
    hasChanged: () => {
      const hasEvent = takeSlotEvents()
      const seen = look()
      const isOther = seen !== lastLook
      lastLook = seen
      return hasEvent || isOther
    },
  }
}
