import { bridgePorts, maxDocumentSize } from '#contract/bridge.ts'
import type { LookUpCaller } from './http/caller.ts'

/** R6. Everything that a page could use to exhaust the client has a number here. */
export interface BridgeLimits {
  readonly maxHeaderBytes: number
  readonly maxJsonBytes: number
  readonly maxDocumentBytes: number
  /** Time for the request line and headers to arrive. */
  readonly headersTimeoutMs: number
  /** Time for a JSON body to arrive. */
  readonly bodyTimeoutMs: number
  /** An upload is measured after this time, then again every time it passes. */
  readonly uploadCheckMs: number
  readonly minUploadBytesPerSecond: number
  /** A download whose reader takes nothing for this long is cut. */
  readonly downloadIdleMs: number
  /** Token bucket, one per origin. */
  readonly requestsPerSecond: number
  readonly burst: number
  /** Requests being served at one moment, of all origins; event streams are counted apart. */
  readonly maxConcurrent: number
  readonly maxConnections: number
  readonly maxEventStreamsPerOrigin: number
  readonly heartbeatMs: number
  /** A waiting operation that nobody asks about for this long is cancelled. */
  readonly pollGraceMs: number
  /** The same after its last event stream or held request has gone. */
  readonly watcherGraceMs: number
}

const defaultLimits: BridgeLimits = {
  maxHeaderBytes: 16 * 1024,
  maxJsonBytes: 2 * 1024 * 1024,
  maxDocumentBytes: maxDocumentSize,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 15_000,
  uploadCheckMs: 5_000,
  minUploadBytesPerSecond: 16 * 1024,
  downloadIdleMs: 60_000,
  requestsPerSecond: 50,
  burst: 200,
  maxConcurrent: 128,
  maxConnections: 512,
  maxEventStreamsPerOrigin: 16,
  heartbeatMs: 10_000,
  pollGraceMs: 10_000,
  watcherGraceMs: 3_000,
}

export interface BridgeOptions {
  /** Tried in order; 0 lets the system choose (tests). */
  readonly ports?: readonly number[]
  readonly limits?: Partial<BridgeLimits>
  /** The built SDK; without it `/sdk.js` is not found. */
  readonly sdkFile?: string
  /** Developer mode: pages on http://localhost:* and http://127.0.0.1:* may ask for grants. */
  readonly allowLoopbackOrigins?: boolean
  /** R7; the operating system's own answer unless a test brings one. */
  readonly lookUpCaller?: LookUpCaller
}

export interface BridgeSettings {
  readonly ports: readonly number[]
  readonly limits: BridgeLimits
  readonly sdkFile: string | null
  readonly allowLoopbackOrigins: boolean
}

export const toSettings = (options: BridgeOptions): BridgeSettings => ({
  ports: options.ports ?? bridgePorts,
  limits: { ...defaultLimits, ...options.limits },
  sdkFile: options.sdkFile ?? null,
  allowLoopbackOrigins: options.allowLoopbackOrigins ?? false,
})
