import type { Readable } from 'node:stream'
import type {
  BridgeEvent,
  CertificateQuery,
  MessageVerifyRequest,
  UploadedDocument,
  VerificationReport,
} from '#contract/bridge.ts'
import type { CertificateSummary } from '#contract/certificates.ts'
import type {
  DocumentSignRequest,
  GrantRequest,
  LoginRequest,
  MessageSignRequest,
  Operation,
  Scope,
} from '#contract/operations.ts'

/** What a page asked for, checked against the schemas; main runs it (`main/operations`). */
export type OperationRequest =
  | { readonly kind: 'grant'; readonly request: GrantRequest }
  | { readonly kind: 'login'; readonly request: LoginRequest }
  | { readonly kind: 'message_sign'; readonly request: MessageSignRequest }
  | { readonly kind: 'document_sign'; readonly documentId: string; readonly request: DocumentSignRequest }

/** A live grant, as the token proves it. */
export interface BridgeGrant {
  readonly id: string
  readonly origin: string
  readonly scopes: readonly Scope[]
  readonly systemCode: string
}

export type CancelReason = 'caller' | 'caller_gone'

/** Every method throws AppError; nothing here is reached before Host, Origin, header and body were checked. */
export interface BridgePorts {
  /** Secret and permanent; an origin sees what is derived from it (`http/instance-id.ts`). */
  readonly instance: { readonly id: string }
  readonly isPaused: () => boolean
  readonly grants: {
    /** The grant behind a token when it is live and belongs to exactly this origin; throws grant.missing or grant.expired. */
    readonly check: (token: string, origin: string) => BridgeGrant
    readonly drop: (grantId: string) => void
  }
  readonly operations: {
    /** Registers the operation (state `waiting`) and opens the consent window; throws operation.pending. */
    readonly start: (origin: string, grant: BridgeGrant | null, request: OperationRequest) => Promise<Operation>
    /** Throws operation.not_found, also when the operation belongs to another origin. */
    readonly get: (id: string, origin: string) => Operation
    readonly cancel: (id: string, origin: string, reason: CancelReason) => void
    /** Called at every change until the end state, which is the last call. Returns the unsubscribe function. */
    readonly watch: (id: string, origin: string, listener: (operation: Operation) => void) => () => void
  }
  readonly certificates: {
    readonly list: (grant: BridgeGrant, query: CertificateQuery) => CertificateSummary[]
    readonly get: (grant: BridgeGrant, id: string) => CertificateSummary & { der: string }
  }
  readonly documents: {
    /** Streams to disk while hashing; throws request.too_large and store.disk_full and leaves nothing behind then. */
    readonly create: (grant: BridgeGrant, name: string, body: Readable) => Promise<UploadedDocument>
    readonly open: (grant: BridgeGrant, id: string) => { stream: Readable; size: number; name: string }
    readonly remove: (grant: BridgeGrant, id: string) => void
  }
  readonly verify: {
    readonly message: (request: MessageVerifyRequest) => Promise<VerificationReport>
    readonly document: (grant: BridgeGrant, id: string) => Promise<VerificationReport>
  }
  readonly watchEvents: (listener: (event: BridgeEvent) => void) => () => void
  readonly log: BridgeLog
}

export interface BridgeLog {
  readonly info: (details: object, message: string) => void
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}
