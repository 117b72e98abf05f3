/** What the platform needs from the cryptography, in its own words; `pki-verifiers.ts` fills it with pki/. */

export interface LoginProof {
  /** SHA-256 of the DER certificate, hex. */
  readonly certificateId: string
  readonly name: string
  readonly organization: string
  readonly serial: string
}

export interface BidSignature {
  readonly certificateId: string
  readonly signer: string
  /** As the signer's computer said it: not a trusted time. */
  readonly signedAt: string | null
}

export interface Verifiers {
  /** Throws PlatformError `login.refused` when anything about the token is not right. */
  readonly login: (token: string, expected: { challenge: Buffer; origin: string; now: Date }) => Promise<LoginProof>
  /** The signature that covers the whole file, over the published document and nothing else. Throws PlatformError `bid.*`. */
  readonly bid: (pdf: Buffer, expected: { published: Buffer; now: Date }) => Promise<BidSignature>
}
