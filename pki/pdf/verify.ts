import { AppError } from '#contract/errors.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { neededDigests, verifyParsedSignedData } from '../cms/verify.ts'
import type { SignerProblem } from '../cms/signer-problems.ts'
import type { SignerReport } from '../cms/verify-signer.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { PathReport } from '../path/types.ts'
import { digestRange, readByteRange, readContents } from './byte-range.ts'
import type { ByteRange } from './byte-range.ts'
import type { RevisionChange } from './change-kinds.ts'
import { openPdf } from './document.ts'
import type { PdfDocument } from './document.ts'
import { integer, isName, unsupported } from './objects.ts'
import { checkRevisions, laterChangesOf, violates } from './revision-check.ts'
import type { Revision, RevisionFinding } from './revision-check.ts'
import { readDocMdp, readSignatureFields, readTransform } from './signature-fields.ts'
import type { DocMdpLevel, SignatureField, SignatureValue } from './signature-fields.ts'
import { readDate, readTextString } from './text.ts'

/** What is wrong with a signature or could not be checked; empty when it is valid. */
type PdfFinding =
  | SignerProblem
  | 'sub_filter_unsupported'
  | 'contents_malformed'
  | 'several_signers'
  | 'byte_range_invalid'
  | RevisionFinding
  | 'docmdp_violated'

type PdfVerdict = 'valid' | 'invalid' | 'unknown'

export interface PdfSignatureReport {
  readonly fieldName: string
  readonly subFilter: string | null
  readonly verdict: PdfVerdict
  readonly findings: readonly PdfFinding[]
  readonly certificate: Certificate | null
  readonly algorithm: SignatureAlgorithm | null
  /** As claimed: the signing-time attribute, else /M. */
  readonly signedAt: Date | null
  readonly signerName: string | null
  readonly reason: string | null
  readonly location: string | null
  readonly byteRange: readonly number[] | null
  /** `broken`: the range does not protect the file. */
  readonly coverage: Revision['coverage']
  readonly laterChanges: 'none' | 'allowed' | 'modified' | null
  readonly changes: readonly RevisionChange[]
  /** Level of a certifying signature, else null. */
  readonly docMdp: DocMdpLevel | null
  readonly chain: PathReport | null
  readonly revocation: 'not_checked'
}

export interface PdfReport {
  readonly verdict: PdfVerdict | 'unsigned'
  /** In the order of their revisions. */
  readonly signatures: readonly PdfSignatureReport[]
  readonly docMdp: DocMdpLevel | null
}

export interface VerifyPdfOptions {
  readonly anchors: readonly Certificate[]
  readonly intermediates?: readonly Certificate[]
  /** Time the chains are checked for. Default: now. */
  readonly at?: Date
}

/** Each costs a pass over the file. */
const MAX_SIGNATURES = 256

const detachedFilters: ReadonlySet<string> = new Set(['ETSI.CAdES.detached', 'adbe.pkcs7.detached'])

/** Findings that leave it open whether the signature is good; all others make it bad. */
const openFindings: ReadonlySet<PdfFinding> = new Set<PdfFinding>([
  'sub_filter_unsupported',
  'algorithm_unsupported',
  'certificate_missing',
  'changes_not_checked',
])

const isOpen = (finding: PdfFinding, chain: PathReport | null): boolean =>
  openFindings.has(finding) ||
  (finding === 'chain_invalid' &&
    chain?.failures.every(({ rule }) => rule === 'issuer_not_found' || rule === 'signature_unsupported') === true)

const verdictOf = (findings: readonly PdfFinding[], chain: PathReport | null): PdfVerdict => {
  if (findings.length === 0) return 'valid'
  return findings.every((finding) => isOpen(finding, chain)) ? 'unknown' : 'invalid'
}

const checkMessage = async (
  source: ByteSource,
  signature: SignatureValue,
  range: ByteRange,
  options: VerifyPdfOptions,
): Promise<SignerReport | PdfFinding> => {
  const contents = readContents(signature)
  try {
    const message = parseSignedData(contents?.bytes ?? new Uint8Array(0), { allowPadding: true })
    // ETSI EN 319 142-1 §5.2: one signer, detached content.
    if (message.signers.length !== 1) return 'several_signers'
    if (message.content !== null) return 'contents_malformed'
    const digests = await digestRange(source, range, neededDigests(message))
    const report = verifyParsedSignedData(message, {
      ...options,
      contentDigest: (algorithm) => digests.get(algorithm),
    })
    return report.signers[0] ?? 'contents_malformed'
  } catch (error) {
    if (error instanceof AppError) return 'contents_malformed'
    throw error
  }
}

const certifyingLevel = async (document: PdfDocument, signature: SignatureValue): Promise<DocMdpLevel | null> => {
  const parameters = await readTransform(document, signature.dict, 'DocMDP')
  if (parameters === null) return null
  const level = integer(await document.get(parameters, 'P'))
  return level === 1 || level === 3 ? level : 2
}

interface SignatureToVerify {
  readonly field: SignatureField
  readonly signature: SignatureValue
  /** null: it does not protect. */
  readonly range: ByteRange | null
  readonly revision: Revision
}

const verifyField = async (
  source: ByteSource,
  document: PdfDocument,
  { field, signature, range, revision }: SignatureToVerify,
  options: VerifyPdfOptions,
): Promise<PdfSignatureReport> => {
  const text = async (key: string) => readTextString(await document.get(signature.dict, key))
  const subFilter = await document.get(signature.dict, 'SubFilter')
  const filter = isName(subFilter) ? subFilter.value : null
  const docMdp = await certifyingLevel(document, signature)
  const isReadable = filter !== null && detachedFilters.has(filter)
  const message = range === null || !isReadable ? null : await checkMessage(source, signature, range, options)
  const signer = typeof message === 'object' ? message : null
  const findings: PdfFinding[] = [
    ...(range === null ? (['byte_range_invalid'] as const) : []),
    ...(isReadable ? [] : (['sub_filter_unsupported'] as const)),
    ...(typeof message === 'string' ? [message] : []),
    ...(signer?.problems ?? []),
    ...revision.findings,
    ...(violates(docMdp, revision.changes) ? (['docmdp_violated'] as const) : []),
  ]
  return {
    fieldName: field.name,
    subFilter: filter,
    verdict: verdictOf(findings, signer?.chain ?? null),
    findings,
    certificate: signer?.certificate ?? null,
    algorithm: signer?.algorithm ?? null,
    signedAt: signer?.signingTime ?? readDate(await document.get(signature.dict, 'M')),
    signerName: await text('Name'),
    reason: await text('Reason'),
    location: await text('Location'),
    byteRange: range?.numbers ?? null,
    coverage: revision.coverage,
    laterChanges: laterChangesOf(revision),
    changes: revision.changes,
    docMdp,
    chain: signer?.chain ?? null,
    revocation: 'not_checked',
  }
}

const worst = (signatures: readonly PdfSignatureReport[]): PdfReport['verdict'] => {
  if (signatures.length === 0) return 'unsigned'
  if (signatures.some(({ verdict }) => verdict === 'invalid')) return 'invalid'
  return signatures.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'valid'
}

/**
 * Verifies every signature of a PDF: its byte range, digest, signature and path, whether it covers the whole file, and
 * what later revisions changed. Throws the `document.*` errors of `inspectPdf` for a file that cannot be read.
 */
export const verifyPdf = async (source: ByteSource, options: VerifyPdfOptions): Promise<PdfReport> => {
  const document = await openPdf(source)
  const { fields } = await readSignatureFields(document)
  const signed = fields
    .flatMap((field) => (field.signature === null ? [] : [{ field, signature: field.signature }]))
    .map((item) => ({ ...item, range: readByteRange(item.signature, document.size) }))
    .toSorted((a, b) => (a.range?.end ?? 0) - (b.range?.end ?? 0))
  if (signed.length > MAX_SIGNATURES) throw unsupported('too_many_signatures')
  const protecting = signed.flatMap(({ field, range }) => (range === null ? [] : [{ field, end: range.end }]))
  const revisions = await checkRevisions(source, document, protecting)
  const signatures: PdfSignatureReport[] = []
  for (const item of signed) {
    const revision = revisions.get(item.field) ?? { coverage: 'broken', changes: [], findings: [] }
    signatures.push(await verifyField(source, document, { ...item, revision }, options))
  }
  return { verdict: worst(signatures), signatures, docMdp: await readDocMdp(document) }
}
