import type { ConsentCertificate, ConsentView } from '#contract/client.ts'
import type { Scope } from '#contract/operations.ts'

/** What the person chose so far; of the PIN only its length in bytes. */
export interface Draft {
  readonly certificateId: string | null
  readonly scopes: readonly Scope[]
  readonly pinLength: number
}

/** What the window itself knows besides the view. */
export interface Circumstances {
  readonly now: number
  /** 500 ms in the foreground have passed, so that a click meant for another window approves nothing. */
  readonly isHeld: boolean
  readonly isFocused: boolean
  /** The first page was shown, or could not be: the preview says which. */
  readonly isPreviewSettled: boolean
  /** A page could not be shown, and the person has not said to sign all the same. */
  readonly isUnseen: boolean
  /** Main is working out where another seal lands. */
  readonly isSealChanging: boolean
}

export type Blocker =
  | 'expired'
  | 'focus'
  | 'hold'
  | 'preview'
  | 'unseen'
  | 'certificate'
  | 'noCertificate'
  | 'seal'
  | 'noSeal'
  | 'sealChanging'
  | 'scope'
  | 'pin'
  | 'pinShort'

export const fitting = (certificates: readonly ConsentCertificate[]): readonly ConsentCertificate[] =>
  certificates.filter((certificate) => certificate.unfit === null)

/**
 * What is chosen at the start: the one the platform asked for, or the only one that fits. Between several nobody chooses
 * but the person: two keys may belong to two companies.
 */
export const initialCertificate = (view: ConsentView): string | null => {
  const fits = fitting(view.certificates)
  const requested = fits.find((certificate) => certificate.id === view.requestedCertificateId)
  return requested?.id ?? (fits.length === 1 ? (fits[0]?.id ?? null) : null)
}

/** The choice as far as it still holds: a key that was pulled out takes its certificate along. */
export const chosenCertificate = (view: ConsentView, draft: Draft): ConsentCertificate | undefined => {
  const id = draft.certificateId ?? initialCertificate(view)
  return view.certificates.find((certificate) => certificate.id === id)
}

const needsKey = (view: ConsentView) => view.subject.kind !== 'grant'

/** A PIN is typed here unless the step uses no key or the reader has keys of its own. */
export const needsPin = (view: ConsentView, certificate: ConsentCertificate | undefined): boolean =>
  needsKey(view) && certificate?.hasPinPad !== true

export const sealOf = (view: ConsentView): string | null =>
  view.subject.kind === 'document_sign' && view.subject.wantsSeal ? view.subject.requestedSealId : null

/** Length in bytes that the token takes at least; unknown counts as one. */
export const leastPin = (certificate: ConsentCertificate | undefined): number =>
  Math.max(1, certificate?.pin.minLength ?? 1)

const sealBlocker = ({ subject, seals }: ConsentView, isChanging: boolean): Blocker | null => {
  if (subject.kind !== 'document_sign' || !subject.wantsSeal) return null
  if (isChanging) return 'sealChanging'
  if (subject.requestedSealId !== null) return null
  return seals.length === 0 ? 'noSeal' : 'seal'
}

/** The first reason why 确认授权 is not live, or null. */
export const blockerOf = (view: ConsentView, draft: Draft, circumstances: Circumstances): Blocker | null => {
  const { subject } = view
  if (circumstances.now >= Date.parse(view.expiresAt)) return 'expired'
  if (subject.kind === 'grant' && draft.scopes.length === 0) return 'scope'
  const certificate = chosenCertificate(view, draft)
  if (needsKey(view) && certificate?.unfit !== null)
    return fitting(view.certificates).length === 0 ? 'noCertificate' : 'certificate'
  const seal = sealBlocker(view, circumstances.isSealChanging)
  if (seal !== null) return seal
  if (!circumstances.isPreviewSettled) return 'preview'
  if (circumstances.isUnseen) return 'unseen'
  if (needsPin(view, certificate) && draft.pinLength < leastPin(certificate))
    return draft.pinLength === 0 ? 'pin' : 'pinShort'
  if (!circumstances.isFocused) return 'focus'
  if (!circumstances.isHeld) return 'hold'
  return null
}
