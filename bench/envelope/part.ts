import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import type { EnvelopeProfile } from '#pki/envelope/profiles.ts'
import { issueRecipient } from '#pki/testing/recipient.ts'
import { bundle } from '../harness/bundle.ts'
import { figure, limited } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { interleave } from '../harness/interleave.ts'
import type { Contender } from '../harness/interleave.ts'
import { workplace } from '../harness/places.ts'
import { median } from '../harness/stats.ts'
import type { EnvelopeResult, EnvelopeTask } from './child.ts'

const MEGABYTES = 500
const ROUNDS = 5
const MEMORY_LIMIT_MIB = 64
const folder = path.join(workplace, 'envelope')
const file = (name: string): string => path.join(folder, name)

const makeInput = async (): Promise<void> => {
  const stream = createWriteStream(file('bid'))
  for (let count = 0; count < MEGABYTES; count++) {
    if (!stream.write(randomBytes(1_000_000))) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'finish')
}

const makeKey = async (profile: EnvelopeProfile): Promise<Pick<EnvelopeTask, 'certificate' | 'key'>> => {
  const recipient = issueRecipient(profile === 'gm' ? 'sm2' : 'rsa-2048')
  const task = { certificate: file(`${profile}.cer`), key: file(`${profile}.key`) }
  await writeFile(task.certificate, recipient.certificate.der)
  await writeFile(task.key, recipient.key.pkcs8())
  return task
}

const compare = async (program: string, profile: EnvelopeProfile, direction: 'encrypt' | 'decrypt') => {
  const [input, output] = [file('bid'), file(`${profile}.message`)]
  const paths = direction === 'encrypt' ? { input, output } : { input: output, output: file('out') }
  const keys =
    direction === 'encrypt'
      ? await makeKey(profile)
      : { certificate: file(`${profile}.cer`), key: file(`${profile}.key`) }
  const growths: number[] = []
  const run = async (kind: EnvelopeTask['kind']): Promise<number> => {
    const task: EnvelopeTask = { kind, profile, ...paths, ...keys }
    // A new file each time: giving back the blocks of an old one is no part of the work.
    if (!kind.startsWith('plain')) await rm(paths.output, { force: true })
    const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(task)])
    const { milliseconds, growth } = JSON.parse(stdout) as EnvelopeResult
    if (kind === direction) growths.push(growth)
    return milliseconds
  }
  const contenders: Record<string, Contender> = {
    product: () => run(direction),
    plain: () => run(`plain-${direction}`),
    ...(direction === 'decrypt' ? { written: () => run('written-decrypt') } : {}),
  }
  const samples = await interleave(contenders, { rounds: ROUNDS, warmUp: 1 })
  const what = `envelope: ${direction} ${MEGABYTES} MB, ${profile}`
  const product = median(samples.product ?? [])
  const loops = { plain: 'read, hash, cipher', written: 'read, hash, cipher, write, fsync' }
  return [
    ...Object.entries(loops).flatMap(([name, steps]) => {
      const loop = samples[name]
      return loop === undefined ? [] : [figure(what, product, 'ms', { name: steps, value: median(loop) })]
    }),
    limited(`${what}, growth of peak memory`, Math.max(...growths), 'MiB', MEMORY_LIMIT_MIB),
  ]
}

/**
 * A bid of 500 MB encrypted, with its trial decryption, and decrypted, from file to file and on the disk; against one loop that
 * reads the same bytes and puts them through the same hashes and ciphers, at decryption also against one that writes them and
 * waits for the disk. A process for each.
 */
export const envelopePart = async (): Promise<Figure[]> => {
  await mkdir(folder, { recursive: true })
  const program = await bundle('bench/envelope/child.ts')
  await makeInput()
  const figures: Figure[] = []
  for (const profile of ['cms', 'gm'] as const) {
    for (const direction of ['encrypt', 'decrypt'] as const) {
      figures.push(...(await compare(program, profile, direction)))
    }
  }
  await rm(folder, { recursive: true })
  return figures
}
