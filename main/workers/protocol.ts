import type { VerificationReport } from '#contract/bridge.ts'
import type { Seal } from '#contract/client.ts'
import type { ErrorData } from '#contract/errors.ts'
import type { EncryptedBid } from '#pki/envelope/encrypt-bid.ts'
import type { DecryptBidJob, EncryptBidJob } from '../documents/bid-job.ts'
import type { PageSize, PdfSignJob } from '../documents/pdf-service.ts'

/** Messages between main and the worker thread. Both ends are this program: structured clones, no schemas. */
export interface WorkerCalls {
  readonly inspect: {
    readonly input: { readonly file: string; readonly pages: 'all' | readonly number[] }
    readonly output: {
      readonly pageCount: number
      readonly existingSignatures: number
      readonly pages: ReadonlyMap<number, PageSize>
    }
  }
  readonly sign: { readonly input: PdfSignJob; readonly output: { readonly size: number; readonly sha256: string } }
  readonly verify: {
    readonly input: { readonly file: string; readonly authorities: readonly Uint8Array[] }
    readonly output: VerificationReport
  }
  readonly encryptBid: { readonly input: EncryptBidJob; readonly output: EncryptedBid }
  readonly decryptBid: { readonly input: DecryptBidJob; readonly output: number }
  readonly measureSeal: {
    readonly input: { readonly bytes: Uint8Array }
    readonly output: { readonly width: number; readonly height: number; readonly mediaType: Seal['mediaType'] }
  }
}
export type WorkerCall = keyof WorkerCalls

export type ToWorker =
  | {
      readonly [Call in WorkerCall]: {
        readonly kind: Call
        readonly id: number
        readonly input: WorkerCalls[Call]['input']
      }
    }[WorkerCall]
  | { readonly kind: 'signature'; readonly id: number; readonly signature: Uint8Array }
  | { readonly kind: 'refused'; readonly id: number; readonly error: ErrorData }
  /** Nobody waits for the signature any more. */
  | { readonly kind: 'abort'; readonly id: number }

export type FromWorker =
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorData; readonly cause: string }
  /** The digest that the key is to sign; `signature` or `refused` answers. */
  | { readonly kind: 'sign'; readonly id: number; readonly digest: Uint8Array }
