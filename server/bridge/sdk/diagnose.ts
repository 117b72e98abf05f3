import { discover, type Found } from './discover.ts'
import { BridgeError } from './errors.ts'
import { createMemory } from './memory.ts'
import { asksBeforeConnecting, isPromptPossible, permissionNames, queryPermission } from './permission.ts'
import { remedyOf, remedyOfError, sentenceOf } from './texts.ts'
import type { ApiErrorCode, DiagnoseOptions, Diagnosis, DiagnosisCode } from './types.ts'

/** The oldest API this SDK works with. */
const requiredApiVersion = 1

const launchUrl = 'yzt://open'
/** A client that is started by its link has its bridge up within this time, or is not there. */
const launchMs = 12_000

export const diagnosis = (code: DiagnosisCode, isCertain = true): Diagnosis => ({
  code,
  isCertain,
  sentence: sentenceOf(code),
  remedy: remedyOf(code),
})

interface FeaturePolicy {
  features: () => string[]
  allowsFeature: (name: string) => boolean
}

/** True, false, or null where the browser does not tell (only Chromium has `document.featurePolicy`). */
const isAllowedInFrame = (): boolean | null => {
  if (window.top === window) return true
  const policy = (document as { featurePolicy?: FeaturePolicy }).featurePolicy
  const known = permissionNames.filter((name) => policy?.features().includes(name) === true)
  return policy === undefined || known.length === 0 ? null : known.some((name) => policy.allowsFeature(name))
}

/** A refused connection fails sooner than this on every system; only a person who leaves the question open takes longer. */
const dismissedMs = 5000

/** What stands in the way before anything is sent; null: nothing. */
const findObstacle = async (ask: boolean): Promise<Diagnosis | null> => {
  if (!isSecureContext) return diagnosis('page_not_secure')
  const isAllowed = isAllowedInFrame()
  if (isAllowed === false) return diagnosis('iframe_not_allowed')
  const permission = await queryPermission()
  // A frame without permission policy reads `denied` as well.
  if (permission === 'denied')
    return diagnosis(isAllowed === null ? 'iframe_not_allowed' : 'permission_denied', isAllowed !== null)
  return !ask && (await isPromptPossible()) ? diagnosis('permission_not_asked') : null
}

const ofFound = ({ health }: Found): Diagnosis => {
  if (health.apiVersion < requiredApiVersion) return diagnosis('version_too_old')
  return diagnosis(health.state === 'paused' ? 'paused' : 'ready')
}

const ofError = (error: unknown): Diagnosis => {
  const known = error instanceof Error && error.cause instanceof BridgeError ? error.cause : error
  if (!(known instanceof BridgeError)) return diagnosis('not_from_bridge')
  if (known.diagnosis !== null) return known.diagnosis
  if (known.code === 'operation.cancelled_by_user') return diagnosis('user_cancelled')
  if (known.code === 'bridge.paused') return diagnosis('paused')
  return {
    code: known.code as ApiErrorCode,
    isCertain: true,
    sentence: { zh: known.zh, en: known.message },
    remedy: remedyOfError(known.code, known.isRetryable),
  }
}

/** A found bridge, or the reason why there is none. */
export const reach = async (options: DiagnoseOptions): Promise<{ found: Found | null; diagnosis: Diagnosis }> => {
  const obstacle = await findObstacle(options.ask === true)
  if (obstacle !== null) return { found: null, diagnosis: obstacle }
  const memory = createMemory(options.storage)
  const start = performance.now()
  const found = await discover(memory, options.ports, options.signal)
  if (found !== null) {
    memory.setPort(found.port)
    return { found, diagnosis: ofFound(found) }
  }
  if ((await queryPermission()) === 'denied') return { found: null, diagnosis: diagnosis('permission_denied') }
  if (await isPromptPossible()) {
    // Still not answered: the person closed the question, or (Firefox) nobody listens and there was nothing to ask about.
    const isQuick = performance.now() - start < dismissedMs
    const wasAsked = await asksBeforeConnecting()
    if (wasAsked || !isQuick) return { found: null, diagnosis: diagnosis('permission_not_asked', wasAsked) }
  }
  const wasThere = memory.port() !== undefined
  return { found: null, diagnosis: diagnosis(wasThere ? 'not_running' : 'not_installed', false) }
}

/** Tells what `error` means; without one, what stands in the way, or `ready`. Never throws but for an aborted signal. */
export const diagnose = async (options: DiagnoseOptions = {}): Promise<Diagnosis> =>
  options.error === undefined ? (await reach(options)).diagnosis : ofError(options.error)

/**
 * Opens `yzt://` (the browser asks the person) and waits for the bridge. False after twelve seconds: the link had no effect,
 * the client is most likely not installed. Call it on a click.
 */
export const startClient = async (options: DiagnoseOptions = {}): Promise<boolean> => {
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.src = launchUrl
  document.body.append(frame)
  try {
    const end = Date.now() + launchMs
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 700))
      if ((await reach({ ...options, ask: true })).found !== null) return true
    }
    return false
  } finally {
    frame.remove()
  }
}
