import { bufferSource } from '../io/byte-source.ts'
import { signPdf } from '../pdf/sign-stream.ts'
import type { SignPdfInput, SignedPdf } from '../pdf/sign-stream.ts'
import type { Issued } from './test-ca.ts'

export interface SignSampleInput extends Partial<
  Omit<SignPdfInput, 'source' | 'sink' | 'certificate' | 'sign' | 'chain'>
> {
  readonly signer: Issued
  readonly chain?: readonly Issued[]
}

/** Signs a PDF in memory with a soft key; the result is the complete file. */
export const signSample = async (
  pdf: Uint8Array,
  { signer, chain, ...input }: SignSampleInput,
): Promise<{ bytes: Uint8Array; result: SignedPdf }> => {
  const chunks: Uint8Array[] = []
  const isRsa = signer.certificate.key.type === 'rsa'
  const result = await signPdf({
    placements: [],
    image: null,
    algorithm: isRsa ? 'rsa-pkcs1-sha256' : 'ecdsa-sha256',
    ...input,
    source: bufferSource(pdf),
    sink: (chunk) => {
      chunks.push(Uint8Array.from(chunk))
    },
    certificate: signer.certificate,
    chain: (chain ?? []).map(({ certificate }) => certificate),
    sign: ({ algorithm, toBeSigned }) => Promise.resolve(signer.key.sign(algorithm, toBeSigned)),
  })
  const bytes = new Uint8Array(Buffer.concat(chunks))
  bytes.set(result.patch.bytes, result.patch.offset)
  return { bytes, result }
}
