import type { VerificationReport } from '#contract/bridge.ts'
import type { PlacedSeal } from '#contract/client.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import type { SealPicture } from '../store/seals.store.ts'

/** What a worker finds in a PDF before anything is shown or signed. */
export interface PdfFacts {
  readonly pageCount: number
  readonly existingSignatures: number
  /** Size in mm as displayed, of the pages that were asked for: page number → width, height. */
  readonly pages: ReadonlyMap<number, PageSize>
}

export interface PageSize {
  readonly width: number
  readonly height: number
}

export interface PdfSignJob {
  readonly source: string
  readonly target: string
  /** Digest of the source as it was shown; anything else stops before the key is used (R10). */
  readonly sha256: string
  readonly certificate: Uint8Array
  readonly chain: readonly Uint8Array[]
  readonly algorithm: SignatureAlgorithm
  readonly reason: string
  readonly location: string
  readonly signingTime: Date
  readonly seal: { readonly picture: SealPicture; readonly placements: readonly PlacedSeal[] } | null
}

export interface PdfService {
  /** `pages`: which sizes are wanted; -1 is the last one. Throws document.*. */
  readonly inspect: (file: string, pages: 'all' | readonly number[]) => Promise<PdfFacts>
  readonly sign: (
    job: PdfSignJob,
    sign: (digest: Uint8Array) => Promise<Uint8Array>,
    signal: AbortSignal,
  ) => Promise<{ size: number; sha256: string }>
  readonly verify: (file: string) => Promise<VerificationReport>
  /** Throws seal.not_image or seal.too_large. */
  readonly measureSeal: (
    bytes: Uint8Array,
  ) => Promise<{ width: number; height: number; mediaType: SealPicture['mediaType'] }>
  readonly close: () => Promise<void>
}
