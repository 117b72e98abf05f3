import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { bundle } from '../harness/bundle.ts'
import { figure, limited } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { interleave, milliseconds } from '../harness/interleave.ts'
import { workplace } from '../harness/places.ts'
import { median } from '../harness/stats.ts'
import { makePdf } from './make-pdf.ts'
import { signInFreshProcess, signWithPdfsig, startSigner } from './signers.ts'
import type { SignJob } from './signer-child.ts'
import { throughBridge } from './through-bridge.ts'
import { makeSigningKey } from './signing-key.ts'
import type { SigningKeyFiles } from './signing-key.ts'

const SIZES = [
  { megabytes: 1, rounds: 15 },
  { megabytes: 10, rounds: 9 },
  { megabytes: 100, rounds: 5 },
] as const
const MEMORY_LIMIT_MIB = 64

type Jobs = Readonly<Record<'product' | 'signpdf' | 'pdfsig', SignJob>>

const jobsOn = async (input: string): Promise<Jobs> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(input), hash)
  const sha256 = hash.digest('hex')
  const job = (signer: string): SignJob => ({ input, sha256, output: input.replace('.pdf', `-${signer}.pdf`) })
  return { product: job('product'), signpdf: job('signpdf'), pdfsig: job('pdfsig') }
}

/** A process for each file, as a script would do it: the only way that pdfsig has. */
const fresh = async (program: string, key: SigningKeyFiles, job: Jobs, rounds: number) =>
  interleave(
    {
      product: () => milliseconds(() => signInFreshProcess(program, 'product', key, job.product)),
      signpdf: () => milliseconds(() => signInFreshProcess(program, 'signpdf', key, job.signpdf)),
      pdfsig: () => milliseconds(() => signWithPdfsig(key, job.pdfsig)),
    },
    { rounds, warmUp: 1 },
  )

/** A process that is already there, as the client is when a page asks; pdfsig, which cannot wait, runs beside it. */
const warm = async (program: string, key: SigningKeyFiles, job: Jobs, rounds: number) => {
  const signers = {
    product: await startSigner(program, 'product', key),
    signpdf: await startSigner(program, 'signpdf', key),
  }
  const samples = await interleave(
    {
      product: async () => (await signers.product.sign(job.product)).milliseconds,
      signpdf: async () => (await signers.signpdf.sign(job.signpdf)).milliseconds,
      pdfsig: () => milliseconds(() => signWithPdfsig(key, job.pdfsig)),
    },
    { rounds, warmUp: 1 },
  )
  await Promise.all([signers.product.close(), signers.signpdf.close()])
  return samples
}

/** Peak memory of one file in a process of its own, over what the process had before the file. */
const memoryGrowth = async (
  program: string,
  name: 'product' | 'signpdf',
  key: SigningKeyFiles,
  job: SignJob,
): Promise<number> => {
  const signer = await startSigner(program, name, key)
  const { peak } = await signer.sign(job)
  await signer.close()
  return peak - signer.idle
}

const compare = (label: string, samples: Record<'product' | 'signpdf' | 'pdfsig', number[]>, pdfsigLabel: string) => {
  const product = median(samples.product)
  return [
    figure(label, product, 'ms', { name: pdfsigLabel, value: median(samples.pdfsig) }),
    figure(label, product, 'ms', { name: '@signpdf', value: median(samples.signpdf) }),
  ]
}

export const pdfPart = async (): Promise<Figure[]> => {
  const program = await bundle('bench/pdf/signer-child.ts')
  const key = await makeSigningKey(path.join(workplace, 'key'))
  const figures: Figure[] = []
  const files: { file: string; name: string; rounds: number }[] = []
  for (const { megabytes, rounds } of SIZES) {
    const { file } = await makePdf(path.join(workplace, 'pdf', `${megabytes}.pdf`), megabytes)
    const job = await jobsOn(file)
    const what = `pdf: sign ${megabytes} MB`
    figures.push(
      ...compare(`${what}, warm process, p50`, await warm(program, key, job, rounds), 'pdfsig -add-signature'),
    )
    figures.push(
      ...compare(`${what}, fresh process, p50`, await fresh(program, key, job, rounds), 'pdfsig -add-signature'),
    )
    const growth = await memoryGrowth(program, 'product', key, job.product)
    const peer = await memoryGrowth(program, 'signpdf', key, job.signpdf)
    figures.push(limited(`${what}, growth of peak memory`, growth, 'MiB', MEMORY_LIMIT_MIB))
    figures.push(figure(`${what}, growth of peak memory`, growth, 'MiB', { name: '@signpdf', value: peer }))
    files.push({ file, name: `${megabytes} MB`, rounds: Math.min(rounds, 5) })
    await Promise.all(Object.values(job).map(({ output }) => rm(output, { force: true })))
  }
  return [...figures, ...(await throughBridge(files))]
}
