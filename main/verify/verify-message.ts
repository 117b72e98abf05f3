import type { MessageVerifyRequest, SignatureReport, VerificationReport } from '#contract/bridge.ts'
import { AppError } from '#contract/errors.ts'
import { signatureAlgorithms } from '#contract/keys.ts'
import { verifyRawSignature } from '#pki/cms/raw-signature.ts'
import { verifySignedData } from '#pki/cms/verify.ts'
import { parseCertificate } from '#pki/x509/certificate.ts'
import type { Authorities } from '../trust/authorities.ts'
import { chainState, findingsOf, overallVerdict, signerFields, verdictOf } from './signature-report.ts'

const decode = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))

const verifyCms = ({ signature, content }: MessageVerifyRequest, authorities: Authorities): SignatureReport[] => {
  const report = verifySignedData(decode(signature), {
    anchors: authorities.anchors,
    intermediates: authorities.intermediates,
    ...(content === undefined ? {} : { content: decode(content) }),
  })
  return report.signers.map((signer, index) => ({
    name: String(index),
    verdict: verdictOf(signer.problems, signer.chain),
    findings: findingsOf(signer.problems, signer.chain),
    ...signerFields(signer),
    coverage: null,
    laterChanges: null,
  }))
}

const verifyRaw = (request: MessageVerifyRequest, authorities: Authorities): SignatureReport[] => {
  const { certificateDer, content } = request
  const algorithm = signatureAlgorithms.find((known) => known === request.algorithm)
  if (certificateDer === undefined || content === undefined || algorithm === undefined) {
    const missing = certificateDer === undefined ? 'certificateDer' : content === undefined ? 'content' : 'algorithm'
    throw new AppError('request.invalid', { field: missing })
  }
  const certificate = parseCertificate(decode(certificateDer))
  const isValid = verifyRawSignature(certificate, algorithm, decode(content), decode(request.signature))
  const chain = authorities.check(certificate)
  const problems = isValid ? [] : ['signature_mismatch']
  return [
    {
      name: '0',
      verdict: verdictOf(problems, chain),
      findings: findingsOf(problems, chain),
      signer: { subject: certificate.subject.text, issuer: certificate.issuer.text, serial: certificate.serial },
      algorithm,
      signedAt: null,
      coverage: null,
      laterChanges: null,
      chain: chainState(chain),
      revocation: 'not_checked',
    },
  ]
}

/** 验签 of a message: CMS, or a bare signature value with its certificate. */
export const verifyMessage = (request: MessageVerifyRequest, authorities: Authorities): VerificationReport => {
  const signatures = request.format === 'cms' ? verifyCms(request, authorities) : verifyRaw(request, authorities)
  return { verdict: overallVerdict(signatures), signatures }
}
