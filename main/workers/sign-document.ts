import { open, rm } from 'node:fs/promises'
import { readSealImage } from '#pki/image/seal-image.ts'
import { signPdf } from '#pki/pdf/sign-stream.ts'
import { parseCertificate } from '#pki/x509/certificate.ts'
import type { PdfSignJob } from '../documents/pdf-service.ts'
import { withSource } from './with-source.ts'

/**
 * Streams the original and the update into a new file, then puts the signature into its place. Leaves no file when it
 * fails or is abandoned.
 */
export const signDocument = (
  job: PdfSignJob,
  sign: (digest: Uint8Array) => Promise<Uint8Array>,
  signal?: AbortSignal,
): Promise<{ size: number; sha256: string }> =>
  withSource(job.source, async (source) => {
    const certificate = parseCertificate(job.certificate)
    const target = await open(job.target, 'wx', 0o600)
    let isWhole = false
    try {
      const write = async (bytes: Uint8Array, position: number) => {
        for (let done = 0; done < bytes.length;) {
          done += (await target.write(bytes, done, bytes.length - done, position + done)).bytesWritten
        }
      }
      let end = 0
      const { patch, size, sha256 } = await signPdf({
        source,
        sink: async (chunk) => {
          signal?.throwIfAborted()
          await write(chunk, end)
          end += chunk.length
        },
        certificate,
        chain: job.chain.map(parseCertificate),
        algorithm: job.algorithm,
        expectedSha256: job.sha256,
        reason: job.reason,
        location: job.location,
        signerName: certificate.subject.commonName ?? '',
        signingTime: job.signingTime,
        placements: job.seal?.placements ?? [],
        image: job.seal === null ? null : readSealImage(job.seal.picture.bytes),
        sign: ({ digest }) => sign(digest),
      })
      await write(patch.bytes, patch.offset)
      isWhole = true
      return { size, sha256 }
    } finally {
      await target.close()
      if (!isWhole) await rm(job.target, { force: true })
    }
  })
