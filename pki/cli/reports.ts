import type { CadesReport } from '../cades/verify.ts'
import type { SignerReport } from '../cms/verify-signer.ts'
import { describeReport } from '../path/describe.ts'
import type { PathReport } from '../path/types.ts'
import type { TimestampReport } from '../time/token.ts'
import type { Certificate } from '../x509/certificate.ts'

/** Reports as plain JSON. */

export const certificateName = ({ subject, serial, fingerprint }: Certificate): Record<string, unknown> => ({
  subject: subject.text,
  serial,
  sha256: fingerprint,
})

/** Without `isValid`, which the outcome says. */
export const pathResult = (report: PathReport): Record<string, unknown> => {
  const { isValid: _, ...described } = describeReport(report)
  return described
}

const signerResult = (signer: SignerReport): Record<string, unknown> => ({
  valid: signer.isValid,
  signatureValid: signer.isSignatureValid,
  problems: signer.problems,
  notes: signer.notes,
  certificate: signer.certificate === null ? null : certificateName(signer.certificate),
  algorithm: signer.algorithm,
  signingTime: signer.signingTime?.toISOString() ?? null,
  path: signer.chain === null ? null : pathResult(signer.chain),
  counterSignatures: signer.counterSignatures.map(signerResult),
})

const timestampResult = ({ isValid, problems, info, signer }: TimestampReport): Record<string, unknown> => ({
  valid: isValid,
  problems,
  time: info?.genTime.toISOString() ?? null,
  authority: signer?.certificate?.subject.text ?? null,
})

/** Each signer with the level of CAdES it reaches, and why not a higher one. */
export const cadesResult = (report: CadesReport): Record<string, unknown> => ({
  detached: report.isDetached,
  signers: report.signers.map(({ signer, level, reasons, timestamps, provenAt }) => ({
    ...signerResult(signer),
    level,
    levelReasons: reasons,
    provenAt: provenAt?.toISOString() ?? null,
    timestamps: timestamps.map(timestampResult),
  })),
})
