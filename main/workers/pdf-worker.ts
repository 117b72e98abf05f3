import { parentPort } from 'node:worker_threads'
import { AppError, toAppError, toErrorData } from '#contract/errors.ts'
import { readSealImage } from '#pki/image/seal-image.ts'
import { inspectDocument } from './inspect-document.ts'
import { decryptBidFile, encryptBidFile } from './bid-jobs.ts'
import type { FromWorker, ToWorker, WorkerCall, WorkerCalls } from './protocol.ts'
import { signDocument } from './sign-document.ts'
import { verifyDocument } from './verify-document.ts'

/** Entry of the worker thread: documents are parsed, copied, hashed and ciphered here; private keys and PINs never come. */
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

interface Waiting {
  readonly resolve: (signature: Uint8Array) => void
  readonly reject: (error: AppError) => void
}
const waiting = new Map<number, Waiting>()
const aborts = new Map<number, AbortController>()
const post = (message: FromWorker) => port.postMessage(message)

const askForSignature = (id: number, digest: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    post({ kind: 'sign', id, digest })
  })

const abortable = async <Output>(id: number, run: (signal: AbortSignal) => Promise<Output>): Promise<Output> => {
  const controller = new AbortController()
  aborts.set(id, controller)
  try {
    return await run(controller.signal)
  } finally {
    aborts.delete(id)
  }
}

type Work = { readonly [Call in WorkerCall]: (input: WorkerCalls[Call]['input'], id: number) => unknown }
const work: Work = {
  inspect: ({ file, pages }) => inspectDocument(file, pages),
  sign: (job, id) => abortable(id, (signal) => signDocument(job, (digest) => askForSignature(id, digest), signal)),
  encryptBid: (job, id) => abortable(id, (signal) => encryptBidFile(job, signal)),
  decryptBid: (job, id) => abortable(id, (signal) => decryptBidFile(job, signal)),
  verify: ({ file, authorities }) => verifyDocument(file, authorities),
  measureSeal: ({ bytes }) => {
    const { width, height, mediaType } = readSealImage(bytes)
    return { width, height, mediaType }
  },
}

const describe = (error: AppError): string => {
  const { cause } = error
  return cause instanceof Error ? (cause.stack ?? cause.message) : (error.stack ?? error.message)
}

const run = async (message: Extract<ToWorker, { input: unknown }>) => {
  const { id } = message
  try {
    // `kind` and `input` belong together by the type of the message.
    const output = await (work[message.kind] as (input: unknown, id: number) => unknown)(message.input, id)
    post({ kind: 'done', id, output })
  } catch (error) {
    const failure = toAppError(error)
    post({ kind: 'failed', id, error: toErrorData(failure), cause: describe(failure) })
  } finally {
    waiting.delete(id)
  }
}

const abandon = (id: number, error: AppError) => {
  aborts.get(id)?.abort(error)
  waiting.get(id)?.reject(error)
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'signature') waiting.get(message.id)?.resolve(message.signature)
  else if (message.kind === 'refused') abandon(message.id, new AppError(message.error.code, message.error.details))
  else if (message.kind === 'abort') abandon(message.id, new AppError('operation.cancelled_by_caller'))
  else void run(message)
})
