import type { MessageVerifyRequest, SignatureReport, VerificationReport } from '#contract/bridge.ts'
import { AppError } from '#contract/errors.ts'
import { signatureAlgorithms, type SignatureAlgorithm } from '#contract/keys.ts'
import { verifyRawSignature } from '#pki/cms/raw-signature.ts'
import { verifySignedData } from '#pki/cms/verify.ts'
import { parseCertificate, type Certificate } from '#pki/x509/certificate.ts'
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

/** The algorithm named, or where none is the one that SOF calls mean: SHA-256 with the key of the certificate. */
const rawAlgorithm = (named: string | undefined, { key }: Certificate): SignatureAlgorithm | undefined => {
  if (named !== undefined) return signatureAlgorithms.find((known) => known === named)
  if (key.type === 'ec') return 'ecdsa-sha256'
  return key.type === 'rsa' ? 'rsa-pkcs1-sha256' : undefined
}

const verifyRaw = (request: MessageVerifyRequest, authorities: Authorities): SignatureReport[] => {
  const { certificateDer, content } = request
  if (certificateDer === undefined || content === undefined) {
    throw new AppError('request.invalid', { field: certificateDer === undefined ? 'certificateDer' : 'content' })
  }
  const certificate = parseCertificate(decode(certificateDer))
  const algorithm = rawAlgorithm(request.algorithm, certificate)
  if (algorithm === undefined) throw new AppError('request.invalid', { field: 'algorithm' })
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
