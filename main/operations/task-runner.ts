import { AppError, toAppError } from '#contract/errors.ts'
import type { BridgeSignatureAlgorithm } from '#contract/keys.ts'
import type { OperationResult } from '#contract/operations.ts'
import { checkDigestLength } from '#native/signing.ts'
import type { BridgeLog } from '#bridge/ports.ts'
import type { JournalWriter } from './journal-writer.ts'
import type { OperationRecord } from './operation-record.ts'
import type { KeyLease, KnownCertificate, SignDigest, Task, TaskSession } from './ports.ts'

export interface TaskRunnerPorts {
  readonly journal: JournalWriter
  readonly log: BridgeLog
}

type KeyTask = Extract<Task, { needs: 'key' }>

export interface TaskRunner {
  readonly run: (
    record: OperationRecord,
    task: KeyTask,
    certificate: KnownCertificate,
    lease: KeyLease,
    changed: () => void,
  ) => Promise<OperationResult>
}

const chooseAlgorithm = (task: KeyTask, { summary }: KnownCertificate): BridgeSignatureAlgorithm => {
  const algorithm = task.requestedAlgorithm ?? summary.algorithms[0]
  if (algorithm === undefined || !summary.algorithms.includes(algorithm)) {
    throw new AppError('key.mechanism_unsupported')
  }
  return algorithm
}

/** Runs an approved task under an open lease: each use of the key between its two journal entries. */
export const createTaskRunner = ({ journal, log }: TaskRunnerPorts): TaskRunner => ({
  run: (record, task, certificate, lease, changed) => {
    const { signal } = record.abort
    const algorithm = chooseAlgorithm(task, certificate)

    const journaled: TaskSession['journaled'] = async (item, work) => {
      signal.throwIfAborted()
      const entry = {
        operationId: record.id,
        kind: record.kind,
        origin: record.origin,
        systemCode: record.systemCode,
        certificateSerial: certificate.summary.serial,
        digest: item.digest,
        title: item.title,
      }
      const durable = journal.intent(entry)
      durable.catch(() => undefined)
      // The intent is in the journal's file by now: a crash of the program at any later instruction leaves it there. Only
      // a power cut could still take it away, so the signature is not handed on before the disk has it (a tenth of the
      // time that waiting for the disk first would cost), and a disk that fails discards the signature.
      const sign: SignDigest = async (digest) => {
        checkDigestLength(algorithm, digest)
        signal.throwIfAborted()
        const [signature] = await Promise.all([lease.sign(algorithm, digest), durable])
        // Cancelled meanwhile: the signature is handed to nobody, and the outcome says so.
        signal.throwIfAborted()
        return signature
      }
      try {
        const value = await work(sign)
        await durable
        journal.outcome(entry, 'ok')
        return value
      } catch (error) {
        const failure = toAppError(error)
        try {
          journal.outcome(entry, failure.code)
        } catch (journalError) {
          log.error({ operation: record.id, error: journalError }, 'outcome could not be written')
        }
        throw failure
      }
    }

    return task.run({
      certificate,
      algorithm,
      sealId: record.sealId,
      signal,
      journaled,
      progress: (done, total) => {
        record.progress = { done, total }
        changed()
      },
    })
  },
})
