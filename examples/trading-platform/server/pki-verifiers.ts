import { AppError } from '#contract/errors.ts'
import { bufferSource } from '#pki/io/byte-source.ts'
import { verifyLoginToken } from '#pki/login-token/verify.ts'
import { openPdf } from '#pki/pdf/document.ts'
import { reachDrawn } from '#pki/pdf/reach.ts'
import { compareRevisions } from '#pki/pdf/revision-changes.ts'
import { verifyPdf, type PdfSignatureReport } from '#pki/pdf/verify.ts'
import { parseCertificates, type Certificate } from '#pki/x509/certificate.ts'
import { PlatformError, type RefusalCode } from './platform-error.ts'
import type { LoginProof, Verifiers } from './verifiers.ts'

const proofOf = ({ fingerprint, subject, serial }: Certificate): LoginProof => ({
  certificateId: fingerprint,
  name: subject.commonName ?? subject.text,
  organization: subject.organization ?? '',
  serial,
})

const chainRules = ({ chain }: PdfSignatureReport): string[] => chain?.failures.map(({ rule }) => rule) ?? []

/** The first thing wrong with a signature, as the bidder should hear it. */
const refusalOf = (signature: PdfSignatureReport): RefusalCode => {
  const rules = chainRules(signature)
  const isOnlyChain = signature.findings.every((finding) => finding === 'chain_invalid')
  if (!isOnlyChain) return 'bid.tampered'
  return rules.some((rule) => rule === 'expired' || rule === 'not_yet_valid')
    ? 'bid.certificate_expired'
    : 'bid.untrusted'
}

/**
 * What was done to the published document besides signing it, as codes. That the file begins with the published bytes does
 * not say it: an update behind them may replace the terms, and the signatures then cover the replaced ones. The last
 * signature covers the whole file.
 */
const changesSince = async (published: Buffer, pdf: Buffer): Promise<string[]> => {
  const before = await openPdf(bufferSource(published))
  const after = await openPdf(bufferSource(pdf))
  const changes = await compareRevisions(before, after, true, await reachDrawn(before))
  return changes.filter(({ isAllowed }) => !isAllowed).map(({ kind, object }) => `${kind} ${object}`)
}

/** The checks of pki/, told in the platform's words. `authorities`: PEM of the CAs that this platform accepts. */
export const createPkiVerifiers = (authorities: string): Verifiers => {
  const anchors = parseCertificates(Buffer.from(authorities))

  const readPdf = async (pdf: Buffer, at: Date) => {
    try {
      return await verifyPdf(bufferSource(pdf), { anchors, at })
    } catch (error) {
      if (error instanceof AppError) throw new PlatformError('bid.tampered', [error.code], { cause: error })
      throw error
    }
  }

  return {
    login: (token, { challenge, origin, now }) => {
      const report = verifyLoginToken(token, { origin, challenge, anchors, now })
      return report.isValid
        ? Promise.resolve(proofOf(report.certificate))
        : Promise.reject(new PlatformError('login.refused', [report.problem, report.reason]))
    },

    bid: async (pdf, { published, now }) => {
      const { signatures } = await readPdf(pdf, now)
      const last = signatures.at(-1)
      if (!last) throw new PlatformError('bid.unsigned')
      // Every signature has to hold, not only the last: a bid may be signed by several people in turn.
      const bad = signatures.find(({ verdict }) => verdict !== 'valid')
      if (bad) throw new PlatformError(refusalOf(bad), [...bad.findings, ...chainRules(bad)])
      if (last.coverage !== 'whole') throw new PlatformError('bid.partly_covered', [last.coverage])
      const changes = await changesSince(published, pdf)
      if (changes.length > 0) throw new PlatformError('bid.other_document', changes)
      if (!last.certificate) throw new PlatformError('bid.untrusted', ['certificate_missing'])
      return {
        certificateId: last.certificate.fingerprint,
        signer: [last.certificate.subject.organization, last.certificate.subject.commonName]
          .filter(Boolean)
          .join(' · '),
        signedAt: last.signedAt?.toISOString() ?? null,
      }
    },
  }
}
