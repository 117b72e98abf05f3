import type { VerificationReport } from '#contract/bridge.ts'
import { verifyPdf, type PdfSignatureReport } from '#pki/pdf/verify.ts'
import { parseCertificate } from '#pki/x509/certificate.ts'
import { isSelfSigned } from '../trust/authorities.ts'
import { chainState, findingsOf } from '../verify/signature-report.ts'
import { withSource } from './with-source.ts'

const toReport = (signature: PdfSignatureReport): VerificationReport['signatures'][number] => {
  const { certificate, chain } = signature
  return {
    name: signature.fieldName,
    verdict: signature.verdict,
    findings: findingsOf(signature.findings, chain),
    signer:
      certificate === null
        ? null
        : { subject: certificate.subject.text, issuer: certificate.issuer.text, serial: certificate.serial },
    algorithm: signature.algorithm,
    signedAt: signature.signedAt?.toISOString() ?? null,
    coverage: signature.coverage,
    laterChanges: signature.laterChanges,
    chain: chainState(chain),
    revocation: signature.revocation,
  }
}

/** 验签 of a document, against the authorities that this computer knows. */
export const verifyDocument = (file: string, authorities: readonly Uint8Array[]): Promise<VerificationReport> =>
  withSource(file, async (source) => {
    const known = authorities.map(parseCertificate)
    const report = await verifyPdf(source, {
      anchors: known.filter(isSelfSigned),
      intermediates: known.filter((certificate) => !isSelfSigned(certificate)),
    })
    return { verdict: report.verdict, signatures: report.signatures.map(toReport) }
  })
