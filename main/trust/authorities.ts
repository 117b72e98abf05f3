import { bytesEqual } from '#pki/bytes/encodings.ts'
import type { PathReport } from '#pki/path/types.ts'
import { validatePath } from '#pki/path/validate.ts'
import { parseCertificates, type Certificate } from '#pki/x509/certificate.ts'

/** The certification authorities that this computer knows: roots it trusts, and issuers between them and the leaves. */
export interface Authorities {
  readonly anchors: readonly Certificate[]
  readonly intermediates: readonly Certificate[]
  /** What a signature carries beside the signer's certificate: its issuers, without the root. */
  readonly chainOf: (leaf: Certificate) => readonly Certificate[]
  readonly check: (leaf: Certificate, at?: Date) => PathReport
}

export const isSelfSigned = ({ issuer, subject }: Certificate): boolean => bytesEqual(issuer.der, subject.der)

/** From PEM or DER bytes of a trusted source (the installer's configuration), never from a page or a document. */
export const createAuthorities = (files: readonly Uint8Array[]): Authorities => {
  const all = files.flatMap((bytes) => parseCertificates(bytes))
  const anchors = all.filter(isSelfSigned)
  const intermediates = all.filter((certificate) => !isSelfSigned(certificate))
  const chains = new Map<string, readonly Certificate[]>()

  const check = (leaf: Certificate, at?: Date): PathReport =>
    validatePath({ certificate: leaf, intermediates, anchors, ...(at === undefined ? {} : { at }) })

  return {
    anchors,
    intermediates,
    check,
    chainOf: (leaf) => {
      const known = chains.get(leaf.fingerprint)
      if (known !== undefined) return known
      const { path, anchor } = check(leaf)
      const chain = path
        .slice(1)
        .filter((certificate) => certificate !== anchor?.certificate && !isSelfSigned(certificate))
      chains.set(leaf.fingerprint, chain)
      return chain
    },
  }
}
