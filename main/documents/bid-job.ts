import type { Recipient } from '#pki/cms/enveloped/recipients.ts'
import type { Manifest, PublicManifest } from '#pki/envelope/manifest.ts'
import type { EnvelopeProfile } from '#pki/envelope/profiles.ts'

/** What the thread that ciphers bids is told. */
export interface EncryptBidJob {
  readonly source: string
  /** Is there only when its trial decryption succeeded, after its manifest. */
  readonly target: string
  /** File for the manifest, JSON. */
  readonly manifest: string
  readonly recipients: readonly (Omit<Recipient, 'certificate'> & {
    /** DER. */
    readonly certificate: Uint8Array
  })[]
  readonly profile: EnvelopeProfile
  /** When bids are opened; null where it is not known. */
  readonly openingTime: Date | null
}

export interface DecryptBidJob {
  readonly source: string
  readonly target: string
  /** Overwritten when the job is done. */
  readonly contentKey: Uint8Array
  /** What was recorded at encryption, where it is at hand. */
  readonly recorded: Manifest | PublicManifest | null
}
