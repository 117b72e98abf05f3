import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { memoryOf } from '../harness/memory.ts'
import type { SignerReply, SignJob } from './signer-child.ts'
import type { SigningKeyFiles } from './signing-key.ts'

export interface SignerProcess {
  /** Milliseconds in the process, from the file's path to the signed file. */
  readonly sign: (job: SignJob) => Promise<{ readonly milliseconds: number; readonly peak: number }>
  /** MiB before the first file. */
  readonly idle: number
  readonly close: () => Promise<void>
}

const nextReply = async (child: ChildProcess): Promise<Exclude<SignerReply, { error: string }>> => {
  const reply = await new Promise<SignerReply>((resolve) => {
    const ended = (): void => resolve({ error: 'the signer ended' })
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as SignerReply)
    })
  })
  if ('error' in reply) throw new Error(reply.error)
  return reply
}

/** A signer in a Node process of its own; `program` is the bundle of signer-child.ts. */
export const startSigner = async (
  program: string,
  name: 'product' | 'signpdf',
  key: SigningKeyFiles,
): Promise<SignerProcess> => {
  const child = fork(program, [name, JSON.stringify(key)], { execArgv: [] })
  const ready = await nextReply(child)
  if (!('ready' in ready)) throw new Error('the signer answered before it was asked')
  return {
    idle: ready.memory,
    sign: async (job) => {
      child.send(job)
      const reply = await nextReply(child)
      if ('ready' in reply) throw new Error('the signer started twice')
      return reply
    },
    close: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** From nothing to the signed file and the end of the process: what a script that signs one file would see. */
export const signInFreshProcess = async (
  program: string,
  name: 'product' | 'signpdf',
  key: SigningKeyFiles,
  job: SignJob,
): Promise<void> => {
  const signer = await startSigner(program, name, key)
  await signer.sign(job)
  await signer.close()
}

const POLL_MILLISECONDS = 2

/** poppler's pdfsig. Its memory is read while it runs: VmHWM never falls, so the last reading is the peak but for 2 ms. */
export const signWithPdfsig = async (key: SigningKeyFiles, job: SignJob): Promise<{ readonly peak: number }> => {
  const database = ['-nssdir', `sql:${key.nssDirectory}`, '-nick', key.nickname, '-digest', 'SHA256']
  const child = spawn('pdfsig', [...database, '-add-signature', job.input, job.output], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  let peak = 0
  const poll = setInterval(() => {
    try {
      peak = Math.max(peak, memoryOf(child.pid ?? 0).peak || 0)
    } catch {
      clearInterval(poll)
    }
  }, POLL_MILLISECONDS)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearInterval(poll)
  if (code !== 0) throw new Error(`pdfsig ended with ${String(code)}: ${complaint}`)
  return { peak }
}
