import type { Certificate } from '../x509/certificate.ts'
import { buildChain } from '../x509/chain.ts'
import type { ChainReport } from '../x509/chain.ts'

/** Whom a verifier trusts, and for which moment. */
export interface TrustOptions {
  readonly anchors: readonly Certificate[]
  /** Certificates beyond those in the message. */
  readonly intermediates?: readonly Certificate[]
  /** Time the chain is checked for. Default: now. */
  readonly at?: Date
}

/** The trust decision: the path of a signer's certificate. Apart from the decision whether the signature is one. */
export type CheckPath = (leaf: Certificate, carried: readonly Certificate[], trust: TrustOptions) => ChainReport

export const checkPath: CheckPath = (leaf, carried, { anchors, intermediates = [], at }) =>
  buildChain(leaf, [...carried, ...intermediates], anchors, at === undefined ? {} : { at })
