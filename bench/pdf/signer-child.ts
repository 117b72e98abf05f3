/**
 * A process that signs PDF files with one signer, `node signer-child.ts <signer> <key files as JSON>`. It answers
 * `{ in, out }` with the time it took and its peak memory.
 */
import process from 'node:process'
import { memoryOf } from '../harness/memory.ts'
import type { SigningKeyFiles } from './signing-key.ts'

export interface SignJob {
  readonly input: string
  readonly output: string
  /** Of the input, known since it was uploaded; the product refuses any other bytes. */
  readonly sha256: string
}
export type SignerReply =
  | { readonly ready: true; readonly memory: number }
  | { readonly milliseconds: number; readonly peak: number }
  | { readonly error: string }

/** Prepares a signer: what it does before the first file is not part of the time. */
export type PrepareSigner = (key: SigningKeyFiles) => Promise<(job: SignJob) => Promise<void>>

const signers: Readonly<Record<string, () => Promise<{ prepare: PrepareSigner }>>> = {
  product: () => import('./product-signer.ts'),
  signpdf: () => import('./signpdf-signer.ts'),
}

const reply = (message: SignerReply): void => {
  process.send?.(message)
}

const [name = '', keyFiles = ''] = process.argv.slice(2)
const load = signers[name]
if (!load) throw new Error(`no signer ${name}`)
const sign = await (await load()).prepare(JSON.parse(keyFiles) as SigningKeyFiles)

process.on('message', (job: SignJob) => {
  const start = performance.now()
  sign(job).then(
    () => reply({ milliseconds: performance.now() - start, peak: memoryOf('self').peak }),
    (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
reply({ ready: true, memory: memoryOf('self').now })
