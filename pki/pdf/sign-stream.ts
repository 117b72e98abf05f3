import { AppError } from '#contract/errors.ts'
import { digestOf } from '#contract/keys.ts'
import type { SignatureAlgorithm } from '#contract/keys.ts'
import { createDigest } from '../algorithms/digest.ts'
import { fromLatin1, toHex } from '../bytes/encodings.ts'
import { estimateSignedDataSize, prepareSignedData } from '../cms/prepare.ts'
import type { PreparedSignature } from '../cms/signer.ts'
import { pump } from '../io/byte-source.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { Certificate } from '../x509/certificate.ts'
import { preparePdfSignature } from './prepare.ts'
import type { PreparePdfInput } from './prepare.ts'

export interface SignPdfInput extends Omit<PreparePdfInput, 'contentsSize'> {
  readonly source: ByteSource
  /** Takes the signed file in order. A chunk is only good until the promise is settled. */
  readonly sink: (chunk: Uint8Array) => Promise<void> | void
  readonly certificate: Certificate
  readonly chain?: readonly Certificate[]
  readonly algorithm: SignatureAlgorithm
  /** SHA-256 (hex) of the original as it was shown; another one stops before the key is used. */
  readonly expectedSha256?: string
  /** The key: signs `toBeSigned`, or its `digest`. */
  readonly sign: (
    request: Pick<PreparedSignature, 'algorithm' | 'digest' | 'digestAlgorithm' | 'toBeSigned'>,
  ) => Promise<Uint8Array>
  /** Default: what certificate and chain need. */
  readonly contentsSize?: number
}

export interface SignedPdf {
  /** To be written into the output at `offset`, in place of zeros. Nothing else is missing. */
  readonly patch: { readonly offset: number; readonly bytes: Uint8Array }
  readonly size: number
  /** SHA-256 of the complete signed file, patch included, hex. */
  readonly sha256: string
  readonly fieldName: string
  readonly byteRange: readonly [number, number, number, number]
}

const splitUpdate = (update: Uint8Array, start: number, [, open, close]: readonly number[]) => ({
  before: update.subarray(0, (open ?? 0) - start),
  contents: update.subarray((open ?? 0) - start, (close ?? 0) - start),
  after: update.subarray((close ?? 0) - start),
})

/**
 * Signs a PDF by an incremental update: one pass over the original, which is hashed while it is copied; then the update;
 * then the key; then the bytes of /Contents as a patch. Existing signatures stay valid.
 */
export const signPdf = async (input: SignPdfInput): Promise<SignedPdf> => {
  const { source, sink, certificate, algorithm } = input
  const chain = input.chain ?? []
  const contentsSize = input.contentsSize ?? estimateSignedDataSize(certificate, chain)
  const prepared = await preparePdfSignature(source, { ...input, contentsSize })
  const digestAlgorithm = digestOf(algorithm)
  const fileHash = createDigest('sha256')
  const rangeHash = digestAlgorithm === 'sha256' ? fileHash : createDigest(digestAlgorithm)
  const hash = (bytes: Uint8Array): void => {
    fileHash.update(bytes)
    if (rangeHash !== fileHash) rangeHash.update(bytes)
  }

  const copied = await pump(source, 0, source.size, (chunk) => {
    const written = sink(chunk)
    hash(chunk)
    return written
  })
  const sourceSha256 = toHex(fileHash.clone().digest())
  if (copied !== source.size || (input.expectedSha256 !== undefined && input.expectedSha256 !== sourceSha256)) {
    throw new AppError('document.damaged', { reason: 'changed_meanwhile' })
  }

  const { before, contents, after } = splitUpdate(prepared.update, source.size, prepared.byteRange)
  await sink(prepared.update)
  hash(before)
  // The two hashes part here: the signature leaves /Contents out, the file's digest does not.
  const range = rangeHash.clone().update(after)
  const message = prepareSignedData({
    certificate,
    chain,
    algorithm,
    content: { digest: range.digest() },
    profile: 'pades',
  })
  const signed = message.finish(await input.sign(message))
  if (signed.length > contentsSize) throw new AppError('document.unsupported', { reason: 'contents_too_small' })
  const digits = fromLatin1(toHex(signed))
  contents.set(digits, 1)
  return {
    patch: { offset: prepared.contentsOffset, bytes: digits },
    size: source.size + prepared.update.length,
    sha256: toHex(fileHash.update(contents).update(after).digest()),
    fieldName: prepared.fieldName,
    byteRange: prepared.byteRange,
  }
}
