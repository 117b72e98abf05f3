import type { CertificateSummary } from '#contract/certificates.ts'
import type { ConsentSubject, ConsentView, Platform, Seal } from '#contract/client.ts'
import type { PinState, BridgeSignatureAlgorithm } from '#contract/keys.ts'
import type { OperationResult, Scope } from '#contract/operations.ts'
import type { Certificate } from '#pki/x509/certificate.ts'

/**
 * A private key that a person unlocked for one consented task. Media keys give one today; key files of this computer and
 * the service's co-signing share are to give the same.
 */
export interface KeyLease {
  readonly certificateId: string
  /** RSA: the signature value; ECDSA: DER (RFC 3279 §2.2.3). Throws token.*, key.*. */
  readonly sign: (algorithm: BridgeSignatureAlgorithm, digest: Uint8Array) => Promise<Uint8Array>
  /** Logs out. */
  readonly close: () => Promise<void>
}

export interface SigningKeys {
  /** Spends a PIN try when the PIN is wrong. Throws pin.*, token.*. The caller overwrites the PIN. */
  readonly open: (certificateId: string, pin: Uint8Array | null, signal: AbortSignal) => Promise<KeyLease>
}

export interface KnownCertificate {
  readonly summary: CertificateSummary
  readonly parsed: Certificate
  readonly pin: PinState
  readonly hasPinPad: boolean
}

/** Certificates of plugged-in keys and of those that were plugged in since the start. */
export interface CertificateDirectory {
  readonly list: () => readonly KnownCertificate[]
  readonly get: (id: string) => KnownCertificate | null
  /** After any change: plugged in, pulled out, PIN flags. */
  readonly watch: (listener: () => void) => () => void
}

/** What a person allowed. */
export interface Approval {
  readonly certificateId: string | null
  readonly sealId: string | null
  /** Overwritten by whoever made it, once `approve` has settled. */
  readonly pin: Uint8Array | null
  /** For a grant: what was left ticked. */
  readonly scopes: readonly Scope[] | null
  /** A key that is already unlocked: one consent for a batch. Takes the place of the PIN and is not closed here. */
  readonly lease?: KeyLease
}

/** One operation before the person. */
export interface ConsentQuestion {
  readonly operationId: string
  readonly origin: string
  /** As it is now: keys come and go while it is shown. */
  readonly view: () => ConsentView
  /** Documents of the question: what the window may ask pictures of. */
  readonly documentIds: readonly string[]
  /** The placements for another seal's size. */
  readonly chooseSeal: (sealId: string | null) => void
  /** Settles when the PIN is no longer needed. A wrong PIN is no exception: the view asks again with `error` set. */
  readonly approve: (approval: Approval) => Promise<void>
  /** Also while the key works: what is signed by then is handed to nobody. */
  readonly reject: () => void
  /** The window is gone and no person closed it: what it asks fails. */
  readonly lost: () => void
}

/**
 * How a question leaves the window. `result`: shown until closed. `notice`: the page took it back, which is said for a
 * moment. `gone`: the person refused or the window was lost; it closes at once.
 */
export type Ending = 'result' | 'notice' | 'gone'

export interface ConsentHandle {
  readonly changed: () => void
  readonly end: (how: Ending) => void
}

/** Puts a question before the person. The window is one; tests and the benchmark bring their own. */
export interface ConsentPort {
  readonly ask: (question: ConsentQuestion) => ConsentHandle
}

export interface PlatformDirectory {
  /** The registered platform, or null when code and origin do not belong together. */
  readonly registered: (systemCode: string, origin: string) => Platform | null
}

export interface SealShelf {
  readonly list: () => Seal[]
  readonly get: (id: string) => Seal | null
}

export interface JournalItem {
  /** SHA-256 over what is signed, hex. */
  readonly digest: string
  readonly title: string
}

/** What a task may use after approval. */
export interface TaskSession {
  readonly certificate: KnownCertificate
  readonly algorithm: BridgeSignatureAlgorithm
  readonly sealId: string | null
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
  /** Writes the intent, runs the work, writes the outcome (R17). The key can be used inside only. */
  readonly journaled: <Value>(item: JournalItem, work: (sign: SignDigest) => Promise<Value>) => Promise<Value>
}

export type SignDigest = (digest: Uint8Array) => Promise<Uint8Array>

interface TaskBase {
  readonly subject: (sealId: string | null) => ConsentSubject
  readonly total: number
  readonly documentIds: readonly string[]
  /** Frees what was held for the task, whatever became of it. */
  readonly dispose: () => void
}

/** An operation whose bytes are fixed (R10), ready to be shown and then run. */
export type Task =
  | (TaskBase & {
      readonly needs: 'scopes'
      /** A result that needs no question, or null. */
      readonly remembered: OperationResult | null
      readonly run: (scopes: readonly Scope[]) => OperationResult
    })
  | (TaskBase & {
      readonly needs: 'key'
      readonly requestedCertificateId: string | null
      readonly requestedAlgorithm: BridgeSignatureAlgorithm | null
      readonly requestedSealId: string | null
      readonly run: (session: TaskSession) => Promise<OperationResult>
    })
