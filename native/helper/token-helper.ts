/**
 * The helper process: the only place where a vendor's PKCS#11 module is loaded (R14). One module, one driver call at a
 * time, replies in the order of the requests. It may crash or hang; the token host then ends it and starts another.
 */
import { AppError, toErrorData } from '#contract/errors.ts'
import { driverError } from '../ckr.ts'
import { CHANGED, requestSchema } from '../protocol.ts'
import type { CallArguments, CallResult, HelperCall, HelperRequest } from '../protocol.ts'
import { parentChannel } from './channel.ts'
import { openDriverLibrary } from './driver-library.ts'
import type { DriverLibrary } from './driver-library.ts'
import { createTokenListing } from './listing.ts'
import type { TokenListing } from './listing.ts'
import { createSessions } from './sessions.ts'
import type { Sessions } from './sessions.ts'
import { watchSlots } from './slot-watch.ts'

interface Loaded {
  readonly driver: DriverLibrary
  readonly listing: TokenListing
  readonly sessions: Sessions
}

const channel = parentChannel()
let loaded: Loaded | null = null

const theDriver = (): Loaded => {
  if (!loaded) throw new AppError('token.driver_invalid', { reason: 'not_loaded' })
  return loaded
}

const load = ({ path, pollMs, usesSlotEvents }: CallArguments<'load'>): CallResult<'load'> => {
  const driver = openDriverLibrary(path)
  const listing = createTokenListing(driver, usesSlotEvents)
  loaded = { driver, listing, sessions: createSessions(driver, listing.certificatesOf) }
  watchSlots(pollMs, listing.hasChanged, () => channel.post(CHANGED))
  return driver.library
}

const answer = (request: HelperRequest): CallResult<HelperCall> => {
  switch (request.call) {
    case 'sign':
      return theDriver().sessions.sign(request)
    case 'decrypt':
      return theDriver().sessions.decrypt(request)
    case 'open':
      return theDriver().sessions.open(request.token, request.pin)
    case 'close':
      theDriver().sessions.close(request.session)
      return null
    case 'list':
      return theDriver().listing.list(request.isFresh)
    case 'mechanisms':
      return theDriver().listing.mechanisms(request.token)
    case 'changePin':
      return { pin: theDriver().sessions.changePin(request.token, request.oldPin, request.newPin) }
    case 'unlockPin':
      return { pin: theDriver().sessions.unlockPin(request.token, request.soPin, request.newPin) }
    case 'load':
      return load(request)
    case 'stop':
      loaded?.driver.finalize()
      return null
    case 'ping':
      return null
  }
}

/** Also where a call failed before its PIN was used. */
const overwritePins = (request: HelperRequest): void => {
  if (request.call === 'open') request.pin?.fill(0)
  if (request.call === 'changePin') request.oldPin.fill(0)
  if (request.call === 'unlockPin') request.soPin.fill(0)
  if (request.call === 'changePin' || request.call === 'unlockPin') request.newPin.fill(0)
}

/** Outside an open session a missing token was never there; within one it was pulled out in the middle. */
const errorOf = (error: unknown, call: HelperCall): AppError => {
  const mapped = driverError(error)
  const isInUse = call === 'sign' || call === 'decrypt'
  return mapped.code === 'token.removed' && !isInUse ? new AppError('token.absent', mapped.details) : mapped
}

const numberOf = (message: unknown): number | null =>
  typeof message === 'object' && message !== null && 'id' in message && typeof message.id === 'number'
    ? message.id
    : null

channel.onMessage((message) => {
  const parsed = requestSchema.safeParse(message)
  if (!parsed.success) {
    const id = numberOf(message)
    if (id !== null) channel.post({ id, error: toErrorData(new AppError('request.invalid')) })
    return
  }
  const request = parsed.data
  try {
    channel.post({ id: request.id, value: answer(request) })
  } catch (error) {
    channel.post({ id: request.id, error: toErrorData(errorOf(error, request.call)) })
  } finally {
    overwritePins(request)
  }
})
